"""What simulated promotions change: commits, traffic, tags and the record; and what must be true of it at every moment."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vivido.engine.evolve import evolve
from vivido.engine.executor import Done, Executors, Work, failed, passed
from vivido.engine.recorder import fold
from vivido.engine.state import State, Status
from vivido.errors import ToolError, UnreachableError
from vivido.model.event import Entry, Finished, Signalled, StepBegan
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Step
from vivido.time.clock import SECOND

KINDS = ("check", "gate", "stage", "commit", "switch", "settle", "record", "tag")
ALWAYS = ("check", "gate")
"""Kinds of steps that only look."""


class Decider(Protocol):
    """Where the world takes its decisions from."""

    def next(self, choices: int) -> int:
        """Return a number from 0 to below `choices`; 0 means that nothing goes wrong."""
        ...


@dataclass
class World:
    """The outside of all environments.

    Attributes:
        decider: Decides what goes wrong.
        now: Virtual time.
        weak: The kinds of steps that may go wrong.
        commits: How many commits were made under each promotion's key. A restart finds its own, so never two.
        reverted: Promotions whose commit was reverted.
        staged: Environment → promotions that are up there.
        traffic: Environment → the promotion that has the traffic.
        recorded: Environment → promotions that ran there, oldest first.
        rollbacks: Promotions that are rollbacks.
        broken: What was broken, in words.
    """

    decider: Decider
    now: Callable[[], int]
    weak: tuple[str, ...] = KINDS
    commits: Counter[str] = field(default_factory=Counter[str])
    reverted: set[str] = field(default_factory=set[str])
    staged: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    traffic: dict[str, str] = field(default_factory=dict[str, str])
    recorded: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    rollbacks: set[str] = field(default_factory=set[str])
    broken: list[str] = field(default_factory=list[str])

    def executors(self, looked: Callable[[Work], State], interrupt: Callable[[str], None]) -> Executors:
        """Return the executors of one process.

        Args:
            looked: Called with each work before it is done; returns the state as the journal has it.
            interrupt: Called before and after each effect.
        """

        def execute(work: Work) -> Done:
            # What is asked of the moment holds only for who has the lease; a sleeper is turned away here at the latest.
            work.hold()
            self.broken += [f"{work.key}: {said}" for said in misplaced(looked(work), work)]
            return self._execute(work, interrupt)

        return dict.fromkeys(KINDS, execute)

    def _execute(self, work: Work, interrupt: Callable[[str], None]) -> Done:
        mishap = self.decider.next(9) if work.step.kind in self.weak else 0
        if mishap in (1, 8):
            return failed("a final no")
        if mishap == 2:
            raise UnreachableError("it did not answer")
        if mishap == 3:
            raise ToolError("a program is missing", code="tool.missing")
        if mishap in (4, 5) and work.step.kind in ALWAYS:
            again = self.now() + 20 * SECOND if mishap == 4 else None
            return Done(Judgment(Outcome.PENDING, "not yet", look_again=again))
        interrupt("effect.before")
        work.hold()
        done = self._effect(work)
        interrupt("effect.after")
        if mishap == 6:
            raise UnreachableError("the answer was lost")
        if mishap == 7:
            raise RuntimeError("a fault of its own")
        return done

    def _effect(self, work: Work) -> Done:
        step, plan = work.step, work.state.plan
        back = bool(step.options.get("back"))
        side = self._before(work) if back else plan.promotion
        staged = self.staged.setdefault(plan.environment, set())
        match step.kind:
            case "stage":
                staged.add(side)
            case "commit":
                return self._revert(plan.promotion) if back else self._commit(work)
            case "switch":
                if side not in staged:
                    self.broken.append(f"{work.key}: {side} was given the traffic before it was up")
                self.traffic[plan.environment] = side
            case "settle":
                if back and not work.state.steps["stage"].began if "stage" in work.state.steps else back:
                    return passed("nothing was staged")
                self.staged[plan.environment] = {side}
            case "record":
                ran = self.recorded.setdefault(plan.environment, [])
                if back and plan.promotion in ran:
                    ran.remove(plan.promotion)
                elif not back and plan.promotion not in ran:
                    ran.append(plan.promotion)
            case _:
                pass
        return passed("done")

    def _before(self, work: Work) -> str:
        """Return what ran before a promotion; empty where nothing did."""
        plan = work.state.plan
        ran = [p for p in self.recorded.get(plan.environment, []) if p != plan.promotion]
        return ran[-1] if ran else ""

    def _commit(self, work: Work) -> Done:
        promotion = work.state.plan.promotion
        if self.commits[promotion] == 0:
            if work.find_only:
                return Done(Judgment(Outcome.PENDING, "there is no commit"))
            self.commits[promotion] += 1
        return passed("committed", commit=promotion)

    def _revert(self, promotion: str) -> Done:
        self.reverted.add(promotion)
        return passed("reverted")


def misplaced(state: State, work: Work) -> list[str]:
    """Say why a step should not be executed now; empty where it should."""
    plan, step = state.plan, work.step
    if state.finished is not None:
        return ["it is over"]
    if step in plan.steps:
        return _too_early(state, step, work)
    found: list[str] = []
    going = plan.undo if step in plan.undo else plan.cleanup
    if any(s.phase < step.phase and not state.step(s).met for s in going):
        found.append("a step before it on the way back is not met")
    if state.failure is None and state.abort is None:
        found.append("it goes back although nothing failed")
    if (step in plan.undo) != state.committed:
        found.append("it undoes what was not committed" if step in plan.undo else "it does not undo its commit")
    return found


def _too_early(state: State, step: Step, work: Work) -> list[str]:
    found: list[str] = []
    before = [s for s in state.plan.steps if s.phase < step.phase]
    unmet = [s.id for s in before if not state.step(s).met]
    if unmet:
        found.append(f"{', '.join(unmet)} is not met")
    if any(s.kind == "gate" and not state.step(s).met for s in before):
        found.append("a gate before it is not met")
    if state.paused and not state.stopping:
        found.append("it is paused")
    together = {s.id for s in state.plan.steps if s.phase == step.phase}
    if state.stopping and not work.find_only and (state.failure is None or state.failure[0].id not in together):
        found.append("it goes on although it is stopping")
    return found


def went_on(entries: Sequence[Entry]) -> list[str]:
    """Say which steps forward were begun after somebody had aborted; empty where none was."""
    found: list[str] = []
    state, aborted = fold(tuple(entries[:1])), False
    for entry in entries[1:]:
        event = entry.event
        match event:
            case Finished():
                aborted = False
            case Signalled(signal="abort"):
                aborted = state.finished is None
            case StepBegan(step) if aborted and any(s.id == step and not s.commits for s in state.plan.steps):
                found.append(f"{entry.promotion}: {step} was begun after an abort")
            case _:
                pass
        state = evolve(state, event, entry.at)
    return found


def violations(state: State, world: World) -> list[str]:
    """Say what is wrong with the end of a promotion, once nothing disturbs any more."""
    if state.finished is None or state.gave_up:
        return []
    promotion, environment = state.plan.promotion, state.plan.environment
    committed, reverted = world.commits[promotion] > 0, promotion in world.reverted
    recorded = promotion in world.recorded.get(environment, [])
    status = Status(state.finished.status)
    right = {
        Status.SUCCEEDED: committed and not reverted and recorded and state.failure is None,
        Status.WENT_BACK: committed and reverted and not recorded and state.failure is not None,
        Status.REFUSED: not committed and not recorded and state.failure is not None,
        Status.SUPERSEDED: not committed and not recorded,
        Status.ABORTED: committed == reverted and not recorded,
    }[status]
    by = (state.abort.data.get("by") if state.abort else None) or ""
    if status is Status.SUPERSEDED and state.plan.kind == "rollback" and by not in world.rollbacks:
        return [f"{promotion} is a rollback, and {by} took its place"]
    told = f"committed {committed}, reverted {reverted}, recorded {recorded}, failure {state.failure}"
    found = [] if right else [f"{promotion} ended {status}: {told}"]
    if world.commits[promotion] > 1:
        found.append(f"{promotion} committed {world.commits[promotion]} times")
    return found
