"""One environment or several with scripted executors, on virtual time: for tests that tell one story."""

from collections.abc import Callable
from dataclasses import dataclass, field

from vivido.engine.executor import Done, Work, passed
from vivido.engine.recorder import fold
from vivido.engine.runner import Listener, Runner
from vivido.engine.state import State, Status
from vivido.model.event import Event, Signalled, StepBegan
from vivido.model.gate import Judgment, Outcome
from vivido.testing.memory_state import Interrupt, MemoryJournal, MemoryLeases, MemoryState
from vivido.testing.simulated_world import KINDS
from vivido.testing.simulator import PROJECT, plan
from vivido.time.clock import SECOND

Answer = Done | Exception | Callable[[Work], Done]


def pending(reason: str = "not yet", look_again: int | None = None) -> Done:
    return Done(Judgment(Outcome.PENDING, reason, look_again=look_again))


def blind(reason: str = "not to be seen", look_again: int | None = None) -> Done:
    return Done(Judgment(Outcome.BLIND, reason, look_again=look_again))


@dataclass
class Rig:
    """What a test drives.

    Attributes:
        script: Step → what comes of it, call by call; afterwards it passes.
        done: Every execution in order, as `promotion/step`.
        told: Facts that the listener heard of.
        lines: Progress that the listener heard of.
    """

    script: dict[str, list[Answer]] = field(default_factory=dict[str, list[Answer]])
    now: int = 1_000 * SECOND
    state: MemoryState = field(default_factory=MemoryState)
    done: list[str] = field(default_factory=list[str])
    works: list[Work] = field(default_factory=list[Work])
    told: list[tuple[str, Event]] = field(default_factory=list[tuple[str, Event]])
    lines: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def __post_init__(self) -> None:
        self.journal = MemoryJournal(self.state)
        self.leases = MemoryLeases(self.state)

    def start(self, promotion: str = "p-1", environment: str = "production", **kind: str) -> str:
        self.journal.start(plan(promotion, environment, **kind), self.now)  # pyright: ignore[reportArgumentType]
        return promotion

    def runner(self, owner: str = "one", interrupt: Interrupt = lambda _: None) -> Runner:
        return Runner(
            PROJECT,
            MemoryJournal(self.state, interrupt),
            MemoryLeases(self.state, interrupt),
            dict.fromkeys(KINDS, self._execute),
            owner=owner,
            now=lambda: self.now,
            gone=lambda owner: owner == "dead",
            listener=Listener(
                fact=lambda promotion, event: self.told.append((promotion, event)),
                line=lambda promotion, step, text: self.lines.append((promotion, step, text)),
            ),
        )

    def tick(self, *only: str, owner: str = "one") -> int | None:
        return self.runner(owner).tick(frozenset(only) or None)

    def say(self, what: str, promotion: str = "p-1", **data: str) -> None:
        self.journal.send(promotion, Signalled(what, "somebody", data=data))

    def fold(self, promotion: str = "p-1") -> State:
        return fold(self.journal.read(promotion))

    def status(self, promotion: str = "p-1") -> Status:
        found = self.fold(promotion).status
        row = self.state.rows[promotion]
        assert row.status == found or row.inbox or found is Status.QUEUED
        assert row.open == (not found.final) or row.inbox
        return found

    def began(self, promotion: str = "p-1") -> list[str]:
        return [e.event.step for e in self.journal.read(promotion) if isinstance(e.event, StepBegan)]

    def _execute(self, work: Work) -> Done:
        self.done.append(work.key)
        self.works.append(work)
        script = self.script.get(work.step.id, [])
        answer = script.pop(0) if script else passed("done")
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Done) else answer(work)
