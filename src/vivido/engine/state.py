"""What the journal's facts add up to: the state of one promotion, folded purely from its events."""

from enum import StrEnum
from typing import Any

import msgspec

from vivido.model.event import Event, Finished, Signalled, Started, StepBegan, StepEnded
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Plan, Step


class Status(StrEnum):
    """Where a promotion stands. The last five are final."""

    QUEUED = "queued"
    """Another promotion has the environment, or no process took it up yet."""
    RUNNING = "running"
    WAITING = "waiting"
    """For a gate: a person, a time, or data."""
    PAUSED = "paused"
    STUCK = "stuck"
    """It failed and could not go back either; a person is needed, then `retry`."""
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    """A gate or a check said no; nothing was changed."""
    WENT_BACK = "went-back"
    """It failed after its commit and was undone."""
    ABORTED = "aborted"
    SUPERSEDED = "superseded"
    """A newer promotion took its place before it changed anything."""

    @property
    def final(self) -> bool:
        """Whether nothing happens any more by itself."""
        return self in FINAL


FINAL = frozenset({Status.SUCCEEDED, Status.REFUSED, Status.WENT_BACK, Status.ABORTED, Status.SUPERSEDED})


class Direction(StrEnum):
    """Which of the plan's three lists of steps is being worked through."""

    FORWARD = "forward"
    UNDO = "undo"
    CLEANUP = "cleanup"


class StepState(msgspec.Struct, frozen=True):
    """What is known of one step."""

    attempt: int = 1
    """Rises by one with each `retry`."""
    began: bool = False
    """Its effect may have happened."""
    judgment: Judgment | None = None
    facts: dict[str, Any] = {}
    opened: int = 0
    """Microseconds since 1970 when it was first begun."""

    @property
    def met(self) -> bool:
        """Whether the promotion may go past it."""
        return self.judgment is not None and self.judgment.outcome.met

    @property
    def failed(self) -> bool:
        """Whether it said a final no."""
        return self.judgment is not None and self.judgment.outcome is Outcome.FAILED

    @property
    def limbo(self) -> bool:
        """Begun without a known end: the process died in it."""
        return self.began and self.judgment is None


class State(msgspec.Struct, frozen=True):
    """One promotion, folded from its journal."""

    plan: Plan
    steps: dict[str, StepState]
    paused: bool = False
    abort: Signalled | None = None
    """The signal that asked to abort."""
    gave_up: bool = False
    """Somebody aborted it where it was stuck: it stays as it is."""
    signals: tuple[tuple[int, Signalled], ...] = ()
    """All signals with their instants: approvals live here."""
    finished: Finished | None = None

    def step(self, step: Step) -> StepState:
        """Return what is known of a step."""
        return self.steps.get(step.id, StepState())

    @property
    def facts(self) -> dict[str, Any]:
        """What steps found out, by name; a later step's value replaces an earlier one's."""
        found: dict[str, Any] = {}
        for step in (*self.plan.steps, *self.plan.cleanup, *self.plan.undo):
            found |= self.step(step).facts
        return found

    @property
    def failure(self) -> tuple[Step, Judgment] | None:
        """The forward step that failed, with its judgment."""
        for step in self.plan.steps:
            known = self.step(step)
            if known.failed and known.judgment is not None:
                return step, known.judgment
        return None

    @property
    def committed(self) -> bool:
        """Whether the outside has been changed for good, so that a failure must be undone."""
        return any(step.commits and self.step(step).met for step in self.plan.steps)

    @property
    def touched(self) -> bool:
        """Whether anything but looking was begun; such a promotion is never superseded."""
        return any(step.kind not in ("check", "gate") and self.step(step).began for step in self.plan.steps)

    @property
    def direction(self) -> Direction:
        """Which list of steps is worked through now.

        An abort waits for the end of an effect in limbo: only after finding out whether the commit exists is it
        known whether there is something to undo.
        """
        in_limbo = any(step.commits and self.step(step).limbo for step in self.plan.steps)
        if in_limbo or (self.failure is None and self.abort is None):
            return Direction.FORWARD
        return Direction.UNDO if self.committed else Direction.CLEANUP

    @property
    def agenda(self) -> tuple[Step, ...]:
        """The steps of the present direction."""
        plan = self.plan
        return {Direction.FORWARD: plan.steps, Direction.UNDO: plan.undo, Direction.CLEANUP: plan.cleanup}[
            self.direction
        ]

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """The steps of the present phase that are not met yet."""
        unmet = [step for step in self.agenda if not self.step(step).met]
        if not unmet:
            return ()
        phase = min(step.phase for step in unmet)
        return tuple(step for step in unmet if step.phase == phase)

    @property
    def status(self) -> Status:
        """Where it stands, as people are told."""
        if self.finished is not None:
            return Status(self.finished.status)
        if self.direction is not Direction.FORWARD:
            return Status.STUCK if any(self.step(s).failed for s in self.open_steps) else Status.RUNNING
        if self.paused:
            return Status.PAUSED
        waiting = [self.step(s).judgment for s in self.open_steps]
        if waiting and all(j is not None for j in waiting):
            return Status.WAITING
        return Status.RUNNING if self.steps else Status.QUEUED


def begin(event: Started) -> State:
    """Return the state of a promotion of which nothing but its plan is known."""
    return State(plan=event.plan, steps={})


def evolve(state: State, event: Event, at: int) -> State:
    """Return the state after one more fact.

    Args:
        state: Before it.
        event: The fact.
        at: Microseconds since 1970 when it was recorded.
    """
    match event:
        case Started():
            return begin(event)
        case StepBegan():
            known = state.steps.get(event.step, StepState())
            now = msgspec.structs.replace(known, began=True, attempt=event.attempt, opened=known.opened or at)
            return _with_step(state, event.step, now)
        case StepEnded():
            known = state.steps.get(event.step, StepState())
            now = msgspec.structs.replace(known, judgment=event.judgment, facts=event.facts or known.facts)
            return _with_step(state, event.step, now)
        case Signalled():
            return _signalled(msgspec.structs.replace(state, signals=(*state.signals, (at, event))), event)
        case Finished():
            return msgspec.structs.replace(state, finished=event)


def _with_step(state: State, step: str, known: StepState) -> State:
    return msgspec.structs.replace(state, steps={**state.steps, step: known})


def _signalled(state: State, event: Signalled) -> State:
    match event.signal:
        case "pause":
            return msgspec.structs.replace(state, paused=True)
        case "resume":
            return msgspec.structs.replace(state, paused=False)
        case "abort":
            gave_up = state.status is Status.STUCK
            return msgspec.structs.replace(state, abort=event, paused=False, gave_up=gave_up)
        case "retry":
            return _retried(state)
        case _:
            return state


def _retried(state: State) -> State:
    """Forget what failed, and what was cleaned up after it; never what passed."""
    if state.direction is Direction.UNDO:
        again = {s.id for s in state.plan.undo if state.step(s).failed}
    else:
        undone = {"stage"} if any(state.step(s).began for s in state.plan.cleanup) else set[str]()
        unmet = {Outcome.FAILED, Outcome.BLIND}
        again = {
            s.id
            for s in state.plan.steps
            if s.kind in undone or ((j := state.step(s).judgment) is not None and j.outcome in unmet)
        } | {s.id for s in state.plan.cleanup}
    steps = {
        name: StepState(attempt=known.attempt + 1) if name in again else known for name, known in state.steps.items()
    }
    return msgspec.structs.replace(state, steps=steps, finished=None, abort=None, paused=False, gave_up=False)
