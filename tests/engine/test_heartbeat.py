"""The heartbeat beats on the wall clock, so leases here are short; each test waits for a condition, never for a time."""

import threading

import msgspec

from vivido.engine.heartbeat import Heartbeat
from vivido.engine.journal import Lease
from vivido.errors import UnreachableError
from vivido.testing.memory_state import MemoryLeases, MemoryState

TTL = 30_000
PATIENCE = 30.0


class Counting(MemoryLeases):
    """Leases that tell after how many renewals somebody waits, and that can be out of reach for the first ones."""

    def __init__(self, state: MemoryState, failing: int = 0) -> None:
        super().__init__(state)
        self.beats = 0
        self.failing = failing
        self.reached = threading.Semaphore(0)

    def renew(self, lease: Lease, now: int, ttl: int) -> Lease | None:
        self.beats += 1
        self.reached.release()
        if self.beats <= self.failing:
            raise UnreachableError("the database went away", code="state.unusable")
        return super().renew(lease, now, ttl)

    def wait(self, beats: int) -> None:
        for _ in range(beats):
            assert self.reached.acquire(timeout=PATIENCE)


def _claimed(leases: MemoryLeases) -> Lease:
    lease = leases.claim("shop", "production", "one", 0, TTL, lambda _: False)
    assert lease is not None
    return lease


def test_it_prolongs_the_lease_until_the_block_ends() -> None:
    state = MemoryState()
    leases = Counting(state)
    lease = _claimed(leases)
    with Heartbeat(leases, lease, lambda: 1_000_000, TTL):
        leases.wait(2)
    assert state.leases["shop", "production"] == msgspec.structs.replace(lease, until=1_000_000 + TTL)
    beats = leases.beats
    assert not any(t.name == "vivido-heartbeat" for t in threading.enumerate())
    assert leases.beats == beats


def test_it_goes_on_while_the_state_is_out_of_reach() -> None:
    leases = Counting(MemoryState(), failing=2)
    with Heartbeat(leases, _claimed(leases), lambda: 1_000_000, TTL):
        leases.wait(4)
    assert leases.holder("shop", "production", 1_000_000) == "one"


def test_it_ends_when_the_lease_was_lost() -> None:
    leases = Counting(MemoryState())
    lease = _claimed(leases)
    leases.claim("shop", "production", "two", TTL, TTL, lambda _: False)
    with Heartbeat(leases, lease, lambda: 1_000_000, TTL):
        leases.wait(1)
        thread = next((t for t in threading.enumerate() if t.name == "vivido-heartbeat"), None)
        if thread is not None:
            thread.join(PATIENCE)
            assert not thread.is_alive()
    assert leases.beats == 1
    assert leases.holder("shop", "production", TTL) == "two"
