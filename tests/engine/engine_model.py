"""One promotion as a pure state machine beside the truth of its commit: what the tests of decide and evolve drive."""

from dataclasses import dataclass, field

from vivido.engine.chain import GENESIS, link
from vivido.engine.decide import Close, Command, Execute, Sleep, Tick, decide
from vivido.engine.evolve import begin, evolve
from vivido.engine.state import Direction, State, Status
from vivido.model.event import Entry, Event, Signalled, Started, StepBegan, StepEnded
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Plan
from vivido.testing.simulator import plan
from vivido.time.clock import SECOND

ANSWERS = ("passed", "failed", "pending", "pending-later", "blind", "blind-later", "lost", "died", "died-after")
"""What becomes of an effect. With `lost` and `died-after` it happened, and nobody was told."""
SAYINGS = ("pause", "resume", "abort", "retry", "approve", "supersede", "wait")


@dataclass
class Model:
    """A promotion, its journal, and whether its commit and the reversal of that are there."""

    plan: Plan = field(default_factory=lambda: plan("p-1"))
    now: int = 1_000 * SECOND
    there: bool = False
    undone: bool = False

    def __post_init__(self) -> None:
        self.state = begin(Started(self.plan))
        self.entries: list[Entry] = [link(self.plan.promotion, 1, self.now, Started(self.plan), GENESIS)]
        self.woken = False

    def record(self, event: Event) -> None:
        self.now += 1
        self.state = evolve(self.state, event, self.now)
        last = self.entries[-1]
        self.entries.append(link(self.plan.promotion, last.seq + 1, self.now, event, last.hash))

    def commands(self) -> tuple[Command, ...]:
        made = decide(self.state, Tick(self.now, self.woken))
        self.woken = False
        return made

    def say(self, what: str) -> None:
        if what == "wait":
            self.now += 30 * SECOND
            return
        data = {"superseded": True} if what == "supersede" else {}
        self.record(Signalled("abort" if data else what, "somebody", data=data))
        self.woken = True

    def execute(self, command: Execute, answer: str) -> None:
        step, known = command.step, self.state.step(command.step)
        if known.tried < command.attempt:
            self.record(StepBegan(step.id, command.attempt, "somebody"))
        if command.step.commits and self.state.stopping:
            answer = self._found(answer)
        elif answer in ("passed", "lost", "died-after"):
            self._happen(step.id)
        elif answer == "failed" and step.commits and self.there:
            answer = "passed"
        if answer.startswith("died"):
            return
        self.record(StepEnded(step.id, command.attempt, self._judgment(answer)))

    def _found(self, answer: str) -> str:
        """Return what an executor says that may only look whether the commit is there."""
        if answer in ("blind", "blind-later", "lost", "died", "died-after"):
            return "blind" if answer == "lost" else answer
        return "passed" if self.there else "pending"

    def _happen(self, step: str) -> None:
        self.there = self.there or step == "commit"
        self.undone = self.undone or step == "undo-commit"

    def _judgment(self, answer: str) -> Judgment:
        later = self.now + 20 * SECOND if answer.endswith("later") or answer == "lost" else None
        outcome = {"lost": Outcome.BLIND}.get(answer) or Outcome(answer.removesuffix("-later"))
        return Judgment(outcome, answer, look_again=later)

    def turn(self, answer: str) -> None:
        """Do what is to be done first."""
        for command in self.commands():
            match command:
                case Close(event):
                    self.record(event)
                case Execute():
                    self.execute(command, answer)
                    return
                case Sleep():
                    pass

    def end(self) -> Status:
        """Let all go well, and people do what is asked of them, until it is over."""
        for _ in range(60):
            if self.state.finished is not None:
                return self.state.status
            helped = {Status.PAUSED: "resume", Status.STUCK: "retry", Status.WAITING: "approve"}.get(self.state.status)
            if helped:
                self.say(helped)
            self.turn("passed")
        raise AssertionError(f"wedged: {self.state.status}, {self.state.steps}")


def run_to(model: Model, step: str) -> Model:
    """Let everything before a step pass, so that it is the next one."""
    while all(s.id != step for s in model.state.open_steps):
        model.turn("passed")
    return model


def going_back(state: State) -> bool:
    return state.direction is not Direction.FORWARD
