"""Steps a second of the embedded engine, on SQLite, and on PostgreSQL where it is: every fact is on the disk before the next step.

One line per figure: name, value, unit, the peer's value, how many times better ours is. The peer of steps is the floor that the
disk sets: bare transactions of one row with fsync in the same run, halved, for a step is two facts. Runs in a few seconds:

    PATH=.venv/bin:$PATH python bench/engine.py [promotions]
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vivido.engine.executor import Done, Work, passed
from vivido.engine.recorder import fold
from vivido.engine.runner import Runner
from vivido.model.event import StepEnded
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import migrate
from vivido.testing.postgres import postgres_server, programs
from vivido.testing.simulated_world import KINDS
from vivido.testing.simulator import PROJECT, plan
from vivido.time.clock import system_now

WAITING = 10_000


def main(promotions: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        _database("sqlite", Database(f"sqlite://{path}/state.db"), _bare_sqlite(path / "bare.db"), promotions)
    if programs() is None:
        print("# no PostgreSQL here")
        return
    with postgres_server(fsync=True) as server:
        _database("postgresql", Database(server.database()), _bare_postgres(server.database()), promotions)


def _database(name: str, database: Database, bare: float, promotions: int) -> None:
    migrate(database)
    steps, seconds = _drive(database, promotions)
    _line(f"engine.{name}.steps", steps / seconds, "steps/s", bare / 2)
    journal = SqlJournal(database)
    read = _seconds(lambda: fold(journal.read("p-0")), 50)
    _line(f"engine.{name}.state_read_from_journal", read * 1000, "ms")
    _line(f"engine.{name}.tick_of_10000_waiting", _idle(database) * 1000, "ms")
    database.close()


def _drive(database: Database, promotions: int) -> tuple[int, float]:
    """Work promotions through to their end; return how many steps that were, and the seconds."""
    journal = SqlJournal(database)
    for number in range(promotions):
        journal.start(plan(f"p-{number}", f"environment-{number}"), system_now())
    started = time.perf_counter()
    _runner(database).tick()
    seconds = time.perf_counter() - started
    events = [e.event for number in range(promotions) for e in journal.read(f"p-{number}")]
    return sum(isinstance(event, StepEnded) for event in events), seconds


def _runner(database: Database) -> Runner:
    def execute(work: Work) -> Done:
        return passed("done")

    return Runner(
        PROJECT,
        SqlJournal(database),
        SqlLeases(database),
        dict.fromkeys(KINDS, execute),
        owner="bench",
        now=system_now,
        gone=lambda owner: False,
    )


def _idle(database: Database) -> float:
    """Return the seconds of a tick that finds 10,000 promotions waiting for people, and nothing to do."""
    journal = SqlJournal(database)
    sample = plan("p-template", "waiting")
    journal.start(sample, system_now())
    with database.transaction() as db:
        db.execute("UPDATE promotion SET status = 'waiting', due = NULL WHERE id = 'p-template'")
        columns = "project, environment, kind, release, content, queue, status, open, due, created, updated, seq, head"
        waiting = columns.replace("environment", "?").replace("created", "?")
        for number in range(WAITING):
            db.execute(
                f"INSERT INTO promotion (id, {columns}) SELECT ?, {waiting} FROM promotion WHERE id = 'p-template'",
                (f"w-{number}", f"waiting-{number}", number),
            )
    runner = _runner(database)
    return _seconds(runner.tick, 3)


def _bare_sqlite(path: Path) -> float:
    """Return how many transactions of one row the file system makes durable in a second."""
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE fact (body TEXT)")
        body = "x" * 300
        made = 1 / _seconds(lambda: db.execute("INSERT INTO fact VALUES (?)", (body,)), 200)
    db.close()
    return made


def _bare_postgres(url: str) -> float:
    import psycopg

    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE fact (body TEXT)")
        body = "x" * 300
        return 1 / _seconds(lambda: db.execute("INSERT INTO fact VALUES (%s)", (body,)), 200)


def _seconds(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def _line(name: str, value: float, unit: str, peer: float | None = None) -> None:
    print(f"{name} {value:.4g} {unit}" + ("" if peer is None else f" {peer:.4g} {value / peer:.2g}x"), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
