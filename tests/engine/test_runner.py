"""The runner, story by story."""

import msgspec
import pytest
from engine_rig import Rig, blind, pending

from vivido.engine.chain import GENESIS, link
from vivido.engine.executor import Done, Work, failed, passed
from vivido.engine.runner import LEASE
from vivido.engine.state import Status
from vivido.errors import ForbiddenError, IntegrityError, ToolError, UnreachableError
from vivido.model.event import Finished, Signalled, Started, StepEnded
from vivido.model.gate import Outcome
from vivido.time.clock import SECOND

STEPS = ["check", "gate-review", "gate-soak", "stage", "commit", "switch", "gate-smoke", "settle", "tag", "record"]


def test_a_promotion_does_its_steps_in_order_and_succeeds() -> None:
    rig = Rig()
    rig.start()
    assert rig.tick() is None
    assert [key.removeprefix("p-1/") for key in rig.done] == STEPS
    assert rig.status() is Status.SUCCEEDED


def test_the_listener_hears_every_fact_and_line() -> None:
    rig = Rig()

    def says(work: Work) -> Done:
        work.progress("half of it")
        return passed("done")

    rig.script = {"stage": [says]}
    rig.start()
    rig.tick()
    assert [event for _, event in rig.told] == [e.event for e in rig.journal.read("p-1")[1:]]
    assert rig.lines == [("p-1", "stage", "half of it")]


def test_what_waits_for_a_person_is_not_looked_at_until_somebody_knocks() -> None:
    rig = Rig({"gate-review": [pending(), pending(), passed("approved")]})
    rig.start()
    assert rig.tick() is None
    assert rig.status() is Status.WAITING
    assert rig.tick() is None
    assert rig.done.count("p-1/gate-review") == 1
    rig.say("approve")
    rig.tick()
    rig.say("approve")
    rig.tick()
    assert rig.status() is Status.SUCCEEDED
    assert rig.done.count("p-1/gate-soak") == 1


def test_what_waits_for_a_time_is_looked_at_then_and_the_same_answer_is_no_fact() -> None:
    rig = Rig()
    later = [rig.now + n * 10 * SECOND for n in (1, 2)]
    rig.script = {"gate-soak": [pending(look_again=later[0]), pending(look_again=later[1])]}
    rig.start()
    assert rig.tick() == later[0]
    entries = len(rig.journal.read("p-1"))
    rig.now = later[0]
    assert rig.tick() == later[1]
    assert len(rig.journal.read("p-1")) == entries
    rig.now = later[1]
    assert rig.tick() is None
    assert rig.status() is Status.SUCCEEDED


def test_a_look_that_is_slow_is_taken_once_a_turn() -> None:
    rig = Rig()

    def slow(_: Work) -> Done:
        rig.now += 5 * SECOND
        return pending(f"at {rig.now}", look_again=rig.now - 5 * SECOND)

    rig.script = {"gate-soak": [slow] * 30, "gate-review": [slow] * 30}
    rig.start()
    assert rig.tick() is not None
    assert 2 <= len(rig.done[1:]) <= 4
    assert rig.status() is Status.WAITING


def test_a_failure_before_the_commit_cleans_up_and_refuses() -> None:
    rig = Rig({"stage": [failed("it does not come up")]})
    rig.start()
    rig.tick()
    assert rig.status() is Status.REFUSED
    assert rig.began() == [*STEPS[:4], "clean"]
    last = rig.journal.read("p-1")[-1].event
    assert last == Finished(Status.REFUSED, "bring up in production, without traffic: it does not come up")


def test_a_failure_after_the_commit_is_undone() -> None:
    rig = Rig({"gate-smoke": [failed("500")]})
    rig.start()
    rig.tick()
    assert rig.status() is Status.WENT_BACK
    assert rig.began()[-6:] == ["undo-stage", "undo-switch", "undo-commit", "undo-settle", "undo-record", "undo-tag"]


def test_what_fails_on_the_way_back_is_stuck_until_retry() -> None:
    rig = Rig({"gate-smoke": [failed("500")], "undo-commit": [failed("a hook said no")]})
    rig.start()
    assert rig.tick() is None
    assert rig.status() is Status.STUCK
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.WENT_BACK
    assert rig.began().count("undo-switch") == 1
    assert rig.began().count("undo-commit") == 2


