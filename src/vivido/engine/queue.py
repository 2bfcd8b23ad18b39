"""Which promotion of an environment moves next: one at a time; rollbacks first."""

from collections.abc import Callable, Sequence

from vivido.engine.journal import Queued
from vivido.engine.state import Status


def choose(queue: Sequence[Queued], began: Callable[[Queued], bool]) -> Queued | None:
    """Return the promotion to drive; None where the queue is empty.

    Args:
        queue: The environment's open promotions, oldest first.
        began: Says of a paused promotion whether anything of it was begun: it may have been paused in the queue.

    The one under way goes on. Of those that are queued, a rollback goes first, then the oldest. (With `queue: latest` the
    older ones step aside by themselves: the runner supersedes them when it comes to them.)
    """
    under_way = [q for q in queue if q.status != Status.QUEUED and (q.status != Status.PAUSED or began(q))]
    if under_way:
        return under_way[0]
    rollbacks = [q for q in queue if q.kind == "rollback"]
    return next(iter(rollbacks or queue), None)


def replacement(promotion: str, policy: str, queue: Sequence[Queued]) -> Queued | None:
    """Return the newest promotion that takes the place of an untouched one; None where it keeps it.

    Args:
        promotion: The one whose place it is.
        policy: Its plan's `queue`; with `latest` a newer promotion that says so too takes its place.
        queue: The environment's open promotions, oldest first.

    A newer rollback takes any place. The place of a rollback is taken by nothing else: it goes first.
    """
    own = next((place for place, q in enumerate(queue) if q.promotion == promotion), len(queue))
    rollback = any(q.kind == "rollback" for q in queue[own : own + 1])
    newer = [
        q
        for q in queue[own + 1 :]
        if q.kind == "rollback" or (not rollback and (policy, q.queue) == ("latest", "latest"))
    ]
    return newer[-1] if newer else None
