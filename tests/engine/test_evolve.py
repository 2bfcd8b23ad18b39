"""How single facts change a state, where the properties do not look closely."""

import pytest
from engine_model import Model, run_to

from vivido.engine.decide import Close, Execute, Sleep, Tick, decide
from vivido.engine.evolve import begin, evolve
from vivido.engine.recorder import fold
from vivido.engine.state import Direction, State, Status
from vivido.errors import IntegrityError
from vivido.model.event import Finished, Signalled, Started, StepBegan, StepEnded
from vivido.model.gate import Judgment, Outcome


def _ended(state: State, step: str, outcome: Outcome, **facts: str) -> State:
    return evolve(state, StepEnded(step, 1, Judgment(outcome, "because"), facts), 5)


def test_a_promotion_begins_queued_with_its_plan() -> None:
    state = begin(Started(Model().plan))
    assert (state.status, state.steps, state.direction) == (Status.QUEUED, {}, Direction.FORWARD)
    assert evolve(state, Started(Model().plan), 1) == state


def test_a_later_steps_fact_replaces_an_earlier_ones() -> None:
    state = _ended(begin(Started(Model().plan)), "stage", Outcome.PASSED, generation="a", url="b")
    state = _ended(state, "switch", Outcome.PASSED, generation="c")
    assert state.facts == {"generation": "c", "url": "b"}


def test_another_answer_without_facts_keeps_those_there_are() -> None:
    state = _ended(begin(Started(Model().plan)), "commit", Outcome.BLIND, commit="abc")
    assert _ended(state, "commit", Outcome.PASSED).facts == {"commit": "abc"}


def test_a_step_is_open_since_it_first_began() -> None:
    state = evolve(begin(Started(Model().plan)), StepBegan("check", 1, "one"), 7)
    assert evolve(state, StepBegan("check", 2, "one"), 9).steps["check"].opened == 7


def test_two_gates_are_open_together_and_the_rest_is_not() -> None:
    model = run_to(Model(), "gate-review")
    assert [c.step.id for c in model.commands() if isinstance(c, Execute)] == ["gate-review", "gate-soak"]


def test_while_one_gate_waits_only_the_other_is_looked_at() -> None:
    model = run_to(Model(), "gate-review")
    model.turn("pending")
    assert model.state.status is Status.RUNNING
    assert [c.step.id for c in model.commands() if isinstance(c, Execute)] == ["gate-soak"]
    model.turn("pending-later")
    due = model.now + 1
    assert decide(model.state, Tick(due)) == (Sleep(model.state.steps["gate-soak"].judgment.look_again),)  # pyright: ignore[reportOptionalMemberAccess]
    assert model.state.status is Status.WAITING


def test_what_is_over_hears_signals_and_does_nothing() -> None:
    model = Model()
    assert model.end() is Status.SUCCEEDED
    for what in ("pause", "resume", "abort", "retry", "approve"):
        model.say(what)
        assert model.commands() == ()
        assert model.state.status is Status.SUCCEEDED
    assert len(model.state.signals) == 5
    assert (model.state.paused, model.state.abort) == (False, None)


@pytest.mark.parametrize("status", [Status.WENT_BACK, Status.ABORTED, Status.SUPERSEDED, Status.SUCCEEDED])
def test_only_a_refusal_can_be_tried_again(status: Status) -> None:
    over = evolve(begin(Started(Model().plan)), Finished(status, "so"), 1)
    assert evolve(over, Signalled("retry", "somebody"), 2).finished == over.finished


def test_the_ending_says_why() -> None:
    model = Model()
    model.record(Signalled("abort", "ann", "wrong one"))
    assert model.commands() == (Close(Finished(Status.ABORTED, "ann: wrong one")),)
    model = Model()
    model.record(Signalled("abort", "ann"))
    assert model.commands() == (Close(Finished(Status.ABORTED, "aborted by ann")),)


def test_a_blind_commit_is_not_forgotten_by_a_retry() -> None:
    model = run_to(Model(), "commit")
    model.turn("lost")
    model.say("retry")
    assert model.state.touched
    assert [s.id for s in model.state.unsure] == ["commit"]
    model.say("abort")
    assert model.state.direction is Direction.FORWARD
    model.turn("passed")
    assert model.state.direction is Direction.UNDO


def test_a_journal_must_begin_with_a_plan() -> None:
    for entries in ((), tuple(Model().entries[:0])):
        with pytest.raises(IntegrityError, match="does not begin with its plan"):
            fold(entries)
