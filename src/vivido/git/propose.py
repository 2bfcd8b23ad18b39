"""A branch for review: an edit on top of another branch, for people to merge. It only moves forward, and is deleted by its tip.

It carries the same key as a commit that is pushed directly, so whoever starts again finds it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vivido.errors import ConflictError, NotFoundError
from vivido.git.address import branch_ref
from vivido.git.compose import differing, kept_at
from vivido.git.history import describe, find_by_trailer
from vivido.git.mirror import Mirror
from vivido.git.publish import Edit, Hand, Key, commit_edit
from vivido.git.push import Moved, Pushed, Refused, push, push_ref
from vivido.git.read import is_ancestor


@dataclass(frozen=True)
class ForReview:
    """What stands for review.

    Attributes:
        commit: The newest commit on it that carries the key.
        tip: Where the branch is: at that commit, or at one that people made on top of it.
    """

    commit: str
    tip: str


def standing(mirror: Mirror, branch: str) -> str | None:
    """Fetch a branch for review and return its tip; None where there is none.

    Raises:
        Error: As `git.mirror.Mirror.fetch`.
    """
    try:
        return mirror.fetch(branch)
    except NotFoundError as e:
        if e.code != "git.no-branch":
            raise
        return None


def propose(
    mirror: Mirror, branch: str, onto: str, edit: Edit, key: Key, hand: Hand, dress: Callable[[Edit], Edit]
) -> ForReview:
    """Make a branch hold an edit of another branch's tip, ready to be merged there.

    What stands there already stays, unless the other branch has moved under the edited files since: then the edit is made again
    on its new tip, in a commit that contains the old one. What people committed on top is not touched.

    Args:
        mirror: Of the repository.
        branch: The branch for review.
        onto: The tip of the branch that it shall be merged into.
        edit: What shall be changed there.
        key: Names the effect.
        hand: Who commits.
        dress: Gives the edit the message that people read; called where a commit is made.

    Raises:
        ConflictError: `git.branch-busy`: others moved the branch at every attempt.
        RefusedError: `git.push-refused`.
        Error: As `git.publish.publish`.
    """
    for attempt in range(1, hand.attempts + 1):
        there = standing(mirror, branch)
        mine = None if there is None else find_by_trailer(mirror, branch, key.trailers)
        if there is not None and mine is not None and (mine != there or _current(mirror, mine, onto, edit, key, hand)):
            return ForReview(mine, there)
        behind = () if there is None else (there,)
        commit = commit_edit(mirror, onto, replace(dress(edit), merges=(*edit.merges, *behind)), key, hand)
        result = push(mirror, branch, commit, there)
        if isinstance(result, Pushed):
            return ForReview(commit, commit)
        if not isinstance(result, Moved):
            raise result.error(mirror.where)
        hand.pause(attempt)
    raise ConflictError(
        f"{mirror.where}: {branch} was moved or locked by others at each of {hand.attempts} attempts",
        code="git.branch-busy",
        hint="Only Vivido writes there; see who else does.",
        where=mirror.where,
        retry_after=30,
    )


def settle(mirror: Mirror, branch: str, into: str, key: Key) -> None:
    """Delete a branch for review whose change has come to another branch, unless it holds what people committed and did not merge.

    Args:
        mirror: Of the repository.
        branch: The branch for review.
        into: The tip of the other branch.
        key: Names the effect.

    Raises:
        UnreachableError, ForbiddenError: As `git.push.push`.
    """
    there = standing(mirror, branch)
    if there is not None and (
        is_ancestor(mirror, there, into) or find_by_trailer(mirror, branch, key.trailers) == there
    ):
        withdraw(mirror, branch)


def withdraw(mirror: Mirror, branch: str) -> str:
    """Delete a branch for review, and say in a sentence what became of it. Calling again changes nothing more.

    Raises:
        UnreachableError, ForbiddenError: As `git.push.push`.
    """
    for _ in range(10):
        there = standing(mirror, branch)
        if there is None:
            return f"there is no branch {branch}"
        result = push_ref(mirror, branch_ref(branch), None, there)
        if isinstance(result, Refused):
            return f"the server keeps {branch}: {result.why}"
        if isinstance(result, Pushed):
            standing(mirror, branch)
            return f"the branch {branch} was removed; it was at {there[:12]}"
    return f"somebody moves {branch} again and again: it stays"


def _current(mirror: Mirror, mine: str, onto: str, edit: Edit, key: Key, hand: Hand) -> bool:
    """Whether merging what stands gives what the edit would give now."""
    base = describe(mirror, mine).parents[0]
    if base == onto:
        return True
    fresh = commit_edit(mirror, onto, edit, key, hand)
    paths = {*differing(mirror, base, mine), *differing(mirror, onto, fresh)}
    return all(
        kept_at(mirror, mine, path) == kept_at(mirror, fresh, path)
        and kept_at(mirror, base, path) == kept_at(mirror, onto, path)
        for path in paths
    )
