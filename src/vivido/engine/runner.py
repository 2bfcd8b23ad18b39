"""The embedded driver: claims an environment, works its promotion through, records every fact before and after.

Any process can go on where another stopped: all it needs is in the journal. No thread and no lock waits for a person;
a waiting promotion is a row with a due time.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec

from vivido.crashpoint import crashpoint
from vivido.engine.decide import Close, Execute, Sleep, Tick, decide, next_look
from vivido.engine.executor import Executors, Work
from vivido.engine.heartbeat import Heartbeat
from vivido.engine.journal import Journal, Lease, Leases, Queued
from vivido.engine.outcome import perform
from vivido.engine.queue import choose, replacement
from vivido.engine.recorder import Recorder, fold
from vivido.engine.state import State, Status
from vivido.errors import Error, IntegrityError
from vivido.model.event import Event, Signalled, StepBegan, StepEnded
from vivido.model.gate import Judgment
from vivido.time.clock import SECOND, Now

_log = logging.getLogger(__name__)

LEASE = 30 * SECOND
"""How long a lease holds without a heartbeat. A dead owner on the same machine is noticed at once."""


OWN = frozenset({"engine.fenced", "engine.journal"})
"""Codes of the errors that concern one environment alone: another process took it over, or one of its journals is damaged
or was written by a newer Vivido. They are logged; whoever follows that promotion meets them where it is read."""


class Listener(msgspec.Struct, frozen=True):
    """Whom the runner tells what happens, for live progress; it decides nothing."""

    fact: Callable[[str, Event], None] = lambda promotion, event: None
    line: Callable[[str, str, str], None] = lambda promotion, step, text: None
    done: Callable[[], None] = lambda: None
    """The step that was told of is over, for now: nothing more comes of it."""


class Runner:
    """Drives the promotions of one project; implements `engine.driver.Driver.tick`."""

    def __init__(
        self,
        project: str,
        journal: Journal,
        leases: Leases,
        executors: Executors,
        *,
        owner: str,
        now: Now,
        gone: Callable[[str], bool],
        listener: Listener | None = None,
    ) -> None:
        self._project = project
        self._journal = journal
        self._leases = leases
        self._executors = executors
        self._owner = owner
        self._now = now
        self._gone = gone
        self._listener = listener or Listener()

    def tick(self, only: frozenset[str] | None = None) -> int | None:
        """Do all that can be done now. What goes wrong in one environment does not keep the others waiting.

        Args:
            only: Names of environments to drive; None: all.

        Returns:
            Microseconds since 1970 when something will be due there; None where nothing will be without a signal.

        Raises:
            Error: The state could not be used. It is raised after every environment had its turn.
        """
        failures: list[Error] = []
        for environment, queue in self._queues(only).items():
            if self._stirs(queue):
                failures += self._turn(environment)
        if failures:
            raise failures[0]
        first = (choose(queue, self._began) for queue in self._queues(only).values())
        return min((q.due for q in first if q is not None and q.due is not None), default=None)

    def _queues(self, only: frozenset[str] | None) -> dict[str, list[Queued]]:
        queues: dict[str, list[Queued]] = {}
        for queued in self._leases.open_promotions(self._project):
            if only is None or queued.environment in only:
                queues.setdefault(queued.environment, []).append(queued)
        return queues

    def _stirs(self, queue: Sequence[Queued]) -> bool:
        now = self._now()
        return any(
            q.signalled or q.status in (Status.QUEUED, Status.RUNNING) or (q.due is not None and q.due <= now)
            for q in queue
        )

    def _began(self, queued: Queued) -> bool:
        try:
            return bool(fold(self._journal.read(queued.promotion)).steps)
        except IntegrityError:
            return True  # What cannot be read keeps its place, and does not keep the other environments waiting.

    def _turn(self, environment: str) -> list[Error]:
        try:
            self._drive(environment)
        except Error as e:
            _log.log(logging.INFO if e.code == "engine.fenced" else logging.WARNING, "%s: %s", environment, e)
            return [] if e.code in OWN else [e]
        return []

    def _drive(self, environment: str) -> None:
        stood: set[str] = set()
        while True:
            lease = self._leases.claim(self._project, environment, self._owner, self._now(), LEASE, self._gone)
            if lease is None:
                return
            try:
                with Heartbeat(self._leases, lease, self._now, LEASE):
                    self._environment(lease, stood)
            finally:
                self._leases.release(lease)
            # Something may have come after the last look, from somebody who then found the lease taken.
            if self._mover(self._leases.open_promotions(self._project, environment), stood) is None:
                return

    def _environment(self, lease: Lease, stood: set[str]) -> None:
        """Work through the queue until nobody in it can move; note who stood still."""
        while True:
            queue = self._leases.open_promotions(self._project, lease.environment)
            mover = self._mover(queue, stood)
            if mover is None:
                return
            record = Recorder(self._journal, mover.promotion, lease, self._now, self._listener.fact)
            woken = record.absorb()
            if mover != choose(queue, self._began):
                self._step_aside(record)
                continue
            self._supersede(record, queue)
            self._promotion(record, woken)
            stood.add(mover.promotion)

    def _mover(self, queue: Sequence[Queued], stood: set[str]) -> Queued | None:
        """Return who is to be looked at next: whoever was called in the queue, then the one whose turn it is."""
        chosen = choose(queue, self._began)
        called = next((q for q in queue if q.signalled and q != chosen), None)
        if called is not None:
            return called
        return None if chosen is None or (chosen.promotion in stood and not chosen.signalled) else chosen

    def _step_aside(self, record: Recorder) -> None:
        """Close what was aborted while it waits for its turn; everything else waits on."""
        for command in decide(record.state, Tick(self._now())):
            if isinstance(command, Close):
                record.add(command.event)

    def _promotion(self, record: Recorder, woken: bool) -> None:
        """Bring a promotion on until it is over or stands still."""
        while True:
            before, began = _place(record.state), False
            commands = decide(record.state, Tick(self._now(), woken))
            woken = False
            for command in commands:
                match command:
                    case Close(event):
                        record.add(event)
                    case Sleep(until):
                        record.rest(until)
                        return
                    case Execute():
                        self._execute(record, command)
                        began = began or not command.look
                        woken = record.absorb()
                if woken:
                    break
            if record.state.finished is not None:
                return
            if not (woken or began) and _place(record.state) == before:
                # Looking again brought nothing. What is slow to look at must not keep the other environments waiting.
                record.rest(next_look(record.state))
                return

    def _supersede(self, record: Recorder, queue: Sequence[Queued]) -> None:
        """Let a newer promotion take the place of this one while nothing was changed (semantics: `queue: latest`)."""
        state = record.state
        if state.touched or state.stopping or state.finished is not None:
            return
        newer = replacement(record.promotion, state.plan.queue, queue)
        if newer is not None:
            taken = newer.promotion
            signal = Signalled("abort", "vivido", f"{taken} took its place", {"superseded": True, "by": taken})
            record.add(signal)

    def _execute(self, record: Recorder, command: Execute) -> None:
        step, known = command.step, record.state.step(command.step)
        if known.tried < command.attempt:
            record.add(StepBegan(step.id, command.attempt, self._owner))
        else:
            record.hold()
        crashpoint(f"engine.{step.kind}.began")
        work = Work(
            record.state,
            step,
            command.attempt,
            record.head,
            lambda text: self._listener.line(record.promotion, step.id, text),
            record.hold,
            find_only=record.state.stopping and step in record.state.unsure,
        )
        try:
            done = perform(self._executors, work, self._now, doubt=step.commits and known.limbo)
        finally:
            self._listener.done()
        crashpoint(f"engine.{step.kind}.ended")
        if known.judgment is not None and _same(known.judgment, done.judgment):
            record.replace_look(step.id, done.judgment)
        else:
            record.add(StepEnded(step.id, command.attempt, done.judgment, done.facts))


def _place(state: State) -> tuple[object, ...]:
    """Where it stands in its plan."""
    return state.direction, state.open_steps


def _same(old: Judgment, new: Judgment) -> bool:
    """Whether another look gave the same answer, so that polling does not fill the ledger."""
    return (old.outcome, old.reason, old.unmet) == (new.outcome, new.reason, new.unmet)
