"""One way to run SQL on SQLite and PostgreSQL.

The statements are written once, in the subset that both understand, with `?` for parameters. Each thread has a connection of
its own. A transaction is a write transaction from its first statement (`BEGIN IMMEDIATE` on SQLite), so that two
processes never deadlock by upgrading a read.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from vivido.errors import InputError

Row = tuple[Any, ...]


class Connection(Protocol):
    """What both drivers are reduced to."""

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[Row], int]:
        """Run one statement; return its rows (none for a write) and the number of rows it changed."""
        ...

    def begin(self) -> None:
        """Start a write transaction."""
        ...

    def commit(self) -> None:
        """Make it durable."""
        ...

    def rollback(self) -> None:
        """Forget it."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Database:
    """The connections of one state URL.

    Args:
        url: `sqlite:///absolute/path` or `postgresql://user@host/database` (the password comes from PostgreSQL's own places:
            `PGPASSWORD`, `~/.pgpass`).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._local = threading.local()
        self._open = _opener(url)
        self._all: list[Connection] = []

    @property
    def connection(self) -> Connection:
        """This thread's connection, opened at first use."""
        known: Connection | None = getattr(self._local, "connection", None)
        if known is not None:
            return known
        opened = self._open()
        self._local.connection = opened
        self._all.append(opened)
        return opened

    def query(self, sql: str, *parameters: Any) -> list[Row]:
        """Return the rows of a statement outside any transaction."""
        return self.connection.execute(sql, parameters)[0]

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Run the block in one write transaction: all of it, or nothing."""
        connection = self.connection
        connection.begin()
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def close(self) -> None:
        """Close this thread's connection and those of threads that have ended."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()


def _opener(url: str) -> Callable[[], Connection]:
    parts = urlsplit(url)
    if parts.password:
        raise InputError(
            "the state's URL contains a password",
            code="state.password",
            hint="Leave it out; PostgreSQL takes it from PGPASSWORD or ~/.pgpass.",
        )
    if parts.scheme == "sqlite":
        path = Path(parts.path)

        def sqlite() -> Connection:
            from vivido.store.sqlite import SqliteConnection  # noqa: PLC0415 - only the driver that is used is loaded

            return SqliteConnection(path)

        return sqlite
    if parts.scheme in ("postgresql", "postgres"):

        def postgres() -> Connection:
            from vivido.store.postgres import PostgresConnection  # noqa: PLC0415 - an extra

            return PostgresConnection(url)

        return postgres
    raise InputError(
        f"“{parts.scheme}:” is no database Vivido knows",
        code="state.url",
        hint="Write sqlite:///path/to/state.db or postgresql://host/database.",
    )
