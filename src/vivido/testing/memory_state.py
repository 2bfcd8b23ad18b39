"""The engine's durable state in memory: the ports of journal and leases, held to the same contract as the store's.

Every operation is announced to `interrupt` before it happens and after, so that a simulation can let the process die there, or
another one come between. For one thread; nothing is durable but what the test keeps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from vivido.engine.chain import GENESIS, link
from vivido.engine.journal import Lease, Progress, Queued
from vivido.engine.state import Status
from vivido.errors import ConflictError, NotFoundError
from vivido.model.event import Entry, Event, Signalled, Started
from vivido.model.plan import Plan

Interrupt = Callable[[str], None]
"""Takes the name of the place: `append.before`, `append.after`, and so on for each operation that writes.

There is none after `schedule`: whoever asks whether the lease is held is given the time for one effect.
"""


def _undisturbed(_: str) -> None:
    return


@dataclass
class Row:
    """One promotion.

    Attributes:
        plan: Its plan.
        created: Microseconds since 1970; in the order of starting.
        status: Its status as the journal was told.
        due: When it wants to be looked at, in microseconds since 1970.
        open: Whether it is not final.
        sent: How many signals it was ever sent.
        entries: Its journal.
        inbox: Signals that are not absorbed yet, by number.
    """

    plan: Plan
    created: int
    status: str
    due: int | None
    open: bool = True
    sent: int = 0
    entries: list[Entry] = field(default_factory=list[Entry])
    inbox: dict[int, Signalled] = field(default_factory=dict[int, Signalled])


@dataclass
class MemoryState:
    """What survives the processes.

    Attributes:
        rows: Promotions by id.
        leases: The newest lease of each (project, environment); without an owner where nobody holds it.
    """

    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    leases: dict[tuple[str, str], Lease] = field(default_factory=dict[tuple[str, str], Lease])

    def holds(self, lease: Lease) -> bool:
        """Say whether a lease is the newest of its environment and was not given back."""
        newest = self.leases.get((lease.project, lease.environment))
        return newest is not None and (newest.owner, newest.token) == (lease.owner, lease.token)


class MemoryJournal:
    """Implements `engine.journal.Journal`, the starting of promotions, and their inbox."""

    def __init__(self, state: MemoryState, interrupt: Interrupt = _undisturbed) -> None:
        self._state = state
        self._interrupt = interrupt

    def start(self, plan: Plan, at: int) -> Entry:
        """Write a promotion's first entry. Known already: the entry there is returned."""
        known = self._state.rows.get(plan.promotion)
        if known is not None:
            return known.entries[0]
        place = (plan.project, plan.environment)
        before = [r.created for r in self._state.rows.values() if (r.plan.project, r.plan.environment) == place]
        row = Row(plan, max([at, *(b + 1 for b in before)]), Status.QUEUED, at)
        row.entries.append(link(plan.promotion, 1, at, Started(plan), GENESIS))
        self._state.rows[plan.promotion] = row
        return row.entries[0]

    def append(
        self, promotion: str, after: int, events: Sequence[Event], progress: Progress, lease: Lease, at: int
    ) -> tuple[Entry, ...]:
        """Add facts after entry number `after`; see `engine.journal.Journal.append`."""
        self._interrupt("append.before")
        row = self._held(promotion, lease)
        if row.entries[-1].seq != after:
            raise _fenced(promotion)
        for seq, event in enumerate(events, start=after + 1):
            row.entries.append(link(promotion, seq, at, event, row.entries[-1].hash))
        row.status, row.due, row.open = progress.status, progress.due, not Status(progress.status).final
        self._interrupt("append.after")
        return tuple(row.entries[after : after + len(events)])

    def read(self, promotion: str) -> tuple[Entry, ...]:
        """Return all entries in order."""
        row = self._state.rows.get(promotion)
        return tuple(row.entries) if row else ()

    def schedule(self, promotion: str, progress: Progress, lease: Lease) -> None:
        """Note how it stands without a new fact."""
        self._interrupt("schedule.before")
        row = self._held(promotion, lease)
        row.status, row.due = progress.status, progress.due

    def send(self, promotion: str, signal: Signalled) -> None:
        """Put a signal into the inbox; see `store.journal.SqlJournal.send`."""
        row = self._state.rows.get(promotion)
        if row is None:
            raise NotFoundError(f"there is no promotion {promotion}", code="promotion.unknown")
        if signal.signal == "retry" and not row.open:
            self._reopen(row)
        row.sent += 1
        row.inbox[row.sent] = signal

    def collect(self, promotion: str) -> tuple[tuple[int, Signalled], ...]:
        """Return the inbox's signals, oldest first."""
        return tuple(sorted(self._state.rows[promotion].inbox.items()))

    def absorbed(self, promotion: str, up_to: int) -> None:
        """Remove absorbed signals."""
        self._interrupt("absorbed.before")
        row = self._state.rows[promotion]
        row.inbox = {number: signal for number, signal in row.inbox.items() if number > up_to}
        self._interrupt("absorbed.after")

    def _held(self, promotion: str, lease: Lease) -> Row:
        row = self._state.rows[promotion]
        place = (row.plan.project, row.plan.environment)
        if place != (lease.project, lease.environment) or not self._state.holds(lease):
            raise _fenced(promotion)
        return row

    def _reopen(self, row: Row) -> None:
        if row.status != Status.REFUSED:
            raise ConflictError(f"it is {row.status}", code="promotion.over")
        place = (row.plan.project, row.plan.environment)
        for other in self._state.rows.values():
            came_later = (other.plan.project, other.plan.environment) == place and other.created > row.created
            if came_later and (other.open or other.status == Status.SUCCEEDED):
                raise ConflictError(f"{other.plan.promotion} came after it", code="promotion.newer")
        row.open, row.status = True, Status.QUEUED


