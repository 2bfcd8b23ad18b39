"""A tree made of two commits, path by path: what a promotion along branches is made of. Nothing is merged textually."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from vivido.git.commit import Content, Edits, Kept, Signature, edited_tree, written
from vivido.git.mirror import Mirror
from vivido.git.objects import DIRECTORY, commit_of, entry_at, mode_of, oid, reading

if TYPE_CHECKING:
    from pygit2 import DiffFile, Oid

_NOBODY = Signature("Vivido", "vivido@localhost", 0)


def differing(mirror: Mirror, old: str, new: str) -> dict[str, tuple[Kept | None, Kept | None]]:
    """Return the paths at which two commits differ, with what each has there; None where it has nothing.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    left, right = commit_of(mirror, old).tree, commit_of(mirror, new).tree
    found: dict[str, tuple[Kept | None, Kept | None]] = {}
    with reading(mirror):
        for delta in left.diff_to_tree(right).deltas:
            path = os.fsdecode((delta.new_file or delta.old_file).raw_path)
            before, after = _kept(delta.old_file), _kept(delta.new_file)
            known = found.get(path, (None, None))
            found[path] = (before or known[0], after or known[1])
    return dict(sorted(found.items()))


def kept_at(mirror: Mirror, commit: str, path: str) -> Kept | None:
    """Return what a commit has at a path; None where there is no file, or a directory has taken the place.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    entry = entry_at(mirror, commit, path)
    return None if entry is None or entry.type_str == "tree" else Kept(mode_of(entry), str(entry.id))


def edits_to(mirror: Mirror, old: str, new: str) -> Edits:
    """Return the edits that make of one commit's tree that of another.

    Raises:
        Error: As `differing`.
    """
    return {path: after for path, (_, after) in differing(mirror, old, new).items()}


def compose(mirror: Mirror, own: str, other: str, owned: Callable[[str], bool]) -> str:
    """Make a commit of the tree of `other`, in which the owned paths are as `own` has them; return its id.

    Its parents are both. It is on no branch: it stands for the tree wherever a commit is asked for, and the same two give the same
    commit again.

    Raises:
        Error: As `differing`.
    """
    edits: dict[str, Content] = {
        path: theirs for path, (_, theirs) in differing(mirror, own, other).items() if not owned(path)
    }
    tree = edited_tree(mirror, own, edits)
    return written(mirror, tree, (own, other), f"Compose {own[:12]} and {other[:12]}\n", _NOBODY)


def placed(mirror: Mirror, commit: str, files: Edits) -> str:
    """Make a commit that holds nothing but these files; return its id. Like one that is composed it is on no branch.

    Args:
        mirror: Of the repository.
        commit: Where they are from: the parent.
        files: Contents by path.

    Raises:
        Error: As `vivido.git.commit.edited_tree`.
    """
    tree = edited_tree(mirror, None, files)
    return written(mirror, tree, (commit,), f"Place the files of {commit[:12]}\n", _NOBODY)


def merge_base(mirror: Mirror, one: str, other: str) -> str | None:
    """Return the newest commit that both contain; None where their histories have nothing in common.

    Raises:
        Error: As `differing`.
    """
    first, second = commit_of(mirror, one), commit_of(mirror, other)
    with reading(mirror):
        # pygit2 annotates an Oid; where nothing is common, it is None.
        found = cast("Oid | None", mirror.objects.merge_base(first.id, second.id))
    return None if found is None else str(found)


def _kept(file: "DiffFile") -> Kept | None:
    zero = oid("0" * 40)
    mode = int(file.mode)
    return None if file.id == zero or mode in (0, DIRECTORY) else Kept(mode, str(file.id))
