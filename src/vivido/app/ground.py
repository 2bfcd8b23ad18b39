"""What a branch stands on: the promotion whose tree it has, but for what people committed since (semantics §2).

Read from the commits alone: a promotion along branches names the commit that it was validated with in a trailer; one that went back
or was rolled back over does not stand any more.
"""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.steps import HYDRATE, IMPORTED
from vivido.git.compose import merge_base
from vivido.git.history import CommitInfo, contained
from vivido.git.mirror import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

VALIDATED = "Vivido-Validated"
"""The trailer that names the commit whose tree was promoted."""

OWN = "Vivido-Own"
"""The trailer that names a file which was found to be the environment's own."""

CONVERSION = "Vivido-Conversion"
"""The trailer of a commit that moved the project to another layout: what was promoted before it stands for nothing here."""

BEFORE = "Vivido-Before"
"""The trailer of a conversion, `ENVIRONMENT=COMMIT`: what an environment's branch was at, and nothing else of it came before."""

DECLARED = "Vivido-Declared"
"""The trailer of a conversion that names the commit whose `vivido.yaml` held before it."""

EMAIL = "vivido@localhost"
"""Committer of Vivido's commits. Trailers that a person copied with a message make no commit Vivido's."""


class Ground(msgspec.Struct, frozen=True):
    """Where a branch came from before people changed it."""

    base: str
    """The commit whose tree is what no person has touched since; empty where the histories have nothing in common."""
    validated: str
    """The commit that was promoted then; empty before the first promotion."""
    known: tuple[str, ...]
    """Commits whose history is not asked for: what they contain came from below, or was settled when they were made."""
    imported: str = ""
    """The commit that took in what ran, where no promotion stands; empty where none did."""


def ground_of(mirror: Mirror, environment: str, tip: str, validated: str) -> Ground:
    """Say what a branch stands on.

    Args:
        mirror: Of the repository.
        environment: Whose branch.
        tip: The branch's tip.
        validated: The commit that shall be promoted; without an earlier promotion it says where the histories part.
    """
    undone: set[str] = set()
    since: frozenset[str] = frozenset()
    goal, start, imported = "", tip, ""
    known: list[str] = []
    for commit in _own(mirror, environment, tip):
        promotion, release = _last(commit, "Vivido-Promotion"), _last(commit, "Vivido-Release")
        promoted = _last(commit, VALIDATED)
        if _last(commit, "Vivido-Step") == IMPORTED:
            # It says what stood there, and brought nothing: people's commits before it are debts as ever.
            imported = imported or commit.id
            continue
        if _last(commit, "Vivido-Step") == "undo-commit":
            undone.add(promotion)
        elif not promoted:
            # A rollback: what it took back does not stand. The newest one decides.
            if not goal and promotion not in undone:
                goal, since = release, frozenset(undone)
        elif promotion in undone or (goal and release != goal):
            # What was rolled back to went back itself later: then what stood before it stands.
            goal = "" if release == goal and promotion in since else goal
            known += commit.parents[1:]
            start = commit.parents[0]
        else:
            return Ground(commit.id, promoted, (commit.id, *known))
    base = merge_base(mirror, start, validated) or ""
    return Ground(base, "", tuple(filter(None, (base, *known))), imported)


def went_back(mirror: Mirror, environment: str, tip: str, base: str) -> tuple[str, ...]:
    """Return the commits since `base` that took a promotion back, newest first: each is a way back or a rollback."""
    return tuple(
        commit.id
        for commit in _own(mirror, environment, tip, base)
        if not _last(commit, VALIDATED) and _last(commit, "Vivido-Step") != IMPORTED
    )


def is_own(commit: CommitInfo) -> bool:
    """Say whether a commit is a promotion's, a rollback's or a way back's. What a person let Vivido declare is the person's."""
    made = bool(_last(commit, "Vivido-Promotion") and _last(commit, "Vivido-Release"))
    return made and commit.committer.email == EMAIL


def _own(mirror: Mirror, environment: str, tip: str, *hidden: str) -> "Iterator[CommitInfo]":
    for commit, _ in contained(mirror, tip, tuple(filter(None, hidden))):
        if CONVERSION in commit.trailers:
            return
        mine = is_own(commit) and _last(commit, "Vivido-Environment") == environment
        # What was rendered says nothing of the configuration.
        if mine and _last(commit, "Vivido-Step") != HYDRATE:
            yield commit


def _last(commit: CommitInfo, key: str) -> str:
    return commit.trailers.get(key, ("",))[-1]
