"""Keeps a lease alive while a step takes its time."""

import threading
from types import TracebackType

from vivido.engine.journal import Lease, Leases
from vivido.errors import Error
from vivido.time.clock import SECOND, Now


class Heartbeat:
    """Renews a lease three times in its lifetime, from a thread of its own, until the block ends.

    A renewal that fails ends the thread and nothing else: the fencing token then refuses the next write, and that is where
    losing a lease is noticed.
    """

    def __init__(self, leases: Leases, lease: Lease, now: Now, ttl: int) -> None:
        self._leases = leases
        self._lease = lease
        self._now = now
        self._ttl = ttl
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="vivido-heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        """Start renewing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop renewing."""
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._ttl / 3 / SECOND):
            try:
                if self._leases.renew(self._lease, self._now(), self._ttl) is None:
                    return
            except Error:
                # The database was out of reach for a moment; the lease still holds for two more beats.
                continue
