"""The port to the outside: one executor per kind of step, registered by `app`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from vivido.engine.state import State
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Step


class Work(msgspec.Struct, frozen=True):
    """What an executor is given."""

    state: State
    step: Step
    attempt: int
    head: str
    """Hash of the ledger's newest entry, for the commit's trailers."""
    progress: Callable[[str], None]
    """Takes one line for the person who waits."""
    hold: Callable[[], None] = lambda: None
    """Raises ConflictError `engine.fenced` where the lease was lost. Call it right before an effect that the outside
    cannot refuse to a process that slept past its lease (see `engine.heartbeat`)."""

    find_only: bool = False
    """Only of steps that commit: it must be learned whether the effect is there, and it must not be made. The executor says
    `passed` where it is there and `pending` where it is not; what was handed over to others is called off first."""

    @property
    def key(self) -> str:
        """The idempotency key of the effect: the same after a crash and in every attempt."""
        return f"{self.state.plan.promotion}/{self.step.id}"


class Done(msgspec.Struct, frozen=True):
    """What came of it."""

    judgment: Judgment
    facts: dict[str, Any] = {}


class Executor(Protocol):
    """Executes steps of one kind. Called again after a crash with the same key, it finds its own effect."""

    def __call__(self, work: Work) -> Done:
        """Do it. An expected failure is a judgment; an `UnreachableError` becomes `blind` and is tried again."""
        ...


Executors = Mapping[str, Executor]


def passed(reason: str, **facts: Any) -> Done:
    """Return a step that was done."""
    return Done(Judgment(Outcome.PASSED, reason), facts)


def failed(reason: str, **evidence: Any) -> Done:
    """Return a step that ended with a final no."""
    return Done(Judgment(Outcome.FAILED, reason, evidence))
