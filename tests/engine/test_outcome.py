import pytest

from vivido.engine.evolve import begin
from vivido.engine.executor import Done, Executor, Work, failed, passed
from vivido.engine.outcome import PATIENCE, RETRY, perform
from vivido.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    IntegrityError,
    RefusedError,
    ToolError,
    UnreachableError,
)
from vivido.model.event import Started
from vivido.model.gate import Judgment, Outcome
from vivido.testing.simulator import plan
from vivido.time.clock import SECOND

NOW = 5_000 * SECOND
_PLAN = plan("p-1")
_WORK = Work(begin(Started(_PLAN)), _PLAN.steps[0], 1, "0" * 64, lambda _: None)


def _raising(error: BaseException) -> Executor:
    def execute(work: Work) -> Done:
        raise error

    return execute


def _judged(error: BaseException) -> Judgment:
    return perform({"check": _raising(error)}, _WORK, lambda: NOW).judgment


@pytest.mark.parametrize(
    "error", [ForbiddenError("no"), RefusedError("no"), InputError("no"), IntegrityError("no"), ConflictError("no")]
)
def test_a_no_is_final(error: Exception) -> None:
    judgment = _judged(error)
    assert (judgment.outcome, judgment.reason, judgment.look_again) == (Outcome.FAILED, "no", None)


def test_what_could_not_be_reached_is_blind_and_tried_again() -> None:
    assert _judged(UnreachableError("gone")).look_again == NOW + RETRY
    assert _judged(UnreachableError("busy", retry_after=90)).look_again == NOW + 90 * SECOND
    assert _judged(UnreachableError("gone")).outcome is Outcome.BLIND


def test_nobody_is_hammered_whatever_he_says() -> None:
    assert _judged(UnreachableError("busy", retry_after=0)).look_again == NOW + PATIENCE
    early = Done(Judgment(Outcome.PENDING, "not yet", look_again=NOW - 1), {"a": 1})
    done = perform({"check": lambda work: early}, _WORK, lambda: NOW)  # pyright: ignore[reportArgumentType]
    assert (done.judgment.look_again, done.facts) == (NOW + PATIENCE, {"a": 1})


def test_a_missing_tool_is_blind_until_somebody_acts() -> None:
    judgment = _judged(ToolError("no kustomize", code="tool.missing", hint="Install it.", where="PATH"))
    assert (judgment.outcome, judgment.look_again) == (Outcome.BLIND, None)
    assert judgment.evidence == {"code": "tool.missing", "hint": "Install it.", "where": "PATH"}


def test_a_fault_of_its_own_is_blind_and_tells_no_secret() -> None:
    judgment = _judged(RuntimeError("at https://user:hunter2@example.com/"))
    assert judgment.outcome is Outcome.BLIND
    assert "did not foresee" in judgment.reason
    assert "RuntimeError" in judgment.evidence["trace"]
    assert "hunter2" not in judgment.reason + judgment.evidence["trace"]


def test_a_kind_of_step_that_this_version_does_not_know_is_blind() -> None:
    assert perform({}, _WORK, lambda: NOW).judgment.outcome is Outcome.BLIND


def test_a_lost_lease_is_no_outcome() -> None:
    with pytest.raises(ConflictError, match="taken over"):
        _judged(ConflictError("taken over", code="engine.fenced"))


def test_being_interrupted_is_no_outcome() -> None:
    with pytest.raises(KeyboardInterrupt):
        _judged(KeyboardInterrupt())


def test_messages_are_redacted() -> None:
    judgment = _judged(ForbiddenError("https://me:hunter2@example.com refused", where="https://me:hunter2@example.com"))
    assert "hunter2" not in str(judgment)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (passed("it is there"), Outcome.PASSED),
        (Done(Judgment(Outcome.PENDING, "it is not")), Outcome.FAILED),
        (Done(Judgment(Outcome.BLIND, "who knows")), Outcome.BLIND),
        (failed("who knows"), Outcome.BLIND),
    ],
)
def test_a_no_in_doubt_is_confirmed_by_looking(found: Done, outcome: Outcome) -> None:
    asked: list[bool] = []

    def execute(work: Work) -> Done:
        asked.append(work.find_only)
        return found if work.find_only else failed("the first answer")

    done = perform({"check": execute}, _WORK, lambda: NOW, doubt=True)
    assert asked == [False, True]
    assert done.judgment.outcome is outcome
    if outcome is not Outcome.PASSED:
        assert (done.judgment.reason, done.judgment.look_again) == ("the first answer", None)


def test_a_key_is_the_same_in_every_attempt() -> None:
    later = Work(_WORK.state, _WORK.step, 2, "1" * 64, lambda _: None)
    assert later.key == _WORK.key == "p-1/check"
    later.hold()
