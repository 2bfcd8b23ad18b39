"""One promotion under the pen: its state, its journal, and the lease that allows writing."""

from collections.abc import Callable

from msgspec.structs import replace

from vivido.crashpoint import crashpoint
from vivido.engine.evolve import begin, evolve
from vivido.engine.journal import Journal, Lease, Progress
from vivido.engine.state import State
from vivido.errors import IntegrityError
from vivido.model.event import Entry, Event, Started, StepEnded
from vivido.model.gate import Judgment
from vivido.time.clock import Now

PLAN_VERSION = 1
"""The newest meaning of `Plan` that this code understands."""

_NUMBER = "inbox"
"""Under which a signal's fact keeps its number in the inbox."""


def fold(entries: tuple[Entry, ...]) -> State:
    """Fold a promotion's entries into its state.

    Raises:
        IntegrityError: `engine.journal`: the first entry is no `started`, one is missing, or the plan is of a newer Vivido.
    """
    if not entries or not isinstance(first := entries[0].event, Started):
        raise _damaged("the promotion's journal does not begin with its plan")
    if [e.seq for e in entries] != list(range(1, len(entries) + 1)):
        raise _damaged(f"entries are missing in the journal of {first.plan.promotion}")
    if first.plan.version > PLAN_VERSION:
        raise IntegrityError(
            f"{first.plan.promotion} was planned by a newer Vivido",
            code="engine.journal",
            hint="Update Vivido on this machine.",
        )
    state = begin(first)
    for entry in entries[1:]:
        state = evolve(state, entry.event, entry.at)
    return state


def _damaged(message: str) -> IntegrityError:
    return IntegrityError(message, code="engine.journal", hint="`vivido ledger verify` says what is wrong.")


class Recorder:
    """Appends facts under a lease and keeps the folded state beside them."""

    def __init__(
        self, journal: Journal, promotion: str, lease: Lease, now: Now, tell: Callable[[str, Event], None]
    ) -> None:
        entries = journal.read(promotion)
        self.promotion = promotion
        self.state = fold(entries)
        self.head = entries[-1].hash
        self._seq = entries[-1].seq
        self._journal = journal
        self._lease = lease
        self._now = now
        self._tell = tell

    def add(self, *events: Event) -> None:
        """Append facts.

        Raises:
            ConflictError: `engine.fenced`: the lease was lost; nothing was written.
        """
        at = self._now()
        state = self.state
        for event in events:
            state = evolve(state, event, at)
        crashpoint("journal.append.before")
        entries = self._journal.append(self.promotion, self._seq, events, Progress(state.status, at), self._lease, at)
        crashpoint("journal.append.after")
        self.state, self._seq, self.head = state, entries[-1].seq, entries[-1].hash
        for event in events:
            self._tell(self.promotion, event)

    def absorb(self) -> bool:
        """Turn the signals of the inbox into facts; say whether there were any."""
        waiting = self._journal.collect(self.promotion)
        if not waiting:
            return False
        taken = {s.data.get(_NUMBER) for _, s in self.state.signals}
        # What is taken already was left there by a crash between appending and emptying the inbox.
        fresh = [replace(s, data={**s.data, _NUMBER: number}) for number, s in waiting if number not in taken]
        if fresh:
            self.add(*fresh)
        self._journal.absorbed(self.promotion, waiting[-1][0])
        return True

    def replace_look(self, step: str, judgment: Judgment) -> None:
        """Note that another look gave the same answer: only the time of the next one changes, in memory and schedule."""
        self.state = evolve(self.state, StepEnded(step, 0, judgment), self._now())

    def rest(self, until: int | None) -> None:
        """Note when it wants to be looked at again, in microseconds since 1970; None: after a signal."""
        self._journal.schedule(self.promotion, Progress(self.state.status, until), self._lease)

    def hold(self) -> None:
        """Make sure that the lease is still held, before an effect; should this process die, it wants to be looked at.

        Raises:
            ConflictError: `engine.fenced`.
        """
        self.rest(self._now())
