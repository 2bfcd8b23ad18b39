"""How long one request is tried again."""

from collections.abc import Callable
from typing import TypeVar

from vivido.errors import UnreachableError

FIRST_WAIT = 0.25
LONGEST_WAIT = 10.0

T = TypeVar("T")


class Patience:
    """The tries and the waiting time that one request has left.

    Waits double from 0.25 s to 10 s, or are what the registry asks for. There is no jitter: what writes is ordered by
    leases, so that no herd comes back at once.
    """

    def __init__(self, retries: int, budget: float, sleep: Callable[[float], None]) -> None:
        self._left = retries
        self._budget = budget
        self._sleep = sleep
        self._next = FIRST_WAIT

    def pause(self, asked: float | None) -> bool:
        """Wait before another try, `asked` seconds where the registry said so; say False where no try is left."""
        wait = self._next if asked is None else asked
        if self._left <= 0 or wait > self._budget:
            return False
        self._left -= 1
        self._budget -= wait
        self._next = min(self._next * 2, LONGEST_WAIT)
        self._sleep(wait)
        return True


def persist(patience: Patience, attempt: Callable[[], T]) -> T:
    """Do something that begins anew by itself, until it is done or no try is left.

    Raises:
        UnreachableError: What the last try raised.
    """
    while True:
        try:
            return attempt()
        except UnreachableError as e:
            if e.retry_after is None or not patience.pause(e.retry_after):
                raise
