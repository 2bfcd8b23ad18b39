"""What an executor's errors mean: the one place where an exception becomes an outcome."""

import logging
import traceback

import msgspec

from vivido.engine.executor import Done, Executors, Work
from vivido.errors import Error, ToolError, UnreachableError
from vivido.model.gate import Judgment, Outcome
from vivido.text.redact import redact
from vivido.time.clock import SECOND, Now

RETRY = 15 * SECOND
"""Microseconds after which something that could not be reached is tried again."""

SLOW_RETRY = 60 * SECOND
"""Microseconds after which a program that failed is run again."""

PATIENCE = SECOND
"""Microseconds before which nothing is looked at again, whatever it says: a `Retry-After: 0` is no leave to hammer."""

_log = logging.getLogger(__name__)


def perform(executors: Executors, work: Work, now: Now, *, doubt: bool = False) -> Done:
    """Execute a step; every exception becomes a judgment.

    What could not be reached, or says that trying again helps, is `blind` and tried again by itself; a missing tool is
    `blind` until `retry`; a refusal or wrong input is `failed`. A fault of Vivido's own is `blind` too: it neither promotes
    nor rolls back, and one poisoned promotion does not stop the others. Losing the lease is no outcome: it goes up.
    """
    done = _attempt(executors, work, now)
    if done.judgment.outcome is Outcome.FAILED and work.find_only:
        done = _unseen(done)
    elif done.judgment.outcome is Outcome.FAILED and doubt:
        done = _confirmed(done, _attempt(executors, msgspec.structs.replace(work, find_only=True), now))
    return _patient(done, now())


def _confirmed(no: Done, found: Done) -> Done:
    """Return what a no means by what was found: the effect, none, or nothing for sure."""
    match found.judgment.outcome:
        case Outcome.PENDING:
            return no
        case Outcome.PASSED:
            return found
        case _:
            return _unseen(no)


def _unseen(no: Done) -> Done:
    """Return a no that leaves open whether the effect is there: it freezes until `retry`."""
    judgment = msgspec.structs.replace(no.judgment, outcome=Outcome.BLIND, look_again=None)
    return msgspec.structs.replace(no, judgment=judgment)


def _patient(done: Done, now: int) -> Done:
    again = done.judgment.look_again
    if again is None or again >= now + PATIENCE:
        return done
    judgment = msgspec.structs.replace(done.judgment, look_again=now + PATIENCE)
    return msgspec.structs.replace(done, judgment=judgment)


def _attempt(executors: Executors, work: Work, now: Now) -> Done:
    try:
        return executors[work.step.kind](work)
    except Error as e:
        if e.code == "engine.fenced":
            raise
        again = _again(e)
        outcome = Outcome.FAILED if again is None and not isinstance(e, ToolError) else Outcome.BLIND
        look = None if again is None else now() + again
        return Done(Judgment(outcome, _sentence(e), _evidence(e), look_again=look))
    except Exception as e:
        _log.exception("step %s of %s", work.step.id, work.state.plan.promotion)
        trace = redact("".join(traceback.format_exception(e)))[-4000:]
        reason = f"Vivido met something it did not foresee: {redact(repr(e))[:300]}"
        return Done(Judgment(Outcome.BLIND, reason, {"code": "unforeseen", "trace": trace}))


def _again(error: Error) -> int | None:
    """Return the microseconds after which trying again may help; None where it will not by itself."""
    if error.retry_after is not None:
        return round(error.retry_after * SECOND)
    if isinstance(error, UnreachableError):
        return RETRY
    # A program that is there and failed may have met another at work; one that is missing stays missing.
    return SLOW_RETRY if isinstance(error, ToolError) and error.code != "tool.missing" else None


def _sentence(error: Error) -> str:
    return redact(error.message)


def _evidence(error: Error) -> dict[str, str]:
    found = {"code": error.code, "hint": error.hint, "where": error.where}
    return {name: redact(text) for name, text in found.items() if text}
