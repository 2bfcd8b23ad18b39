"""What the engine relies on, held by every implementation of its ports: SQLite, PostgreSQL, and the simulator's memory."""

import pytest
from store_ports import Ports

from vivido.engine.chain import broken
from vivido.engine.journal import Lease, Progress
from vivido.engine.state import Status
from vivido.errors import ConflictError, NotFoundError
from vivido.model.event import Event, Finished, Signalled, StepBegan
from vivido.testing.simulator import PROJECT, plan

NOW = 1_750_000_000_000_000
TTL = 30_000_000
RUNNING = Progress(Status.RUNNING, NOW)


def _alive(_: str) -> bool:
    return False


def _claim(ports: Ports, environment: str = "production", owner: str = "one", now: int = NOW) -> Lease:
    lease = ports[1].claim(PROJECT, environment, owner, now, TTL, _alive)
    assert lease is not None
    return lease


def _began(step: str = "check") -> Event:
    return StepBegan(step, 1, "one")


def _finish(ports: Ports, promotion: str, status: Status, lease: Lease) -> None:
    after = ports[0].read(promotion)[-1].seq
    ports[0].append(promotion, after, [Finished(status, "so")], Progress(status, None), lease, NOW)


class TestJournal:
    def test_a_promotion_begins_with_its_plan(self, ports: Ports) -> None:
        journal, _ = ports
        entry = journal.start(plan("p-1"), NOW)
        assert journal.read("p-1") == (entry,)
        assert entry.seq == 1
        assert journal.read("p-2") == ()

    def test_starting_again_changes_nothing(self, ports: Ports) -> None:
        journal, leases = ports
        first = journal.start(plan("p-1"), NOW)
        assert journal.start(plan("p-1", "staging"), NOW + 5) == first
        assert [q.environment for q in leases.open_promotions(PROJECT)] == ["production"]

    def test_facts_are_kept_in_order_and_chained(self, ports: Ports) -> None:
        journal, _ = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        added = journal.append("p-1", 1, [_began(), _began("stage")], RUNNING, lease, NOW + 1)
        added += journal.append("p-1", 3, [_began("ünïcode \u2028 \U0001f680")], RUNNING, lease, NOW + 2)
        read = journal.read("p-1")
        assert read[1:] == added
        assert [e.seq for e in read] == [1, 2, 3, 4]
        assert [e.at for e in read] == [NOW, NOW + 1, NOW + 1, NOW + 2]
        assert broken(read) is None

    def test_what_is_not_after_the_newest_entry_is_refused(self, ports: Ports) -> None:
        journal, _ = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        journal.append("p-1", 1, [_began()], RUNNING, lease, NOW)
        for after in (0, 1, 3):
            with pytest.raises(ConflictError) as caught:
                journal.append("p-1", after, [_began()], RUNNING, lease, NOW)
            assert caught.value.code == "engine.fenced"
        assert len(journal.read("p-1")) == 2

    def test_a_holder_that_was_overtaken_writes_nothing(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        old = _claim(ports)
        new = _claim(ports, owner="two", now=NOW + TTL)
        for write in (
            lambda: journal.append("p-1", 1, [_began()], RUNNING, old, NOW),
            lambda: journal.schedule("p-1", Progress(Status.STUCK, 7), old),
        ):
            with pytest.raises(ConflictError, match="took p-1 over") as caught:
                write()
            assert caught.value.code == "engine.fenced"
        assert len(journal.read("p-1")) == 1
        assert leases.open_promotions(PROJECT)[0].status == Status.QUEUED
        journal.append("p-1", 1, [_began()], RUNNING, new, NOW)

    def test_a_holder_that_gave_its_lease_back_writes_nothing(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        leases.release(lease)
        with pytest.raises(ConflictError):
            journal.append("p-1", 1, [_began()], RUNNING, lease, NOW)

    def test_a_lease_is_for_its_own_environment(self, ports: Ports) -> None:
        journal, _ = ports
        journal.start(plan("p-1"), NOW)
        with pytest.raises(ConflictError):
            journal.append("p-1", 1, [_began()], RUNNING, _claim(ports, "staging"), NOW)
        assert len(journal.read("p-1")) == 1

    def test_where_it_stands_is_kept_beside_the_facts(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        journal.append("p-1", 1, [_began()], Progress(Status.WAITING, NOW + 9), lease, NOW)
        assert [(q.status, q.due) for q in leases.open_promotions(PROJECT)] == [(Status.WAITING, NOW + 9)]
        journal.schedule("p-1", Progress(Status.PAUSED, None), lease)
        assert [(q.status, q.due) for q in leases.open_promotions(PROJECT)] == [(Status.PAUSED, None)]
        _finish(ports, "p-1", Status.SUCCEEDED, lease)
        assert leases.open_promotions(PROJECT) == ()


class TestInbox:
    def test_signals_wait_in_order_until_they_are_absorbed(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        assert not leases.open_promotions(PROJECT)[0].signalled
        said = [Signalled(what, "ann", "why", {"id": what, "n": [1, None]}) for what in ("pause", "resume", "abort")]
        for signal in said:
            journal.send("p-1", signal)
        assert leases.open_promotions(PROJECT)[0].signalled
        assert journal.collect("p-1") == tuple(enumerate(said, start=1))
        journal.absorbed("p-1", 2)
        assert journal.collect("p-1") == ((3, said[2]),)

    def test_a_number_is_never_used_twice(self, ports: Ports) -> None:
        journal, _ = ports
        journal.start(plan("p-1"), NOW)
        journal.send("p-1", Signalled("pause", "ann"))
        journal.absorbed("p-1", 1)
        journal.send("p-1", Signalled("resume", "ann"))
        journal.absorbed("p-1", 1)
        assert [number for number, _ in journal.collect("p-1")] == [2]

    def test_a_promotion_that_is_not_there_hears_nothing(self, ports: Ports) -> None:
        with pytest.raises(NotFoundError) as caught:
            ports[0].send("p-9", Signalled("pause", "ann"))
        assert caught.value.code == "promotion.unknown"


class TestRetry:
    def test_a_refusal_is_opened_again(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        _finish(ports, "p-1", Status.REFUSED, _claim(ports))
        journal.send("p-1", Signalled("retry", "ann"))
        assert [(q.promotion, q.status, q.signalled) for q in leases.open_promotions(PROJECT)] == [
            ("p-1", Status.QUEUED, True)
        ]

    @pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.WENT_BACK, Status.ABORTED, Status.SUPERSEDED])
    def test_no_other_end_is(self, ports: Ports, status: Status) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        _finish(ports, "p-1", status, _claim(ports))
        with pytest.raises(ConflictError) as caught:
            journal.send("p-1", Signalled("retry", "ann"))
        assert caught.value.code == "promotion.over"
        assert leases.open_promotions(PROJECT) == ()
        assert journal.collect("p-1") == ()

    @pytest.mark.parametrize("newer", [None, Status.SUCCEEDED])
    def test_a_refusal_stays_one_where_a_newer_one_is_under_way_or_succeeded(
        self, ports: Ports, newer: Status | None
    ) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        _finish(ports, "p-1", Status.REFUSED, lease)
        journal.start(plan("p-2"), NOW + 1)
        if newer is not None:
            _finish(ports, "p-2", newer, lease)
        before = leases.open_promotions(PROJECT)
        with pytest.raises(ConflictError, match="p-2") as caught:
            journal.send("p-1", Signalled("retry", "ann"))
        assert caught.value.code == "promotion.newer"
        assert leases.open_promotions(PROJECT) == before
        assert journal.collect("p-1") == ()

    def test_newer_ones_that_changed_nothing_or_are_elsewhere_do_not_matter(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        lease = _claim(ports)
        _finish(ports, "p-1", Status.REFUSED, lease)
        journal.start(plan("p-2"), NOW + 1)
        _finish(ports, "p-2", Status.ABORTED, lease)
        journal.start(plan("p-3", "staging"), NOW + 2)
        journal.send("p-1", Signalled("retry", "ann"))
        assert "p-1" in [q.promotion for q in leases.open_promotions(PROJECT)]

    def test_what_is_open_stays_as_it_is(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1"), NOW)
        journal.start(plan("p-2"), NOW + 1)
        lease = _claim(ports)
        journal.append("p-1", 1, [_began()], Progress(Status.STUCK, None), lease, NOW)
        journal.send("p-1", Signalled("retry", "ann"))
        assert leases.open_promotions(PROJECT)[0].status == Status.STUCK


class TestLeases:
    def test_one_owner_at_a_time(self, ports: Ports) -> None:
        _, leases = ports
        _claim(ports)
        assert leases.claim(PROJECT, "production", "two", NOW + TTL - 1, TTL, _alive) is None
        assert leases.holder(PROJECT, "production", NOW) == "one"

    def test_environments_and_projects_are_apart(self, ports: Ports) -> None:
        _claim(ports)
        _claim(ports, "staging", "two")
        assert ports[1].claim("another", "production", "two", NOW, TTL, _alive) is not None

    def test_each_taking_raises_the_token(self, ports: Ports) -> None:
        _, leases = ports
        first = _claim(ports)
        again = _claim(ports)
        leases.release(again)
        third = _claim(ports, owner="two")
        assert first.token < again.token < third.token
        assert third.until == NOW + TTL

    def test_a_lease_runs_out(self, ports: Ports) -> None:
        _claim(ports)
        assert ports[1].holder(PROJECT, "production", NOW + TTL) == ""
        assert _claim(ports, owner="two", now=NOW + TTL).owner == "two"

    def test_a_dead_owner_need_not_run_out(self, ports: Ports) -> None:
        _claim(ports)
        taken = ports[1].claim(PROJECT, "production", "two", NOW, TTL, lambda owner: owner == "one")
        assert taken is not None
        assert taken.owner == "two"

    def test_it_is_prolonged_while_it_is_held(self, ports: Ports) -> None:
        _, leases = ports
        lease = _claim(ports)
        renewed = leases.renew(lease, NOW + 10, TTL)
        assert renewed is not None
        assert (renewed.token, renewed.until) == (lease.token, NOW + 10 + TTL)
        assert leases.claim(PROJECT, "production", "two", NOW + TTL, TTL, _alive) is None
        _claim(ports, owner="two", now=NOW + 10 + TTL)
        assert leases.renew(lease, NOW, TTL) is None

    def test_it_is_given_back_by_its_holder_only(self, ports: Ports) -> None:
        _, leases = ports
        old = _claim(ports)
        _claim(ports, owner="two", now=NOW + TTL)
        leases.release(old)
        assert leases.holder(PROJECT, "production", NOW + TTL) == "two"
        assert leases.holder(PROJECT, "nowhere", NOW) == ""


class TestQueue:
    def test_the_oldest_is_first_whatever_the_clocks_say(self, ports: Ports) -> None:
        journal, leases = ports
        for number, at in enumerate((NOW, NOW - 60_000_000, NOW, NOW + 1)):
            journal.start(plan(f"p-{9 - number}"), at)
        assert [q.promotion for q in leases.open_promotions(PROJECT)] == ["p-9", "p-8", "p-7", "p-6"]

    def test_it_is_told_by_project_and_environment(self, ports: Ports) -> None:
        journal, leases = ports
        journal.start(plan("p-1", "staging"), NOW)
        journal.start(plan("p-2", queue="fifo", kind="rollback"), NOW)
        assert [q.promotion for q in leases.open_promotions(PROJECT, "production")] == ["p-2"]
        assert leases.open_promotions("another") == ()
        queued = leases.open_promotions(PROJECT, "production")[0]
        assert (queued.queue, queued.kind, queued.due, queued.status) == ("fifo", "rollback", NOW, Status.QUEUED)
