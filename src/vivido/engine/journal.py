"""The ports to durable state: the journal of one promotion, and the leases that say who holds the pen."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from vivido.model.event import Entry, Event, Signalled


class Lease(msgspec.Struct, frozen=True):
    """The exclusive right to change one environment, with a fencing token.

    Each taking raises the token; a write with an old one is refused, so that a process that slept past its lease
    cannot do harm when it wakes up.
    """

    project: str
    environment: str
    owner: str
    token: int
    until: int
    """Microseconds since 1970."""


class Progress(msgspec.Struct, frozen=True):
    """How a promotion stands, kept beside its events so that waiting ones are found by one query."""

    status: str
    due: int | None
    """Microseconds since 1970 when it wants to be looked at; None: only after a signal."""


class Journal(Protocol):
    """The append-only ledger of promotions. Every write is durable when the call returns.

    A write is refused (`engine.fenced`) unless its lease is the newest of the promotion's environment and is still held.
    The check and the write are one: once somebody else's `Leases.claim` has returned, no write of the old holder is added.
    """

    def append(
        self, promotion: str, after: int, events: Sequence[Event], progress: Progress, lease: Lease, at: int
    ) -> tuple[Entry, ...]:
        """Add facts after entry number `after`.

        Raises:
            ConflictError: `engine.fenced`: the lease was lost or somebody else wrote; nothing was added.
        """
        ...

    def read(self, promotion: str) -> tuple[Entry, ...]:
        """Return all entries of a promotion in order; empty where there is none."""
        ...

    def schedule(self, promotion: str, progress: Progress, lease: Lease) -> None:
        """Note how it stands without a new fact.

        Raises:
            ConflictError: `engine.fenced`.
        """
        ...

    def collect(self, promotion: str) -> tuple[tuple[int, Signalled], ...]:
        """Return the signals in the inbox as (number, signal), oldest first. A promotion never uses a number twice."""
        ...

    def absorbed(self, promotion: str, up_to: int) -> None:
        """Remove signals up to a number from the inbox, after they were appended as facts."""
        ...


class Queued(msgspec.Struct, frozen=True):
    """One open promotion as the queue sees it."""

    promotion: str
    environment: str
    kind: str
    status: str
    due: int | None
    queue: str
    signalled: bool
    """Whether its inbox holds signals."""


class Leases(Protocol):
    """Who may drive which environment, and what waits there."""

    def claim(
        self, project: str, environment: str, owner: str, now: int, ttl: int, gone: Callable[[str], bool]
    ) -> Lease | None:
        """Take the environment's lease, None where another living owner has it. Atomic over processes.

        Args:
            project: The project.
            environment: What is to be changed.
            owner: Who asks; asking again for one's own prolongs it under a new token.
            now: Microseconds since 1970.
            ttl: Microseconds for which it holds.
            gone: Says whether an owner is known to be dead, so that its lease need not run out first.
        """
        ...

    def renew(self, lease: Lease, now: int, ttl: int) -> Lease | None:
        """Prolong it; None where it was lost."""
        ...

    def release(self, lease: Lease) -> None:
        """Give it back; no effect where it was lost."""
        ...

    def open_promotions(self, project: str, environment: str | None = None) -> tuple[Queued, ...]:
        """Return the promotions that are not final, oldest first."""
        ...
