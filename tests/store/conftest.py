import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from store_ports import Ports

from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import migrate
from vivido.testing.memory_state import MemoryJournal, MemoryLeases, MemoryState
from vivido.testing.postgres import PostgresServer, postgres_server, programs


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, one for each test process."""
    missing = [name for name, there in (("PostgreSQL", programs()), ("psycopg", find_spec("psycopg"))) if not there]
    if missing:
        reason = f"not here: {', '.join(missing)} (`make test` installs it)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for a state, on each database."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/state.db"
    return request.getfixturevalue("postgres").schema()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    migrate(made)
    yield made
    made.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """The journal and the leases of every kind: one contract for the store's and for the simulator's."""
    if request.param == "memory":
        state = MemoryState()
        yield MemoryJournal(state), MemoryLeases(state)
        return
    postgres = request.getfixturevalue("postgres") if request.param == "postgres" else None
    made = Database(postgres.schema() if postgres else f"sqlite://{tmp_path}/state.db")
    migrate(made)
    yield SqlJournal(made), SqlLeases(made)
    made.close()