class MemoryLeases:
    """Implements `engine.journal.Leases`."""

    def __init__(self, state: MemoryState, interrupt: Interrupt = _undisturbed) -> None:
        self._state = state
        self._interrupt = interrupt

    def claim(
        self, project: str, environment: str, owner: str, now: int, ttl: int, gone: Callable[[str], bool]
    ) -> Lease | None:
        """Take the environment's lease, None where another living owner has it."""
        self._interrupt("claim.before")
        place = (project, environment)
        old = self._state.leases.get(place, Lease(project, environment, "", 0, 0))
        if old.until > now and old.owner not in ("", owner) and not gone(old.owner):
            return None
        taken = Lease(project, environment, owner, old.token + 1, now + ttl)
        self._state.leases[place] = taken
        self._interrupt("claim.after")
        return taken

    def renew(self, lease: Lease, now: int, ttl: int) -> Lease | None:
        """Prolong a lease; None where it was lost."""
        if not self._state.holds(lease):
            return None
        renewed = msgspec.structs.replace(lease, until=now + ttl)
        self._state.leases[lease.project, lease.environment] = renewed
        return renewed

    def release(self, lease: Lease) -> None:
        """Give it back; the token stays, so that a late write of this holder is still refused."""
        self._interrupt("release.before")
        if self._state.holds(lease):
            given = msgspec.structs.replace(lease, owner="", until=0)
            self._state.leases[lease.project, lease.environment] = given
        self._interrupt("release.after")

    def holder(self, project: str, environment: str, now: int) -> str:
        """Return who drives an environment now; empty where nobody does."""
        lease = self._state.leases.get((project, environment))
        return lease.owner if lease is not None and lease.until > now else ""

    def open_promotions(self, project: str, environment: str | None = None) -> tuple[Queued, ...]:
        """Return the promotions that are not final, oldest first."""
        rows = sorted(self._state.rows.values(), key=lambda r: (r.created, r.plan.promotion))
        return tuple(
            Queued(
                r.plan.promotion,
                r.plan.environment,
                r.plan.kind,
                r.status,
                r.due,
                r.plan.queue,
                signalled=bool(r.inbox),
            )
            for r in rows
            if r.open and r.plan.project == project and environment in (None, r.plan.environment)
        )


def _fenced(promotion: str) -> ConflictError:
    return ConflictError(f"another process took {promotion} over", code="engine.fenced")
