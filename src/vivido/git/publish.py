"""Bring an edit to a branch exactly once, whoever else pushes and wherever this process dies.

The commit carries its key in two trailers. Whoever starts again looks for them on the branch before making anything.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vivido.errors import ConflictError
from vivido.git.commit import Edits, Signature, Signer, commit_files, tree_id
from vivido.git.history import find_by_trailer
from vivido.git.mirror import Mirror
from vivido.git.push import Moved, Pushed, push
from vivido.git.trailers import with_trailers

PROMOTION, STEP = "Vivido-Promotion", "Vivido-Step"
"""The trailers that make a commit's key."""


@dataclass(frozen=True)
class Key:
    """Names one effect, for ever.

    Attributes:
        promotion: Its id.
        step: The step's id in the plan.
    """

    promotion: str
    step: str

    @property
    def trailers(self) -> dict[str, str]:
        """As a commit carries them."""
        return {PROMOTION: self.promotion, STEP: self.step}


@dataclass(frozen=True)
class Edit:
    """What shall be committed.

    Attributes:
        files: Contents by path.
        subject: First line of the message.
        body: What follows it.
        trailers: Besides those of the key.
        allow_empty: Record it even where no file changes. Without it the tip is returned, and nothing is made.
        merges: Further parents of the commit; nothing is taken from them.
    """

    files: Edits
    subject: str
    body: str = ""
    trailers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict[str, "str | tuple[str, ...]"])
    allow_empty: bool = False
    merges: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlreadyThere:
    """The branch holds already what should be committed.

    Attributes:
        commit: Which commit brought it.
    """

    commit: str


@dataclass(frozen=True)
class Hand:
    """Who commits, and how one waits.

    Attributes:
        author: Who stands in the commit. Its time should be fixed when the effect is planned, so that a repetition
            makes the same commit.
        committer: The author where it is None.
        sign: Signs the commit.
        pause: Called between attempts with the number of the one that failed, from 1. See `backoff`.
        attempts: How often a lost race is run again.
    """

    author: Signature
    pause: Callable[[int], None]
    committer: Signature | None = None
    sign: Signer | None = None
    attempts: int = 30


Derive = Callable[[str], Edit | AlreadyThere]
"""Takes the branch's tip and says what to change there. It is called again after a lost race."""


def backoff(random: Callable[[], float], *, first: float = 0.05, most: float = 5.0) -> Callable[[int], None]:
    """Return a pause that doubles with each attempt, with full jitter.

    Args:
        random: Returns a number from 0 up to 1, as `random.random`.
        first: Seconds that the first pause lasts at most.
        most: Seconds that any pause lasts at most.
    """

    def pause(attempt: int) -> None:
        time.sleep(random() * min(most, first * 2 ** min(attempt - 1, 20)))

    return pause


def publish(mirror: Mirror, branch: str, derive: Derive, key: Key, hand: Hand, *, since: str | None = None) -> str:
    """Commit an edit to a branch and push it; return the id of the commit that holds it.

    Args:
        mirror: Of the repository.
        branch: Its short name. It must exist.
        derive: Makes the edit on a tip.
        key: A commit on the branch that carries it is adopted, and nothing is made.
        hand: Who commits.
        since: A commit of the branch from before the effect was planned; it shortens the search for the key.

    Raises:
        RefusedError: `git.push-refused`: a hook or a protected branch, with the server's words; `git.work-tree-dirty`.
        ConflictError: `git.branch-busy`: every attempt lost the race; trying later may help.
        NotFoundError: `git.no-branch`, `git.no-repository`.
        UnreachableError: `git.unreachable`, `git.timeout`. Calling again finds out whether the push happened.
        ForbiddenError: `git.unauthorized`, `git.forbidden`, `git.host-key`.
        Error: What `derive` raises.
    """
    tip = mirror.fetch(branch)
    for attempt in range(1, hand.attempts + 1):
        adopted = find_by_trailer(mirror, branch, key.trailers, since)
        if adopted is not None:
            return adopted
        edit = derive(tip)
        if isinstance(edit, AlreadyThere):
            return edit.commit
        commit = commit_edit(mirror, tip, edit, key, hand)
        if not edit.allow_empty and tree_id(mirror, commit) == tree_id(mirror, tip):
            return tip
        result = push(mirror, branch, commit, tip)
        if isinstance(result, Pushed):
            return result.commit
        if not isinstance(result, Moved):
            raise result.error(mirror.where)
        if attempt < hand.attempts:
            hand.pause(attempt)
            tip = mirror.fetch(branch)
    raise ConflictError(
        f"{mirror.where}: {branch} was moved or locked by others at each of {hand.attempts} attempts",
        code="git.branch-busy",
        hint="Try again when it is quieter there.",
        where=mirror.where,
        retry_after=30,
    )


def commit_edit(mirror: Mirror, tip: str, edit: Edit, key: Key, hand: Hand) -> str:
    """Make the commit of an edit on a tip, with its key, and return its id. Nothing is pushed.

    Raises:
        Error: As `git.commit.commit_files`.
    """
    message = with_trailers(edit.subject, edit.body, {**edit.trailers, **key.trailers})
    return commit_files(
        mirror,
        tip,
        edit.files,
        message,
        hand.author,
        committer=hand.committer,
        sign=hand.sign,
        merges=edit.merges,
    )
