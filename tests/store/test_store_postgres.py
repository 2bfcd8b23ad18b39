"""What can be wrong with a server."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from vivido.errors import InputError, UnreachableError
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import migrate
from vivido.testing.postgres import PostgresServer
from vivido.testing.simulator import PROJECT, plan

NOW = 1_750_000_000_000_000


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[Database]:
    made = Database(postgres.schema())
    migrate(made)
    yield made
    made.close()


def _cut_off(postgres: PostgresServer, database: Database) -> None:
    """Let the server end this thread's connection, as a restart does."""
    pid = database.query("SELECT pg_backend_pid()")[0][0]
    postgres.execute(f"SELECT pg_terminate_backend({pid}, 60000)")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db.example.com/vivido",
        "postgresql://db.example.com/vivido?password=hunter2",
        "postgres://me:hun/ter2@db.example.com/vivido",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(InputError) as caught:
        Database(url)
    assert caught.value.code == "state.password"
    assert "hunter2" not in str(caught.value) + caught.value.hint + caught.value.where


def test_an_address_that_the_driver_does_not_understand_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(InputError) as caught:
        migrate(Database("postgresql:///vivido?nonsense=1"))
    assert caught.value.code == "state.url"


def test_no_server_is_told(postgres: PostgresServer) -> None:
    nowhere = postgres.url("postgres").replace("host=", "host=/nowhere")
    with pytest.raises(UnreachableError, match="PostgreSQL") as caught:
        migrate(Database(nowhere))
    assert (caught.value.code, caught.value.retry_after) == ("state.unusable", 5)


def test_no_such_database_is_told(postgres: PostgresServer) -> None:
    with pytest.raises(UnreachableError, match="nowhere"):
        migrate(Database(postgres.url("nowhere")))


def test_without_the_driver_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from vivido.store.database import Database; from vivido.errors import InputError\n"
        "try: Database('postgresql:///x').query('SELECT 1')\n"
        "except InputError as e: print(e.code, e.hint)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "state.extra Install vivido[postgres].\n"


def test_a_connection_that_was_lost_between_two_uses_is_made_anew(postgres: PostgresServer, database: Database) -> None:
    journal = SqlJournal(database)
    _cut_off(postgres, database)
    assert journal.read("p-1") == ()
    _cut_off(postgres, database)
    journal.start(plan("p-1"), NOW)
    assert len(journal.read("p-1")) == 1


def test_a_connection_that_is_lost_within_a_transaction_leaves_nothing_behind(
    postgres: PostgresServer, database: Database
) -> None:
    with pytest.raises(UnreachableError) as caught, database.transaction() as db:
        db.execute("UPDATE form SET version = 77")
        _cut_off(postgres, database)
        db.execute("UPDATE form SET version = 78")
    assert caught.value.code == "state.lost"
    assert database.query("SELECT version FROM form") != [(77,)]


def test_a_server_that_stays_away_is_told(postgres: PostgresServer) -> None:
    url = postgres.database()
    database = Database(url)
    migrate(database)
    name = url.removeprefix("postgresql:///").partition("?")[0]
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
    with pytest.raises(UnreachableError):
        database.query("SELECT 1")
    with pytest.raises(UnreachableError):
        database.query("SELECT 1")
    database.close()


def test_ended_threads_leave_no_connection(postgres: PostgresServer, database: Database) -> None:
    def connections() -> int:
        return database.query("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'counted'")[0][0]

    def work() -> None:
        database.query("SELECT set_config('application_name', 'counted', false)")
        SqlLeases(database).holder(PROJECT, "production", NOW)

    for _ in range(5):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert connections() <= 1
    database.close()


def test_a_statement_that_fails_is_told_with_the_servers_words(database: Database) -> None:
    with pytest.raises(UnreachableError, match="does not exist") as caught:
        database.query("SELECT nonsense FROM form")
    assert caught.value.code == "state.unusable"
    with pytest.raises(UnreachableError) as caught:
        database.query("SELECT 1 FROM nonsense")
    assert caught.value.code == "state.no-table"
