from vivido.engine.journal import Queued
from vivido.engine.queue import choose, replacement


def _queued(promotion: str, status: str = "queued", kind: str = "promotion", queue: str = "latest") -> Queued:
    return Queued(promotion, "production", kind, status, None, queue, signalled=False)


def _nothing_began(_: Queued) -> bool:
    return False


def test_an_empty_queue_moves_nobody() -> None:
    assert choose([], _nothing_began) is None


def test_the_oldest_goes_first() -> None:
    queue = [_queued("p-1"), _queued("p-2")]
    assert choose(queue, _nothing_began) == queue[0]


def test_a_rollback_goes_before_what_is_queued() -> None:
    queue = [_queued("p-1"), _queued("p-2", kind="rollback"), _queued("p-3", kind="rollback")]
    assert choose(queue, _nothing_began) == queue[1]


def test_what_is_under_way_goes_on_even_before_a_rollback() -> None:
    queue = [_queued("p-1"), _queued("p-2", "waiting"), _queued("p-3", kind="rollback")]
    assert choose(queue, _nothing_began) == queue[1]


def test_what_was_paused_in_the_queue_does_not_count_as_under_way() -> None:
    queue = [_queued("p-1", "paused"), _queued("p-2", "running"), _queued("p-3", kind="rollback")]
    assert choose(queue, _nothing_began) == queue[1]
    assert choose([queue[0], queue[2]], _nothing_began) == queue[2]
    assert choose(queue, lambda queued: queued.promotion == "p-1") == queue[0]


def test_with_latest_the_newest_takes_the_place() -> None:
    queue = [_queued("p-1"), _queued("p-2"), _queued("p-3")]
    assert replacement("p-1", "latest", queue) == queue[2]
    assert replacement("p-3", "latest", queue) is None


def test_with_fifo_on_either_side_nobody_is_replaced() -> None:
    assert replacement("p-1", "fifo", [_queued("p-1", queue="fifo"), _queued("p-2")]) is None
    assert replacement("p-1", "latest", [_queued("p-1"), _queued("p-2", queue="fifo")]) is None


def test_a_rollback_takes_any_place_and_gives_its_own_to_a_rollback_only() -> None:
    back = _queued("p-2", kind="rollback", queue="fifo")
    assert replacement("p-1", "fifo", [_queued("p-1", queue="fifo"), back]) == back
    assert replacement("p-2", "latest", [back, _queued("p-3")]) is None
    later = _queued("p-4", kind="rollback")
    assert replacement("p-2", "latest", [back, _queued("p-3"), later]) == later


def test_what_is_not_in_the_queue_is_replaced_by_nobody() -> None:
    assert replacement("p-9", "latest", [_queued("p-1")]) is None
