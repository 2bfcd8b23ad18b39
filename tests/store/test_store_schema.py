"""How the tables are made and grow: killed half-way, by several at once, from an older form, never from a newer one."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from vivido.errors import ConflictError, InputError, UnreachableError
from vivido.model.event import Signalled
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.schema import MIGRATIONS, migrate
from vivido.testing.postgres import PostgresServer
from vivido.testing.simulator import plan

NOW = 1_750_000_000_000_000
_MIGRATE = """
import sys
from vivido.store.database import Database
from vivido.store.schema import migrate
migrate(Database(sys.argv[1]))
"""
STATEMENTS = sum(len(m) for m in MIGRATIONS)


def _form(database: Database) -> int:
    return int(database.query("SELECT version FROM form")[0][0])


def _first(database: Database) -> None:
    """Make the tables as the first version had them."""
    with database.transaction() as db:
        db.execute("CREATE TABLE form (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)")
        db.execute("INSERT INTO form (one, version) VALUES (1, 1)")
        for statement in MIGRATIONS[0]:
            db.execute(statement)


def test_migrating_again_changes_nothing(database: Database) -> None:
    assert _form(database) == len(MIGRATIONS)
    migrate(database)
    assert _form(database) == len(MIGRATIONS)


def test_a_newer_state_is_refused_and_not_touched(database: Database) -> None:
    with database.transaction() as db:
        db.execute("UPDATE form SET version = 99")
    with pytest.raises(InputError, match="newer Vivido") as caught:
        migrate(database)
    assert caught.value.code == "state.newer"
    assert _form(database) == 99


@pytest.mark.parametrize("passage", range(1, STATEMENTS + 1))
def test_killed_half_way_the_next_one_finishes(url: str, passage: int) -> None:
    environ = {**os.environ, "VIVIDO_CRASH_AT": f"store.migrate.after#{passage}"}
    killed = subprocess.run([sys.executable, "-c", _MIGRATE, url], env=environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    database = Database(url)
    assert _form(database) in range(len(MIGRATIONS))
    migrate(database)
    assert _form(database) == len(MIGRATIONS)
    SqlJournal(database).start(plan("p-1"), NOW)
    assert SqlJournal(database).read("p-1")
    database.close()


def _migrate_meanwhile(postgres: PostgresServer, statements: tuple[str, ...], before: tuple[str, ...] = ()) -> int:
    """Migrate while another transaction has run some statements and not ended; return the form."""
    url = postgres.schema()
    one, two = Database(url), Database(url)
    for statement in before:
        with one.transaction() as db:
            db.execute(statement)
    other = threading.Thread(target=migrate, args=(two,))
    with one.transaction() as db:
        for statement in statements:
            db.execute(statement)
        other.start()
        deadline = time.monotonic() + 60
        while not one.query("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert time.monotonic() < deadline
    other.join()
    form = _form(one)
    one.close()
    two.close()
    return form


_FORM = (
    "CREATE TABLE form (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
    "INSERT INTO form (one, version) VALUES (1, 0)",
)


def test_who_loses_the_race_for_the_first_table_finds_it(postgres: PostgresServer) -> None:
    assert _migrate_meanwhile(postgres, _FORM) == len(MIGRATIONS)


def test_who_loses_the_race_for_a_migration_goes_on_with_the_next(postgres: PostgresServer) -> None:
    first = ("UPDATE form SET version = 1", *MIGRATIONS[0])
    assert _migrate_meanwhile(postgres, first, before=_FORM) == len(MIGRATIONS)


def test_who_may_not_make_tables_is_told_so(postgres: PostgresServer) -> None:
    url = postgres.schema()
    reader = Database(url + "%20-cdefault_transaction_read_only%3Don")
    with pytest.raises(UnreachableError, match="read-only"):
        migrate(reader)
    reader.close()


def test_signals_of_an_older_state_are_kept_and_their_numbers_go_on(url: str) -> None:
    database = Database(url)
    _first(database)
    with database.transaction() as db:
        for promotion in ("p-1", "p-2"):
            db.execute(
                "INSERT INTO promotion (id, project, environment, kind, release, content, queue, status, open, due,"
                " created, updated, seq, head) VALUES (?, 'p', 'e', 'promotion', 'r', 'c', 'fifo', 'queued', 1, NULL, 1, 1, 1, '')",
                (promotion,),
            )
        db.execute(
            "INSERT INTO inbox (promotion, number, body) VALUES ('p-1', 4, ?)",
            ('{"type":"signalled","signal":"pause","by":"ann","reason":"","data":{}}',),
        )
    migrate(database)
    journal = SqlJournal(database)
    for promotion in ("p-1", "p-2"):
        journal.send(promotion, Signalled("resume", "ann"))
    assert [(n, s.signal) for n, s in journal.collect("p-1")] == [(4, "pause"), (5, "resume")]
    assert [n for n, _ in journal.collect("p-2")] == [1]
    database.close()


def test_a_block_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as db:
        db.execute("UPDATE form SET version = 7")
        _ = 1 / 0
    assert _form(database) == len(MIGRATIONS)
    with database.transaction() as db:
        db.execute("UPDATE form SET version = 3")
    assert _form(database) == 3


def test_an_entry_belongs_to_a_promotion(database: Database) -> None:
    with pytest.raises(ConflictError), database.transaction() as db:
        db.execute("INSERT INTO event (promotion, seq, at, body, previous, hash) VALUES ('p-9', 1, 0, '', '', '')")


def test_the_file_is_made_with_its_directory(tmp_path: Path) -> None:
    database = Database(f"sqlite://{tmp_path}/a/b/state.db")
    migrate(database)
    database.close()
    assert (tmp_path / "a" / "b" / "state.db").is_file()
