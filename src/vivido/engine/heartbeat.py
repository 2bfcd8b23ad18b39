"""Keeps a lease alive while a step takes its time.

What happens to a runner that stops for longer than its lease holds (SIGSTOP, a suspended laptop) in the middle of an effect, and
then goes on, while another process has taken the environment over:

- The journal refuses whatever it writes: nothing that it does afterwards counts, and it goes no further (`Journal.append`).
- It begins no other effect: before each, and before each further look, the lease is asked (`Recorder.hold`).
- The effect in which it stopped may still arrive late. The new owner repeated the same one under the same key, so by itself a late
  arrival changes nothing. What the new owner undid meanwhile must be refused by the outside: a push by its expected parent,
  a commit by its trailers; a tag is put back by the next look. A target that cannot refuse asks `Work.hold` right before.
"""

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