def test_what_is_stuck_can_be_given_up() -> None:
    rig = Rig({"gate-smoke": [failed("500")], "undo-commit": [failed("a hook said no")]})
    rig.start()
    rig.tick()
    rig.say("abort")
    rig.tick()
    assert rig.status() is Status.ABORTED
    assert "given up" in rig.fold().finished.reason  # pyright: ignore[reportOptionalMemberAccess]


def test_a_way_back_that_waits_for_what_never_answers_is_given_up_by_a_second_abort() -> None:
    rig = Rig({"gate-smoke": [pending()], "undo-tag": [UnreachableError("no registry")] * 9})
    rig.start()
    rig.tick()
    rig.say("abort")
    due = rig.tick()
    assert rig.status() is Status.WAITING
    assert due == rig.now + 15 * SECOND
    rig.say("abort")
    rig.tick()
    assert rig.status() is Status.ABORTED


def test_a_way_back_that_lacks_a_tool_is_stuck_and_can_be_tried_again() -> None:
    rig = Rig({"gate-smoke": [failed("500")], "undo-switch": [ToolError("no podman", code="tool.missing")]})
    rig.start()
    rig.tick()
    assert rig.status() is Status.STUCK
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.WENT_BACK


def test_a_retry_of_what_was_refused_goes_on_from_there() -> None:
    rig = Rig({"commit": [failed("a protected branch")]})
    rig.start()
    rig.tick()
    assert rig.status() is Status.REFUSED
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.SUCCEEDED
    assert rig.done.count("p-1/gate-review") == 1
    assert rig.done.count("p-1/stage") == 2, "it was cleaned up"
    assert [w.attempt for w in rig.works if w.step.id == "commit"] == [1, 2]
    assert len({w.key for w in rig.works if w.step.id == "commit"}) == 1


def test_a_stuck_clean_up_is_tried_again_and_does_not_go_forward() -> None:
    rig = Rig({"gate-review": [pending()], "clean": [failed("busy")]})
    rig.start()
    rig.tick()
    rig.say("abort")
    rig.tick()
    assert rig.status() is Status.STUCK
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.ABORTED
    assert "stage" not in rig.began()


def test_a_commit_of_which_nobody_knows_is_looked_for_before_an_abort_ends() -> None:
    there = passed("found", commit="abc")
    for answer, end in ((there, Status.ABORTED), (pending("there is none"), Status.ABORTED)):
        rig = Rig({"commit": [UnreachableError("the answer was lost"), answer]})
        rig.start()
        rig.tick()
        assert rig.status() is Status.WAITING
        rig.say("abort")
        rig.tick()
        assert rig.works[[w.step.id for w in rig.works].index("commit")].find_only is False
        assert next(w for w in reversed(rig.works) if w.step.id == "commit").find_only
        assert rig.status() is end
        assert ("undo-commit" in rig.began()) == (answer is there)
        assert ("clean" in rig.began()) == (answer is not there)


def test_an_abort_waits_while_the_commit_cannot_be_looked_for() -> None:
    rig = Rig({"commit": [UnreachableError("lost"), ForbiddenError("the key ran out"), ForbiddenError("still")]})
    rig.start()
    rig.tick()
    rig.say("abort")
    rig.tick()
    assert rig.status() is Status.STUCK
    assert rig.began()[-1] == "commit"
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.STUCK
    rig.say("abort")
    rig.tick()
    assert rig.status() is Status.ABORTED


def test_a_no_to_a_second_try_is_no_answer_to_whether_the_first_had_its_effect() -> None:
    no = ForbiddenError("the key ran out")
    cases = {
        Status.SUCCEEDED: passed("found", commit="abc"),
        Status.REFUSED: pending("there is none"),
        Status.WAITING: UnreachableError("who knows"),
    }
    for status, found in cases.items():
        rig = Rig({"commit": [UnreachableError("the answer was lost"), no, found]})
        rig.start()
        rig.tick()
        rig.now += 15 * SECOND
        rig.tick()
        assert rig.status() is status
        assert [w.find_only for w in rig.works if w.step.id == "commit"] == [False, False, True]


