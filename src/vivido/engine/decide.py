"""What a promotion does next: one pure function of its state and the time.

    facts ──evolve──► state ──decide──► commands ──executors──► facts

The plan is the program, this is its interpreter: phases in order; the steps of a phase are open together; a failure before
the commit cleans up and is `refused`, one after it is undone and `went-back`. Nothing here reads a clock or the outside, so the
same promotion can be replayed, simulated, or hosted by another durable engine.
"""

import msgspec

from vivido.engine.state import State, Status
from vivido.model.event import Finished
from vivido.model.gate import Outcome
from vivido.model.plan import Step


class Tick(msgspec.Struct, frozen=True):
    """Time has come to `at` (microseconds since 1970): what is to be done?"""

    at: int
    woken: bool = False
    """A person or a process knocked: look at every open gate now, whatever its next time was."""


class Execute(msgspec.Struct, frozen=True):
    """Run the executor of this step."""

    step: Step
    attempt: int
    look: bool
    """It was judged before and is looked at again; nothing is recorded unless the answer changes."""


class Close(msgspec.Struct, frozen=True):
    """Record that it is over."""

    event: Finished


class Sleep(msgspec.Struct, frozen=True):
    """Nothing to do before `until` (microseconds since 1970); None: before a signal."""

    until: int | None


Command = Execute | Close | Sleep


def decide(state: State, tick: Tick) -> tuple[Command, ...]:
    """Return what is to be done now; several `Execute` may be done in any order.

    Empty only when the promotion is over. Never both a `Close` and anything else.
    """
    if state.finished is not None:
        return ()
    open_steps = state.open_steps
    if not open_steps or state.gave_up or _never_began(state):
        return (Close(_ending(state)),)
    if state.paused and not state.stopping:
        return (Sleep(None),)
    wanted = tuple(e for s in open_steps if (e := _wanted(state, s, tick)) is not None)
    return wanted or (Sleep(next_look(state)),)


def next_look(state: State) -> int | None:
    """Return when a judged step wants to be looked at again, in microseconds since 1970; None: only after a signal."""
    judged = (state.step(s).judgment for s in state.open_steps)
    return min((j.look_again for j in judged if j is not None and j.look_again is not None), default=None)


def _never_began(state: State) -> bool:
    """Aborted in the queue: there is nothing to clean up, and cleaning up would meet what another one does."""
    return state.abort is not None and not state.steps


def _wanted(state: State, step: Step, tick: Tick) -> Execute | None:
    known = state.step(step)
    if known.judgment is None:
        return Execute(step, known.attempt, look=False)
    due = known.judgment.look_again
    ripe = due is not None and due <= tick.at
    called_off = state.stopping and known.handed_over
    # Whoever was told of the signal may have died before it looked.
    unheard = known.heard < len(state.signals)
    if known.judgment.outcome is Outcome.FAILED or not (ripe or tick.woken or called_off or unheard):
        return None
    return Execute(step, known.attempt, look=True)


def _ending(state: State) -> Finished:
    if state.gave_up and state.abort is not None:
        return Finished(Status.ABORTED, f"given up by {state.abort.by} where it was stuck: {state.abort.reason}")
    if not state.stopping:
        return Finished(Status.SUCCEEDED, "every step and gate was met")
    if state.failure is not None:
        step, judgment = state.failure
        status = Status.WENT_BACK if state.committed else Status.REFUSED
        return Finished(status, f"{step.title}: {judgment.reason}")
    signal = state.abort
    reason = (f"{signal.by}: {signal.reason}" if signal.reason else f"aborted by {signal.by}") if signal else ""
    superseded = signal is not None and signal.data.get("superseded") is True
    return Finished(Status.SUPERSEDED if superseded else Status.ABORTED, reason)
