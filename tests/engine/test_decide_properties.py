"""Whatever happens, in whatever order, to one promotion: the promises of `decide` and `evolve`, as properties."""

from engine_model import ANSWERS, SAYINGS, Model
from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.engine.chain import broken
from vivido.engine.decide import Close, Execute, Sleep, Tick, decide
from vivido.engine.recorder import fold
from vivido.engine.state import Direction, State, Status
from vivido.model.event import Signalled
from vivido.model.gate import Outcome

_happenings = st.lists(st.one_of(st.just("passed"), st.sampled_from(ANSWERS), st.sampled_from(SAYINGS)), max_size=60)
MANY = settings(max_examples=400)


def _play(happenings: list[str]) -> Model:
    model = Model()
    for what in happenings:
        _is_in_order(model)
        if what in SAYINGS:
            model.say(what)
        else:
            model.turn(what)
    return model


def _is_in_order(model: Model) -> None:
    """What may be commanded in this state, and what may not."""
    state = model.state
    commands = decide(state, Tick(model.now, woken=True))
    if state.finished is not None:
        assert commands == ()
        return
    assert commands
    if len(commands) > 1:
        assert all(isinstance(c, Execute) for c in commands)
    for command in commands:
        match command:
            case Execute(step):
                assert step in state.agenda
                assert all(state.step(s).met for s in state.agenda if s.phase < step.phase or state.step(s).met)
                _goes_the_right_way(model, step.id)
            case Close(event):
                _ends_rightly(model, Status(event.status))
            case Sleep():
                assert state.status in (Status.PAUSED, Status.WAITING, Status.STUCK)


def _goes_the_right_way(model: Model, step: str) -> None:
    state = model.state
    if state.direction is Direction.FORWARD:
        assert not state.paused or state.stopping
        assert not state.stopping or step == "commit"
        if step == "switch":
            assert model.there
            gates = [s for s in state.plan.steps if s.kind == "gate" and s.options["gate"] != "smoke"]
            assert {state.steps[g.id].judgment.outcome for g in gates if state.steps[g.id].judgment} == {Outcome.PASSED}  # pyright: ignore[reportOptionalMemberAccess]
    elif state.direction is Direction.UNDO:
        assert model.there
    else:
        assert not model.there


def _ends_rightly(model: Model, status: Status) -> None:
    state = model.state
    if state.gave_up:
        assert status is Status.ABORTED
        return
    assert (state.failure is not None) == (status in (Status.REFUSED, Status.WENT_BACK))
    if status is Status.SUCCEEDED:
        assert model.there
        assert not model.undone
        assert all(state.step(s).met for s in state.plan.steps)
    elif status is Status.WENT_BACK:
        assert model.there
        assert model.undone
    elif status is Status.REFUSED:
        assert not model.there
    else:
        assert model.there == model.undone


@MANY
@given(_happenings)
def test_nothing_is_done_out_of_order(happenings: list[str]) -> None:
    _play(happenings)


@MANY
@given(_happenings)
def test_it_always_comes_to_an_end_that_is_true(happenings: list[str]) -> None:
    model = _play(happenings)
    finished = model.end()
    assert finished.final
    if not model.state.gave_up:
        assert model.there == (finished is Status.SUCCEEDED or model.undone)


@MANY
@given(_happenings)
def test_the_journal_replays_to_the_same_state(happenings: list[str]) -> None:
    model = _play(happenings)
    assert fold(tuple(model.entries)) == model.state
    assert broken(model.entries) is None


@MANY
@given(_happenings)
def test_a_retry_forgets_nothing_that_passed_and_no_abort(happenings: list[str]) -> None:
    model = _play(happenings)
    before = model.state
    model.record(Signalled("retry", "somebody"))
    after = model.state
    for step in (*before.plan.steps, *before.plan.undo):
        if before.step(step).met and step.kind != "stage":
            assert after.step(step) == before.step(step)
        assert after.step(step).attempt - before.step(step).attempt in (0, 1)
    if before.finished is None:
        assert after.abort == before.abort
        assert after.direction == before.direction or _unsure(before)
    elif before.finished.status != Status.REFUSED:
        assert after.finished == before.finished
        assert after.steps == before.steps
    else:
        assert after.direction is Direction.FORWARD
        assert all(after.step(s).judgment is None for s in before.plan.steps if before.step(s).failed)


def _unsure(state: State) -> bool:
    return bool(state.unsure)


@MANY
@given(_happenings, st.sampled_from(("blind", "blind-later", "pending", "pending-later")))
def test_what_is_not_known_never_counts_as_met(happenings: list[str], answer: str) -> None:
    model = _play(happenings)
    commands = decide(model.state, Tick(model.now, woken=True))
    for command in commands:
        if isinstance(command, Execute) and not (command.step.commits and model.state.stopping):
            model.execute(command, answer)
            assert command.step in model.state.open_steps


@MANY
@given(_happenings)
def test_an_abort_is_never_taken_back(happenings: list[str]) -> None:
    model = _play(happenings)
    if model.state.finished is not None:
        return
    late = all(model.state.step(s).met for s in model.state.plan.steps)
    failed = model.state.failure is not None
    model.say("abort")
    ended = model.end()
    if late:
        assert ended is Status.SUCCEEDED
    elif failed:
        assert ended in (Status.REFUSED, Status.WENT_BACK, Status.ABORTED)
    else:
        assert ended is Status.ABORTED