def test_a_pause_stops_before_the_next_step_also_between_gates() -> None:
    rig = Rig()

    def pauses(_: Work) -> Done:
        rig.say("pause")
        return passed("done")

    rig.script = {"gate-review": [pauses]}
    rig.start()
    assert rig.tick() is None
    assert rig.status() is Status.PAUSED
    assert rig.began() == ["check", "gate-review"]
    rig.say("resume")
    rig.tick()
    assert rig.status() is Status.SUCCEEDED


def test_a_pause_after_an_abort_changes_nothing() -> None:
    rig = Rig({"commit": [UnreachableError("lost"), blind(), pending("there is none")]})
    rig.start()
    rig.tick()
    rig.say("abort")
    rig.say("pause")
    rig.tick()
    assert rig.status() is Status.STUCK
    rig.say("retry")
    rig.tick()
    assert rig.status() is Status.ABORTED


def test_an_abort_that_comes_after_the_last_step_comes_too_late() -> None:
    rig = Rig()

    def aborts(_: Work) -> Done:
        rig.say("abort")
        return passed("done")

    rig.script = {"record": [aborts]}
    rig.start()
    rig.tick()
    assert rig.status() is Status.SUCCEEDED


def test_a_newer_promotion_takes_the_place_of_an_untouched_one() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start("p-1")
    rig.tick()
    rig.start("p-2")
    rig.start("p-3")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2", "p-3")] == [Status.SUPERSEDED, Status.SUPERSEDED, Status.SUCCEEDED]
    assert "p-3 took its place" in rig.fold("p-1").finished.reason  # pyright: ignore[reportOptionalMemberAccess]


def test_nothing_takes_the_place_of_one_that_has_touched_the_environment() -> None:
    rig = Rig({"gate-smoke": [pending()]})
    rig.start("p-1")
    rig.tick()
    rig.start("p-2")
    rig.start("p-3", kind="rollback")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2", "p-3")] == [Status.WAITING, Status.QUEUED, Status.QUEUED]
    rig.say("approve")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2", "p-3")] == [Status.SUCCEEDED] * 3
    firsts = [key for key in rig.done if key.endswith("/check")]
    assert firsts == ["p-1/check", "p-3/check", "p-2/check"], "the rollback goes first"


def test_what_is_half_up_is_not_replaced() -> None:
    rig = Rig({"stage": [blind()]})
    rig.start("p-1")
    rig.tick()
    rig.start("p-2")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.WAITING, Status.QUEUED]


def test_fifo_drops_none() -> None:
    rig = Rig({"gate-review": [pending()]})
    for promotion in ("p-1", "p-2"):
        rig.start(promotion, queue="fifo")
    rig.tick()
    assert rig.status("p-2") is Status.QUEUED
    rig.say("approve")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.SUCCEEDED] * 2


def test_what_waits_in_the_queue_is_not_due_before_its_turn() -> None:
    rig = Rig({"gate-review": [pending(look_again=2_000 * SECOND)]})
    for promotion in ("p-1", "p-2"):
        rig.start(promotion, queue="fifo")
    assert rig.tick() == 2_000 * SECOND


def test_what_is_aborted_in_the_queue_ends_at_once_and_touches_nothing() -> None:
    rig = Rig({"gate-smoke": [pending()]})
    for promotion in ("p-1", "p-2", "p-3"):
        rig.start(promotion, queue="fifo")
    rig.tick()
    rig.say("abort", "p-2")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2", "p-3")] == [Status.WAITING, Status.ABORTED, Status.QUEUED]
    assert rig.began("p-2") == []


def test_what_is_paused_in_the_queue_is_so_at_once_and_can_be_resumed() -> None:
    rig = Rig({"gate-smoke": [pending()]})
    for promotion in ("p-1", "p-2"):
        rig.start(promotion, queue="fifo")
    rig.tick()
    rig.say("pause", "p-2")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.WAITING, Status.PAUSED]
    rig.say("approve")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.SUCCEEDED, Status.PAUSED]
    rig.say("resume", "p-2")
    rig.tick()
    assert rig.status("p-2") is Status.SUCCEEDED


