"""Whole fleets of engine processes in one thread, on virtual time: they die, sleep past their leases, and come between each other.

    simulation = Simulation(tape=[3, 1, 4, 1, 5])
    simulation.run()
    assert simulation.broken == []

The tape is the only source of chance: at every write to the journal and around every effect a number of it says what happens
there, so that a failing run is replayed, and shrunk by hypothesis, as a list of integers. When the tape is at its end nothing
disturbs any more, and everything that was started must come to an end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vivido.app.steps import SKIPPED_ON_ROLLBACK, cleanup, forward, undo
from vivido.engine.executor import Work
from vivido.engine.recorder import fold
from vivido.engine.runner import LEASE, Runner
from vivido.engine.state import State, Status
from vivido.errors import Error
from vivido.model.actor import Roster
from vivido.model.event import Signalled
from vivido.model.gate import Outcome
from vivido.model.plan import Plan, WayBack
from vivido.model.project import Environment, GateSpec, Kinded
from vivido.model.release import Release, Revision
from vivido.testing.memory_state import MemoryJournal, MemoryLeases, MemoryState
from vivido.testing.simulated_world import KINDS, World, violations, went_on
from vivido.time.clock import SECOND

PROJECT = "simulated"
GATES = (
    GateSpec("review", "approve", {}, "before"),
    GateSpec("soak", "run", {}, "before"),
    GateSpec("smoke", "run", {}, "after"),
)
SIGNALS = ("pause", "resume", "abort", "retry", "approve")
ROUNDS = 60
"""Rounds without any disturbance after which everything must be over."""


class Killed(BaseException):
    """A simulated process died. Like SIGKILL, nothing in it may notice."""

    def __init__(self, process: str) -> None:
        super().__init__(process)
        self.process = process


def plan(
    promotion: str, environment: str = "production", *, kind: str = "promotion", queue: str = "latest",
    gates: tuple[GateSpec, ...] = GATES,
) -> Plan:  # fmt: skip
    """Return a plan of the steps that a real one has."""
    where = Environment(environment, "", Kinded("none"), gates, queue=queue)
    return Plan(
        promotion=promotion,
        kind=kind,
        project=PROJECT,
        environment=environment,
        release=Release((), Revision("configuration", promotion)),
        content=promotion,
        steps=forward(where, rollback=SKIPPED_ON_ROLLBACK if kind == "rollback" else ""),
        undo=undo(where),
        cleanup=cleanup(where),
        gates=gates,
        roster=Roster(),
        way_back=WayBack("", "", "", "none"),
        authors=(),
        requested_by="somebody",
        requested_at=0,
        queue=queue,
    )


@dataclass
class Tape:
    """Numbers that decide; zeros after the end.

    Attributes:
        numbers: What is left.
        calm: How many decisions are zeros before it goes on.
    """

    numbers: list[int]
    calm: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return not self.numbers

    def next(self, choices: int) -> int:
        """Return the next decision, from 0 to below `choices`."""
        if self.calm > 0:
            self.calm -= 1
            return 0
        return self.numbers.pop(0) % choices if self.numbers else 0


@dataclass
class Process:
    """One simulated process.

    Attributes:
        name: As lease owner.
        near: Whether it runs on the machine of the others, so that its death is noticed at once.
        dead: Whether it was killed.
        running: Whether a tick of it is under way.
    """

    name: str
    near: bool
    dead: bool = False
    running: bool = False


@dataclass
class Simulation:
    """Environments, their promotions, and processes that drive them.

    Attributes:
        tape: Decides everything.
        environments: Names.
        now: Virtual time in microseconds since 1970.
        state: What survives processes.
        broken: Every invariant that was broken, in words.
    """

    tape: Tape
    environments: Sequence[str] = ("staging", "production")
    now: int = 1_000 * SECOND
    state: MemoryState = field(default_factory=MemoryState)
    broken: list[str] = field(default_factory=list[str])
    _processes: dict[str, Process] = field(default_factory=dict[str, Process])

    def __post_init__(self) -> None:
        self.journal = MemoryJournal(self.state)
        self.leases = MemoryLeases(self.state)
        self.world = World(self.tape, lambda: self.now)

    def run(self) -> None:
        """Play the tape, then bring everything to its end and check that it is a right one."""
        self._most = 1 + self.tape.next(6)
        weak = self.tape.next(2 * len(KINDS))
        self.world.weak = KINDS[weak : weak + 1] or KINDS
        self.start()
        # Nothing happens for a while, so that the later steps get their share.
        self.tape.calm = 12 * self.tape.next(10)
        while not self.tape.over:
            self._disturb(None)
            self.tick()
        self.settle()
        self.broken += self.world.broken
        for row in self.state.rows.values():
            self.broken += violations(fold(tuple(row.entries)), self.world)
            self.broken += went_on(row.entries)

    def start(self) -> str:
        """Start a promotion or a rollback somewhere."""
        environment = self.environments[self.tape.next(len(self.environments))]
        kind = "rollback" if self.tape.next(4) == 3 else "promotion"
        queue = "fifo" if self.tape.next(3) == 2 else "latest"
        promotion = f"p-{len(self.state.rows)}"
        if kind == "rollback":
            self.world.rollbacks.add(promotion)
        self.journal.start(plan(promotion, environment, kind=kind, queue=queue), self.now)
        return promotion

    def signal(self) -> None:
        """Say something to some promotion, whether it makes sense or not."""
        promotions = list(self.state.rows)
        what = SIGNALS[self.tape.next(len(SIGNALS))]
        self._send(promotions[self.tape.next(len(promotions))], what)

    def tick(self) -> None:
        """Let a process do all that it can, unless it dies of it."""
        process = self._process()
        process.running = True

        def interrupt(point: str) -> None:
            self._pass(process, point)

        runner = Runner(
            PROJECT,
            MemoryJournal(self.state, interrupt),
            MemoryLeases(self.state, interrupt),
            self.world.executors(self._looked, interrupt),
            owner=process.name,
            now=lambda: self.now,
            gone=self._gone,
        )
        try:
            runner.tick()
        except Killed as e:
            if e.process != process.name:
                raise
        finally:
            process.running = False

    def settle(self) -> None:
        """Let undisturbed processes run and people do what is asked of them until everything is over."""
        left: list[str] = []
        for _ in range(ROUNDS):
            self.now += LEASE
            self.tick()
            left = [row.plan.promotion for row in self.state.rows.values() if row.open]
            if not left:
                return
            for promotion in left:
                self._help(promotion)
        self.broken.append(f"wedged: {[(p, self.state.rows[p].status) for p in left]}")

    def _help(self, promotion: str) -> None:
        told = {Status.PAUSED: "resume", Status.STUCK: "retry", Status.WAITING: "approve"}
        found = told.get(Status(self.state.rows[promotion].status))
        if found is not None:
            self._send(promotion, found)

    def _send(self, promotion: str, what: str) -> None:
        try:
            self.journal.send(promotion, Signalled(what, "somebody"))
        except Error as e:
            if e.code not in ("promotion.over", "promotion.newer"):
                raise

    def _process(self) -> Process:
        """Return a process that is free: mostly a known one, as a daemon would be, else a new one, as a command is."""
        free = [p for p in self._processes.values() if not (p.dead or p.running)]
        if free and self.tape.next(3) != 2:
            return free[self.tape.next(len(free))]
        number = len(self._processes)
        made = Process(f"process-{number}", near=number % 2 == 0)
        self._processes[made.name] = made
        return made

    def _gone(self, owner: str) -> bool:
        process = self._processes[owner]
        return process.dead and process.near

    def _pass(self, process: Process, point: str) -> None:
        """Let something happen at a place in a process."""
        if process.dead:
            raise Killed(process.name)
        self._disturb(process)

    def _disturb(self, process: Process | None) -> None:
        running = sum(p.running for p in self._processes.values())
        match self.tape.next(16):
            case 1 | 2 if process is not None:
                process.dead = True
                raise Killed(process.name)
            case 3 if running < 3:
                self.tick()
            case 4 | 5 if running < 3:
                # The process sleeps past its lease, and another one comes.
                self.now += LEASE + SECOND
                self.tick()
            case 6 | 7:
                self.signal()
            case 8 if len(self.state.rows) < self._most:
                self.start()
            case 9:
                self.now += 10 * SECOND
            case _:
                pass

    def _looked(self, work: Work) -> State:
        """Return the state as it is replayed from the journal, and check that the process has the same."""
        replayed = fold(self.journal.read(work.state.plan.promotion))
        if _timeless(replayed) != _timeless(work.state):
            self.broken.append(f"{work.key}: the journal replays to another state than the process has")
        if work.step.kind not in ("check", "gate"):
            self._alone(work)
        return replayed

    def _alone(self, work: Work) -> None:
        """Check that no other promotion has changed the environment and is not over."""
        own = work.state.plan
        for row in self.state.rows.values():
            if row.plan.environment != own.environment or row.plan.promotion == own.promotion:
                continue
            other = fold(tuple(row.entries))
            if other.touched and other.finished is None:
                self.broken.append(f"{work.key} while {other.plan.promotion} is under way")


def _timeless(state: State) -> object:
    """Return a state without what another look changes without a fact: when to look again, and its evidence."""
    steps = {
        name: (s.attempt, s.tried, s.began, s.opened, s.facts, s.judgment and (s.judgment.outcome, s.judgment.reason))
        for name, s in state.steps.items()
    }
    return steps, state.paused, state.abort, state.gave_up, state.signals, state.finished


def outcomes(state: State) -> dict[str, Outcome | None]:
    """Return the outcome of each step that was begun, for tests."""
    return {name: s.judgment.outcome if s.judgment else None for name, s in state.steps.items()}
