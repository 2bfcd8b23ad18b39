"""What the journal's facts add up to: the state of one promotion. `evolve` folds it, `decide` reads it; both are pure."""

from enum import StrEnum
from typing import Any

import msgspec

from vivido.model.event import Finished, Signalled
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Plan, Step


class Status(StrEnum):
    """Where a promotion stands. The last five are final."""

    QUEUED = "queued"
    """Another promotion has the environment, or no process took it up yet."""
    RUNNING = "running"
    WAITING = "waiting"
    """For a gate: a person, a time, or data. On the way back: for something that did not answer and is tried again."""
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


HANDED_OVER = "handed-over"
"""In the evidence of a pending step that commits: to what its effect was handed over, such as a branch for review."""


class Direction(StrEnum):
    """Which of the plan's three lists of steps is being worked through."""

    FORWARD = "forward"
    UNDO = "undo"
    CLEANUP = "cleanup"


class StepState(msgspec.Struct, frozen=True):
    """What is known of one step."""

    attempt: int = 1
    """Rises by one with each `retry`."""
    tried: int = 0
    """The newest attempt that began; 0 before the first."""
    began: bool = False
    """Its effect may have happened."""
    judgment: Judgment | None = None
    facts: dict[str, Any] = {}
    opened: int = 0
    """Microseconds since 1970 when it was first begun."""
    heard: int = 0
    """How many signals there were when it was judged last; a later one is a reason to look again."""

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
        """Begun, and nobody knows whether its effect happened: the process died in it, or could not see the answer."""
        return self.began and (self.judgment is None or self.judgment.outcome is Outcome.BLIND)

    @property
    def handed_over(self) -> bool:
        """Others were asked to bring its effect about, and may do so at any time."""
        return (
            self.judgment is not None
            and self.judgment.outcome is Outcome.PENDING
            and bool(self.judgment.evidence.get(HANDED_OVER))
        )


class State(msgspec.Struct, frozen=True):
    """One promotion, folded from its journal."""

    plan: Plan
    steps: dict[str, StepState]
    paused: bool = False
    abort: Signalled | None = None
    """The signal that asked to abort."""
    gave_up: bool = False
    """Somebody aborted it where it could not go back: it stays as it is."""
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
        """Whether anything but looking and asking was begun; such a promotion is never superseded."""
        begun = (step for step in self.plan.steps if step.kind not in ("check", "gate") and self.step(step).began)
        return any(not self.step(step).handed_over for step in begun)

    @property
    def stopping(self) -> bool:
        """Whether it is not to go on: a step failed, or somebody aborted it before everything was met."""
        if self.failure is not None:
            return True
        return self.abort is not None and not all(self.step(s).met for s in self.plan.steps)

    @property
    def unsure(self) -> tuple[Step, ...]:
        """The steps of which nobody knows whether they changed the outside for good, or will before they are called off."""
        known = ((step, self.step(step)) for step in self.plan.steps if step.commits)
        return tuple(step for step, s in known if s.limbo or s.handed_over)

    @property
    def direction(self) -> Direction:
        """Which list of steps is worked through now.

        Stopping waits while nobody knows whether the commit exists: only then is it known whether there is something to
        undo.
        """
        if not self.stopping or self.unsure:
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
        """The steps of the present phase that are not met yet; while stopping waits, those it waits for."""
        if self.stopping and self.unsure:
            return self.unsure
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
        if self.paused and not self.stopping:
            return Status.PAUSED
        open_steps = self.open_steps
        judged = [j for s in open_steps if (j := self.step(s).judgment) is not None]
        standing = bool(judged) and len(judged) == len(open_steps)
        if self.stopping:
            if any(j.outcome is Outcome.FAILED for j in judged):
                return Status.STUCK
            if standing:
                return Status.STUCK if all(j.look_again is None for j in judged) else Status.WAITING
            return Status.RUNNING
        if standing:
            return Status.WAITING
        return Status.RUNNING if self.steps else Status.QUEUED