def test_an_aborted_newer_one_takes_nobodys_place() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start("p-1")
    rig.tick()
    rig.start("p-2")
    rig.say("abort", "p-2")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.WAITING, Status.ABORTED]


def test_environments_do_not_wait_for_each_other() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start("p-1", "staging")
    rig.start("p-2", "production")
    rig.tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.WAITING, Status.SUCCEEDED]


def test_only_the_named_environments_are_touched() -> None:
    rig = Rig({"gate-review": [pending(look_again=3_000 * SECOND)]})
    rig.start("p-1", "staging")
    rig.start("p-2", "production")
    assert rig.tick("staging") == 3_000 * SECOND
    assert len(rig.journal.read("p-2")) == 1
    assert ("simulated", "production") not in rig.state.leases
    assert rig.tick("nowhere") is None


def test_a_poisoned_promotion_does_not_stop_the_other_environments() -> None:
    rig = Rig({"check": [RuntimeError("a fault of its own")]})
    rig.start("p-1", "staging")
    rig.start("p-2", "production")
    assert rig.tick() is None
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.WAITING, Status.SUCCEEDED]
    judgment = rig.fold("p-1").steps["check"].judgment
    assert judgment is not None
    assert judgment.outcome is Outcome.BLIND
    assert "a fault of its own" in judgment.reason


def test_a_damaged_journal_does_not_stop_the_other_environments(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.start("p-1", "staging")
    rig.start("p-2", "production")
    rig.state.rows["p-1"].entries[0:1] = []
    assert rig.tick() == rig.state.rows["p-1"].due
    assert rig.status("p-2") is Status.SUCCEEDED
    assert "does not begin with its plan" in caplog.text


def test_a_paused_promotion_that_cannot_be_read_keeps_its_place_and_nobody_else_waiting() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start("p-1", "staging")
    rig.start("p-2", "production", queue="fifo")
    rig.tick("production")
    rig.say("pause", "p-2")
    rig.tick("production")
    rig.state.rows["p-2"].entries[0:1] = []
    rig.start("p-3", "production")
    rig.tick()
    assert [rig.state.rows[p].status for p in ("p-1", "p-2", "p-3")] == ["succeeded", "paused", "queued"]


def test_a_journal_with_a_gap_is_not_driven() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start()
    rig.tick()
    del rig.state.rows["p-1"].entries[2]
    rig.say("approve")
    before = list(rig.done)
    rig.tick()
    assert rig.done == before
    with pytest.raises(IntegrityError, match="entries are missing in the journal of p-1"):
        rig.fold()


def test_a_state_that_cannot_be_used_is_said_after_every_environment_had_its_turn() -> None:
    rig = Rig()
    rig.start("p-1", "staging")
    rig.start("p-2", "production")
    failing = iter([UnreachableError("the disk is full", code="state.unusable")])

    def interrupt(point: str) -> None:
        if point == "append.before" and (error := next(failing, None)) is not None:
            raise error

    with pytest.raises(UnreachableError, match="the disk is full"):
        rig.runner(interrupt=interrupt).tick()
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.QUEUED, Status.SUCCEEDED]
    assert rig.leases.holder("simulated", "staging", rig.now) == ""


def test_a_living_owner_keeps_the_environment_and_a_dead_one_does_not() -> None:
    rig = Rig()
    rig.start()
    rig.leases.claim("simulated", "production", "two", rig.now, LEASE, lambda _: False)
    rig.tick()
    assert rig.done == []
    rig.now += LEASE
    rig.tick()
    assert rig.status() is Status.SUCCEEDED
    rig.start("p-2")
    rig.leases.claim("simulated", "production", "dead", rig.now, LEASE, lambda _: False)
    rig.tick()
    assert rig.status("p-2") is Status.SUCCEEDED


