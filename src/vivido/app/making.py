"""Parts of a survey rendered together, as far as they do not stand in each other's way."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vivido.app.renderings import Made, Outcome, rendered, write
from vivido.app.survey import Draft
from vivido.errors import Error, RefusedError
from vivido.model.problem import Problem
from vivido.text.paths import upwards
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.store.cache import ContentCache

SLICE = 500
"""Parts whose files are written out at once."""
Tree = TemporaryDirectory[str]


def make(
    repository: "ConfigurationRepository", commit: str, drafts: Sequence[Draft], cache: "ContentCache", now: int
) -> Made:
    """Render drafts of one commit, each as it would be alone. What stands in the way of one is its own outcome."""
    together, apart = agreeing(drafts)
    # What lies beside each other builds on the same files, which are written out once.
    together.sort(key=lambda d: d.part.wanted.place.directory)
    slices = [together[at : at + SLICE] for at in range(0, len(together), SLICE)] + [[one] for one in apart]
    made: list[Made] = []
    # While one slice is rendered the next one is written out, and the one before is removed: both wait for the disk.
    with ThreadPoolExecutor(1) as aside:
        trees = [aside.submit(_write, repository, commit, slices[0])] if slices else []
        for number, some in enumerate(slices):
            tree = trees.pop().result()
            if number + 1 < len(slices):
                trees.append(aside.submit(_write, repository, commit, slices[number + 1]))
            try:
                made.append(_made(repository, commit, some, tree, cache, now))
            finally:
                if not isinstance(tree, Error):
                    aside.submit(tree.cleanup)
    return joined(made)


def joined(several: Iterable[Made]) -> Made:
    """Put outcomes together."""
    made = list(several)
    nothing = frozenset[str]()
    return Made(
        {k: o for one in made for k, o in one.outcomes.items()},
        nothing.union(*(one.kept for one in made)),
        nothing.union(*(one.failed for one in made)),
    )


def agreeing(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Return the drafts whose files can lie in one tree, and those that read a file that another one changes. Pure."""
    changes: dict[str, bytes] = {}
    for draft in drafts:
        for path, content in draft.changes.items():
            changes.setdefault(path, content)
    readers: dict[str, list[int]] = {}
    for number, draft in enumerate(drafts):
        for need in draft.part.wanted.needs:
            readers.setdefault(need, []).append(number)
    apart = {n for n, d in enumerate(drafts) if any(changes[path] != content for path, content in d.changes.items())}
    for path, content in changes.items():
        for number in (n for place in upwards(path) for n in readers.get(place, ())):
            if drafts[number].changes.get(path) != content:
                apart.add(number)
    return (
        [d for n, d in enumerate(drafts) if n not in apart],
        [d for n, d in enumerate(drafts) if n in apart],
    )


def _write(repository: "ConfigurationRepository", commit: str, drafts: Sequence[Draft]) -> Tree | Error:
    """Return the files of drafts, or what stands in their way."""
    changes: Mapping[str, bytes] = {path: content for d in drafts for path, content in d.changes.items()}
    try:
        return write(repository, commit, [d.part.wanted for d in drafts], changes)
    except Error as e:
        return e


def _made(
    repository: "ConfigurationRepository",
    commit: str,
    drafts: Sequence[Draft],
    tree: Tree | Error,
    cache: "ContentCache",
    now: int,
) -> Made:
    if isinstance(tree, RefusedError) and len(drafts) > 1:
        # A file that cannot be written out is in the way of those only that read it.
        middle = len(drafts) // 2
        halves = (drafts[:middle], drafts[middle:])
        return joined([_at_once(repository, commit, some, cache, now) for some in halves])
    if isinstance(tree, Error):
        return _none(drafts, tree)
    try:
        return rendered(Path(tree.name), [d.part.wanted for d in drafts], cache, now)
    except Error as e:
        return _none(drafts, e)


def _at_once(
    repository: "ConfigurationRepository", commit: str, drafts: Sequence[Draft], cache: "ContentCache", now: int
) -> Made:
    tree = _write(repository, commit, drafts)
    try:
        return _made(repository, commit, drafts, tree, cache, now)
    finally:
        if not isinstance(tree, Error):
            tree.cleanup()


def _none(drafts: Sequence[Draft], error: Error) -> Made:
    problems = (Problem(error.code, redact(error.message), error.hint, error.where),)
    outcomes: dict[str, Outcome] = {d.part.wanted.key: problems for d in drafts}
    failed = frozenset[str]() if isinstance(error, RefusedError) else frozenset(outcomes)
    return Made(outcomes, frozenset(), failed)
