"""A commit that was handed over to people: they may make it at any time, until it is called off."""

import msgspec
from engine_model import Model

from vivido.engine.decide import Execute, Sleep
from vivido.engine.state import HANDED_OVER, Direction
from vivido.model.event import StepBegan, StepEnded
from vivido.model.gate import Judgment, Outcome
from vivido.testing.simulator import plan

FAR = 10**18
ASKED = Judgment(Outcome.PENDING, "waits to be merged", {HANDED_OVER: "a branch"}, look_again=FAR)


def handed_over() -> Model:
    """Return a promotion whose only commit waits with people."""
    made = plan("p-1", gates=())
    propose = next(s for s in made.steps if s.commits)
    model = Model(msgspec.structs.replace(made, steps=(propose, *(s for s in made.steps if s.kind == "switch"))))
    model.record(StepBegan(propose.id, 1, "somebody"))
    model.record(StepEnded(propose.id, 1, ASKED, {}))
    return model


def test_nothing_was_touched_and_it_sleeps_until_somebody_looks_again() -> None:
    model = handed_over()
    assert not model.state.touched
    assert model.commands() == (Sleep(FAR),)


def test_when_it_stops_it_is_called_off_at_once_and_cleaned_up_where_nobody_had_made_it() -> None:
    model = handed_over()
    model.say("abort")
    model.woken = False  # whoever heard the abort died before it looked
    (looking,) = model.commands()
    assert isinstance(looking, Execute)
    assert looking.look
    model.record(StepEnded(looking.step.id, 1, Judgment(Outcome.PENDING, "nobody merged it"), {}))
    assert model.state.unsure == ()
    assert model.state.direction is Direction.CLEANUP


def test_where_somebody_had_made_it_it_is_undone() -> None:
    model = handed_over()
    model.say("abort")
    (looking,) = model.commands()
    assert isinstance(looking, Execute)
    model.record(StepEnded(looking.step.id, 1, Judgment(Outcome.PASSED, "it was merged"), {"commit": "c"}))
    assert model.state.direction is Direction.UNDO


def test_while_nobody_can_see_whether_it_was_made_nothing_is_cleaned_up() -> None:
    model = handed_over()
    model.say("abort")
    (looking,) = model.commands()
    assert isinstance(looking, Execute)
    model.record(StepEnded(looking.step.id, 1, Judgment(Outcome.BLIND, "Git is away", look_again=FAR), {}))
    assert model.state.unsure == (looking.step,)
    assert model.state.direction is Direction.FORWARD
