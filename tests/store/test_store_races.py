"""Several processes at one state: real processes, on both databases."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vivido.engine.chain import broken
from vivido.model.event import StepBegan
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import MIGRATIONS, migrate
from vivido.testing.postgres import PostgresServer
from vivido.testing.simulator import PROJECT, plan

WORKER = Path(__file__).with_name("store_worker.py")
NOW = 1_750_000_000_000_000
TTL = 30_000_000


def _together(url: str, what: str, times: int, *more: str, processes: int = 3) -> list[list[str]]:
    """Run the same work in several processes at once; return the lines of each."""
    running = [
        subprocess.Popen(
            [sys.executable, str(WORKER), what, url, f"owner-{number}", str(times), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    ended = [(process, *process.communicate()) for process in running]
    for process, _, complaint in ended:
        assert process.returncode == 0, complaint
    return [out.split("\n")[:-1] for _, out, _ in ended]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline


def _taken(database: Database) -> str:
    lease = SqlLeases(database).claim(PROJECT, "production", "shared", NOW, TTL, lambda _: False)
    assert lease is not None
    return str(lease.token)


def test_a_lease_has_one_owner_at_a_time(url: str, database: Database) -> None:
    SqlJournal(database).start(plan("p-1"), NOW)
    times = 8
    tokens = [int(token) for lines in _together(url, "claim", times) for token in lines]
    assert sorted(tokens) == list(range(1, 3 * times + 1))
    entries = SqlJournal(database).read("p-1")
    written = [e.event.step for e in entries if isinstance(e.event, StepBegan)]
    assert [int(step.split()[1]) for step in written] == sorted(tokens), "in the order of the tokens: never two at once"
    assert broken(entries) is None


def test_of_two_appenders_one_adds_and_the_other_is_fenced(url: str, database: Database) -> None:
    journal = SqlJournal(database)
    journal.start(plan("p-1"), NOW)
    lines = [line for own in _together(url, "append", 15, _taken(database)) for line in own]
    assert set(lines) <= {"added", "engine.fenced"}
    entries = journal.read("p-1")
    assert len(entries) == 1 + lines.count("added")
    assert broken(entries) is None
    assert journal.verify("p-1") is None


def test_no_signal_is_lost_or_refused(url: str, database: Database) -> None:
    journal = SqlJournal(database)
    journal.start(plan("p-1"), NOW)
    times = 10
    _together(url, "send", times)
    inbox = journal.collect("p-1")
    assert [number for number, _ in inbox] == list(range(1, 3 * times + 1))
    said = [(s.by, int(s.reason)) for _, s in inbox]
    assert sorted(said) == [(f"owner-{n}", m) for n in range(3) for m in range(times)]


def test_a_promotion_begins_once(url: str, database: Database) -> None:
    hashes = _together(url, "start", 8)
    assert hashes[0] == hashes[1] == hashes[2]
    queue = SqlLeases(database).open_promotions(PROJECT)
    assert [q.promotion for q in queue] == [f"p-{n}" for n in range(8)]


def test_a_lease_that_is_prolonged_meanwhile_is_not_taken(postgres: PostgresServer) -> None:
    # Only PostgreSQL lets another transaction come between a claim's look and its update.
    url = postgres.schema()
    one, two = Database(url), Database(url)
    migrate(one)
    lease = SqlLeases(one).claim(PROJECT, "production", "one", NOW, TTL, lambda _: False)
    assert lease is not None

    def seems_gone(owner: str) -> bool:
        assert SqlLeases(one).renew(lease, NOW + 1, TTL) is not None
        return owner == "one"

    assert SqlLeases(two).claim(PROJECT, "production", "two", NOW, TTL, seems_gone) is None
    assert SqlLeases(two).holder(PROJECT, "production", NOW) == "one"
    one.close()
    two.close()


def test_who_claims_waits_for_a_write_under_the_old_lease(postgres: PostgresServer) -> None:
    url = postgres.schema()
    one, two = Database(url), Database(url)
    migrate(one)
    SqlJournal(one).start(plan("p-1"), NOW)
    old = SqlLeases(one).claim(PROJECT, "production", "one", NOW, TTL, lambda _: False)
    assert old is not None
    seen: list[int] = []

    def takes_over() -> None:
        assert SqlLeases(two).claim(PROJECT, "production", "two", NOW + TTL, TTL, lambda _: False) is not None
        seen.append(two.query("SELECT COUNT(*) FROM event")[0][0])
        two.close()

    other = threading.Thread(target=takes_over)
    with one.transaction():
        # As `append` does it, seen from within its transaction.
        one.connection.execute("UPDATE lease SET token = token WHERE owner = 'one'")
        other.start()
        _until(lambda: bool(one.query("SELECT 1 FROM pg_locks WHERE NOT granted")))
        body = "INSERT INTO event (promotion, seq, at, body, previous, hash) VALUES ('p-1', 2, 0, '{}', '', '')"
        one.connection.execute(body)
    other.join()
    one.close()
    assert seen == [2], "what was written under the old lease is seen by whoever took it"


def test_many_processes_make_the_tables_once(url: str) -> None:
    assert _together(url, "nothing", 0, processes=4) == [[]] * 4
    database = Database(url)
    assert database.query("SELECT version FROM form") == [(len(MIGRATIONS),)]
    migrate(database)
    database.close()
