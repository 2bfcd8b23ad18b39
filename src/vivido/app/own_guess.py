"""Which files of a branch look like its environment's own, before there is a `vivido.yaml` that says it."""

from collections.abc import Collection, Mapping
from pathlib import Path

from vivido.config.detect.own import differs, patterns
from vivido.git.carry import files_below
from vivido.git.clone import Clone
from vivido.git.history import history
from vivido.git.read import object_id, read


def own_guessed(top: Path, branches: Mapping[str, str], directories: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return environment → patterns for `own:`, for each environment but the first that needs any.

    A file of a service's configuration is proposed where its branch has something in it that the first branch never had, other than
    an image. What the first branch had once is only behind.

    Args:
        top: The clone's top directory.
        branches: Environment → branch, from the first to production, as they were last fetched.
        directories: The services' configuration.

    Raises:
        NotFoundError: `git.no-commit`: a branch is gone.
        IntegrityError: `git.clone-damaged`.
    """
    clone = Clone(top)
    tips = {e: clone.commit(f"refs/remotes/origin/{branch}") for e, branch in branches.items()}
    first, *others = tips
    found = {e: _own(clone, tips[first], tips[e], directories) for e in others}
    return {e: own for e, own in found.items() if own}


def _own(clone: Clone, first: str, tip: str, directories: Collection[str]) -> tuple[str, ...]:
    files = {path: kept.id for d in directories for path, kept in files_below(clone, tip, d).items()}
    below = {path: kept.id for d in directories for path, kept in files_below(clone, first, d).items()}
    apart = [p for p in files if files[p] != below.get(p) and (p not in below or _differs(clone, first, tip, p))]
    return patterns([p for p in apart if not _was_there(clone, first, p, files[p])], files)


def _differs(clone: Clone, first: str, tip: str, path: str) -> bool:
    one, other = read(clone, first, path), read(clone, tip, path)
    return differs(one or b"", other or b"")


def _was_there(clone: Clone, tip: str, path: str, content: str) -> bool:
    """Say whether a branch has had this content at this place."""
    return any(object_id(clone, c.id, path) == content for c in history(clone, None, tip, [path]))
