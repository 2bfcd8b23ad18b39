"""What a gate says: an outcome that is a value, never an exception (design §2, §3.6)."""

from enum import StrEnum
from typing import Any

import msgspec


class Outcome(StrEnum):
    """The five answers of a gate or a step."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"
    """Not yet: a person, a time or a process is waited for."""
    BLIND = "blind"
    """It could not be judged. Freezes: it neither promotes nor rolls back."""
    SKIPPED = "skipped"
    """Not judged, for a reason that is recorded. Counts as met."""

    @property
    def met(self) -> bool:
        """Whether the promotion may go past it."""
        return self in (Outcome.PASSED, Outcome.SKIPPED)


class Unmet(msgspec.Struct, frozen=True):
    """One condition that is not met yet, as `vivido why` tells it."""

    condition: str
    """What is missing: “1 of 2 approvals by release-managers”."""
    who: tuple[str, ...] = ()
    """Who can meet it; empty where nobody can but time or another try."""
    earliest: int | None = None
    """Microseconds since 1970 of the earliest time at which it can be met; None where unknown."""
    next: str = ""
    """The command that would meet it."""


class Judgment(msgspec.Struct, frozen=True):
    """A gate's answer with what it saw."""

    outcome: Outcome
    reason: str
    """One sentence a person reads."""
    evidence: dict[str, Any] = {}
    """Plain JSON data that explains the outcome; no secret."""
    unmet: tuple[Unmet, ...] = ()
    look_again: int | None = None
    """Microseconds since 1970 when judging again makes sense; None: only after a signal (an approval, a retry)."""