def test_a_process_that_slept_past_its_lease_writes_nothing_and_begins_nothing() -> None:
    rig = Rig()

    def overtaken(work: Work) -> Done:
        rig.now += LEASE
        rig.tick(owner="two")
        assert rig.status() is Status.SUCCEEDED
        with pytest.raises(Exception, match="took p-1 over"):
            work.hold()
        return passed("late")

    rig.script = {"stage": [overtaken]}
    rig.start()
    assert rig.tick(owner="one") is None
    ended = [e.event for e in rig.journal.read("p-1") if isinstance(e.event, StepEnded)]
    assert [e.judgment.reason for e in ended if e.step == "stage"] == ["done"]
    assert rig.done.count("p-1/commit") == 1


def test_a_process_that_slept_past_its_lease_does_not_look_again() -> None:
    rig = Rig({"switch": [blind(look_again=1_010 * SECOND)]})
    rig.start()
    rig.tick()
    rig.say("approve")
    taken = iter([True])

    def interrupt(point: str) -> None:
        # It sleeps after its last write, before it looks.
        if point == "absorbed.after" and next(taken, False):
            rig.now += LEASE
            rig.tick(owner="two")

    rig.runner("one", interrupt).tick()
    assert rig.status() is Status.SUCCEEDED
    assert rig.done.count("p-1/switch") == 2, "its own first look and the other process's"


def test_a_signal_is_not_lost_when_it_comes_while_another_process_lets_go() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start()
    waiting = iter(["approve"])

    def interrupt(point: str) -> None:
        # Whoever approves now finds the lease taken, and leaves it to the one that holds it.
        if point == "release.before" and (what := next(waiting, None)) is not None:
            rig.say(what)
            rig.tick(owner="two")

    rig.runner("one", interrupt).tick()
    assert rig.status() is Status.SUCCEEDED


def test_a_signal_that_a_crash_left_in_the_inbox_is_taken_once() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start()
    rig.tick()
    rig.say("pause")

    class Died(BaseException):
        pass

    def interrupt(point: str) -> None:
        if point == "absorbed.before":
            raise Died

    with pytest.raises(Died):
        rig.runner(interrupt=interrupt).tick()
    rig.say("resume")
    rig.say("pause")
    rig.tick()
    signals = [e.event.signal for e in rig.journal.read("p-1") if isinstance(e.event, Signalled)]
    assert signals == ["pause", "resume", "pause"]
    assert rig.status() is Status.PAUSED


def test_a_signal_whose_look_a_crash_cut_off_is_looked_at_by_the_next_one() -> None:
    class Died(BaseException):
        pass

    def die(_: Work) -> Done:
        raise Died

    rig = Rig({"gate-review": [pending(), die, passed("approved")]})
    rig.start()
    rig.tick()
    rig.say("approve")
    with pytest.raises(Died):
        rig.tick()
    assert rig.fold().signals, "it is a fact, and its place in the inbox is empty"
    rig.tick()
    assert rig.status() is Status.SUCCEEDED


def test_a_signal_stays_in_the_inbox_until_it_is_a_fact() -> None:
    rig = Rig({"gate-review": [pending()]})
    rig.start()
    rig.tick()
    rig.say("abort")

    class Died(BaseException):
        pass

    def interrupt(point: str) -> None:
        if point == "append.before":
            raise Died

    with pytest.raises(Died):
        rig.runner(interrupt=interrupt).tick()
    rig.tick()
    assert rig.status() is Status.ABORTED


def test_a_retry_of_what_was_refused_is_refused_when_the_environment_moved_on() -> None:
    rig = Rig({"check": [failed("no")]})
    rig.start("p-1")
    rig.tick()
    rig.start("p-2")
    rig.tick()
    with pytest.raises(Exception, match="came after it"):
        rig.say("retry", "p-1")
    assert [rig.status(p) for p in ("p-1", "p-2")] == [Status.REFUSED, Status.SUCCEEDED]


def test_a_plan_of_a_newer_vivido_is_left_alone() -> None:
    rig = Rig()
    rig.start()
    row = rig.state.rows["p-1"]
    row.entries[0] = link("p-1", 1, rig.now, Started(msgspec.structs.replace(row.plan, version=99)), GENESIS)
    rig.tick()
    assert rig.done == []
    with pytest.raises(IntegrityError, match="newer Vivido"):
        rig.fold()
