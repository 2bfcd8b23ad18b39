"""Which promotion of an environment moves next: one at a time; rollbacks first."""

from collections.abc import Sequence

from vivido.engine.journal import Queued
from vivido.engine.state import Status


def choose(queue: Sequence[Queued]) -> Queued | None:
    """Return the promotion to drive; None where the queue is empty.

    Args:
        queue: The environment's open promotions, oldest first.

    The one under way goes on. Of those that are queued, a rollback goes first, then the oldest. (With `queue: latest` the
    older ones step aside by themselves: the runner supersedes them when it comes to them.)
    """
    under_way = [q for q in queue if q.status != Status.QUEUED]
    if under_way:
        return under_way[0]
    rollbacks = [q for q in queue if q.kind == "rollback"]
    return next(iter(rollbacks or queue), None)
