"""What the races between processes run, each in a process of its own: `python store_worker.py WHAT URL …`."""

import sys
import time
from collections.abc import Callable

from vivido.engine.journal import Lease, Progress
from vivido.engine.state import Status
from vivido.errors import ConflictError
from vivido.model.event import Signalled, StepBegan
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import migrate
from vivido.testing.simulator import PROJECT, plan

TTL = 30_000_000


def _now() -> int:
    return time.time_ns() // 1000


def claim(database: Database, owner: str, times: int) -> None:
    """Take, use and give back one lease; print how often it was had, and each token."""
    leases, journal = SqlLeases(database), SqlJournal(database)
    while times:
        lease = leases.claim(PROJECT, "production", owner, _now(), TTL, lambda _: False)
        if lease is None:
            continue
        after = journal.read("p-1")[-1].seq
        journal.append("p-1", after, [StepBegan(f"{owner} {lease.token}", 1, owner)], _RUNNING, lease, _now())
        leases.release(lease)
        times -= 1
        print(lease.token)


def append(database: Database, owner: str, times: int) -> None:
    """Append without having asked for the lease again, as a process does that believes that it still has it."""
    journal = SqlJournal(database)
    lease = Lease(PROJECT, "production", "shared", int(sys.argv[5]), 0)
    for _ in range(times):
        after = journal.read("p-1")[-1].seq
        try:
            journal.append("p-1", after, [StepBegan(owner, 1, owner)], _RUNNING, lease, _now())
        except ConflictError as e:
            print(e.code)
        else:
            print("added")


def send(database: Database, owner: str, times: int) -> None:
    """Put signals into one inbox."""
    for number in range(times):
        SqlJournal(database).send("p-1", Signalled("approve", owner, str(number)))


def start(database: Database, owner: str, times: int) -> None:
    """Start the same promotions as everybody else."""
    for number in range(times):
        print(SqlJournal(database).start(plan(f"p-{number}"), _now()).hash)


def nothing(database: Database, owner: str, times: int) -> None:
    """Only open the state."""


_RUNNING = Progress(Status.RUNNING, 0)
_WHAT: dict[str, Callable[[Database, str, int], None]] = {
    "claim": claim, "append": append, "send": send, "start": start, "nothing": nothing,
}  # fmt: skip


def main() -> None:
    database = Database(sys.argv[2])
    migrate(database)
    _WHAT[sys.argv[1]](database, sys.argv[3], int(sys.argv[4]))
    database.close()


if __name__ == "__main__":
    main()
