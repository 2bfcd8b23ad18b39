"""Parts of a survey rendered together, as far as they do not stand in each other's way."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from vivido.app.renderings import Made, Outcome, render
from vivido.app.survey import Draft
from vivido.errors import Error, RefusedError
from vivido.git.snapshot import upwards
from vivido.model.problem import Problem
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.store.cache import ContentCache

SLICE = 1000
"""Parts whose files are written out at once."""


def make(
    repository: "ConfigurationRepository", commit: str, drafts: Sequence[Draft], cache: "ContentCache", now: int
) -> Made:
    """Render drafts of one commit, each as it would be alone. What stands in the way of one is its own outcome."""
    together, apart = agreeing(drafts)
    slices = [together[at : at + SLICE] for at in range(0, len(together), SLICE)] + [[one] for one in apart]
    return joined([_made(repository, commit, some, cache, now) for some in slices])


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


def _made(
    repository: "ConfigurationRepository", commit: str, drafts: Sequence[Draft], cache: "ContentCache", now: int
) -> Made:
    changes: Mapping[str, bytes] = {path: content for d in drafts for path, content in d.changes.items()}
    try:
        return render(repository, commit, [d.part.wanted for d in drafts], changes, cache, now)
    except RefusedError as e:
        if len(drafts) == 1:
            return _none(drafts, e)
        # A file that cannot be written out is in the way of those only that read it.
        middle = len(drafts) // 2
        return joined([_made(repository, commit, some, cache, now) for some in (drafts[:middle], drafts[middle:])])
    except Error as e:
        return _none(drafts, e)


def _none(drafts: Sequence[Draft], error: Error) -> Made:
    problems = (Problem(error.code, redact(error.message), error.hint, error.where),)
    outcomes: dict[str, Outcome] = {d.part.wanted.key: problems for d in drafts}
    failed = frozenset[str]() if isinstance(error, RefusedError) else frozenset(outcomes)
    return Made(outcomes, frozenset(), failed)
