"""The embedded driver: claims an environment, works its promotion through, records every fact before and after.

Any process can go on where another stopped: all it needs is in the journal. No thread and no lock waits for a person;
a waiting promotion is a row with a due time.
"""

from collections.abc import Callable

import msgspec

from vivido.crashpoint import crashpoint
from vivido.engine.decide import Close, Execute, Sleep, Tick, decide
from vivido.engine.executor import Executors, Work
from vivido.engine.heartbeat import Heartbeat
from vivido.engine.journal import Journal, Lease, Leases, Progress, Queued
from vivido.engine.outcome import perform
from vivido.engine.queue import choose
from vivido.engine.recorder import Recorder
from vivido.engine.state import Status
from vivido.model.event import Event, Signalled, StepBegan, StepEnded
from vivido.model.gate import Judgment
from vivido.time.clock import SECOND, Now

LEASE = 30 * SECOND
"""How long a lease holds without a heartbeat. A dead owner on the same machine is noticed at once."""


class Listener(msgspec.Struct, frozen=True):
    """Whom the runner tells what happens, for live progress; it decides nothing."""

    fact: Callable[[str, Event], None] = lambda promotion, event: None
    line: Callable[[str, str, str], None] = lambda promotion, step, text: None


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
        """Do all that can be done now.

        Args:
            only: Names of environments to drive; None: all.

        Returns:
            Microseconds since 1970 when something will be due; None where nothing will be without a signal.
        """
        for environment in self._ripe(only):
            self._drive(environment)
        due = [q.due for q in self._leases.open_promotions(self._project) if q.due is not None]
        return min(due, default=None)

    def _ripe(self, only: frozenset[str] | None) -> list[str]:
        now = self._now()
        ripe = {
            q.environment: None
            for q in self._leases.open_promotions(self._project)
            if (only is None or q.environment in only)
            and (q.signalled or q.status in (Status.QUEUED, Status.RUNNING) or (q.due is not None and q.due <= now))
        }
        return list(ripe)

    def _drive(self, environment: str) -> None:
        lease = self._leases.claim(self._project, environment, self._owner, self._now(), LEASE, self._gone)
        if lease is None:
            return
        try:
            with Heartbeat(self._leases, lease, self._now, LEASE):
                self._environment(lease)
        finally:
            self._leases.release(lease)

    def _environment(self, lease: Lease) -> None:
        """Work through the queue until nobody in it can move."""
        stood: set[str] = set()
        while True:
            queue = self._leases.open_promotions(self._project, lease.environment)
            chosen = choose(queue)
            if chosen is None or (chosen.promotion in stood and not chosen.signalled):
                return
            self._promotion(lease, chosen.promotion, queue)
            stood.add(chosen.promotion)

    def _promotion(self, lease: Lease, promotion: str, queue: tuple[Queued, ...]) -> None:
        record = Recorder(self._journal, promotion, lease, self._now, self._listener.fact)
        self._supersede(record, queue)
        woken = record.absorb()
        while True:
            now = self._now()
            for command in decide(record.state, Tick(now, woken)):
                match command:
                    case Close(event):
                        record.add(event)
                        return
                    case Sleep(until):
                        record.rest(Progress(record.state.status, until))
                        return
                    case Execute():
                        self._execute(record, command)
            woken = record.absorb()
            if record.state.finished is not None:
                return

    def _supersede(self, record: Recorder, queue: tuple[Queued, ...]) -> None:
        """Let a newer promotion take the place of this one while nothing was changed (semantics: `queue: latest`)."""
        state = record.state
        if state.touched or state.abort is not None:
            return
        own = next((place for place, q in enumerate(queue) if q.promotion == record.promotion), len(queue))
        newer = [
            q for q in queue[own + 1 :] if q.kind == "rollback" or (state.plan.queue, q.queue) == ("latest", "latest")
        ]
        if newer:
            taken = newer[-1].promotion
            signal = Signalled("abort", "vivido", f"{taken} took its place", {"superseded": True, "by": taken})
            record.add(signal)

    def _execute(self, record: Recorder, command: Execute) -> None:
        step, known = command.step, record.state.step(command.step)
        if not known.began:
            record.add(StepBegan(step.id, command.attempt, self._owner))
        crashpoint(f"engine.{step.kind}.began")
        work = Work(
            record.state,
            step,
            command.attempt,
            record.head,
            lambda text: self._listener.line(record.promotion, step.id, text),
        )
        done = perform(self._executors, work, self._now)
        crashpoint(f"engine.{step.kind}.ended")
        if known.judgment is not None and _same(known.judgment, done.judgment):
            record.replace_look(step.id, done.judgment)
        else:
            record.add(StepEnded(step.id, command.attempt, done.judgment, done.facts))


def _same(old: Judgment, new: Judgment) -> bool:
    """Whether another look gave the same answer, so that polling does not fill the ledger."""
    return (old.outcome, old.reason, old.unmet) == (new.outcome, new.reason, new.unmet)
