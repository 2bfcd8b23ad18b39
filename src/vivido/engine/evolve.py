"""How a promotion's state follows from one more fact. Pure: replaying the journal gives the same state everywhere."""

import msgspec

from vivido.engine.state import State, Status, StepState
from vivido.model.event import Event, Finished, Signalled, Started, StepBegan, StepEnded
from vivido.model.gate import Outcome


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
            now = msgspec.structs.replace(
                known, began=True, attempt=event.attempt, tried=event.attempt, opened=known.opened or at
            )
            return _with_step(state, event.step, now)
        case StepEnded():
            known = state.steps.get(event.step, StepState())
            facts, heard = event.facts or known.facts, len(state.signals)
            now = msgspec.structs.replace(known, judgment=event.judgment, facts=facts, heard=heard)
            return _with_step(state, event.step, now)
        case Signalled():
            return _signalled(msgspec.structs.replace(state, signals=(*state.signals, (at, event))), event)
        case Finished():
            return msgspec.structs.replace(state, finished=event)


def _with_step(state: State, step: str, known: StepState) -> State:
    return msgspec.structs.replace(state, steps={**state.steps, step: known})


def _signalled(state: State, event: Signalled) -> State:
    match event.signal:
        case "retry":
            return _retried(state)
        case "abort" if state.finished is None:
            return msgspec.structs.replace(state, abort=event, paused=False, gave_up=_gives_up(state))
        case "pause" if state.finished is None:
            return msgspec.structs.replace(state, paused=True)
        case "resume":
            return msgspec.structs.replace(state, paused=False)
        case _:
            return state


def _gives_up(state: State) -> bool:
    """Whether an abort means: leave it as it is.

    The first one asks to go back. One that meets a promotion that is stuck, or a second one while the way back waits for
    something that does not answer, gives up: a server that is gone for good must not hold the environment for ever.
    """
    return state.status is Status.STUCK or (state.abort is not None and state.status is Status.WAITING)


def _retried(state: State) -> State:
    """Forget what failed or was blind, and what was cleaned up after it; never what passed, and never an abort.

    Of what is over, only a refusal can be tried again: nothing was changed, so it goes forward from the failed step.
    Where it is stuck on the way back, the way back is tried again.
    """
    if state.finished is None:
        again = {s.id for s in state.agenda if _unmet(state.step(s))}
        abort = state.abort
    elif state.finished.status == Status.REFUSED:
        cleaned = any(state.step(s).began for s in state.plan.cleanup)
        forward = {s.id for s in state.plan.steps if _unmet(state.step(s)) or (cleaned and s.kind == "stage")}
        again, abort = forward | {s.id for s in state.plan.cleanup}, None
    else:
        return state
    steps = {name: _again(known) if name in again else known for name, known in state.steps.items()}
    return msgspec.structs.replace(state, steps=steps, finished=None, abort=abort, paused=False)


def _unmet(known: StepState) -> bool:
    return known.judgment is not None and known.judgment.outcome in (Outcome.FAILED, Outcome.BLIND)


def _again(known: StepState) -> StepState:
    """Return a step's state before another attempt. What is blind may have happened: that is not forgotten."""
    if known.limbo:
        return msgspec.structs.replace(known, attempt=known.attempt + 1, judgment=None)
    return StepState(attempt=known.attempt + 1, tried=known.tried)
