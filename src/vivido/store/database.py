"""One way to run SQL on SQLite and PostgreSQL.

The statements are written once, in the subset that both understand, with `?` for parameters. Each thread has a connection of
its own. A transaction is a write transaction from its first statement (`BEGIN IMMEDIATE` on SQLite), so that two
processes never deadlock by upgrading a read.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from vivido.errors import Error, InputError
from vivido.text.redact import holds_password

_T = TypeVar("_T")
_FILE = "sqlite:///"

Row = tuple[Any, ...]

LOST = "state.lost"
"""Code of the error that says that the server dropped the connection; another one may work."""


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
    """The connections of one state URL, one for each thread that uses it.

    Args:
        url: `sqlite:///absolute/path` or `postgresql://user@host/database` (the password comes from PostgreSQL's own places:
            `PGPASSWORD`, `~/.pgpass`).

    Raises:
        InputError: `state.url`, `state.password`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._open = _opener(url)
        self._guard = threading.Lock()
        self._opened: dict[threading.Thread, Connection] = {}

    @property
    def connection(self) -> Connection:
        """This thread's connection, opened at first use. Those of threads that have ended are closed then."""
        own = threading.current_thread()
        with self._guard:
            if (known := self._opened.get(own)) is not None:
                return known
            for thread in [t for t in self._opened if not t.is_alive()]:
                self._opened.pop(thread).close()
        opened = self._open()
        with self._guard:
            self._opened[own] = opened
        return opened

    def query(self, sql: str, *parameters: Any) -> list[Row]:
        """Return the rows of a statement outside any transaction."""
        return self._or_anew(lambda connection: connection.execute(sql, parameters)[0])

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Run the block in one write transaction: all of it, or nothing."""
        self._or_anew(lambda connection: connection.begin())
        connection = self.connection
        try:
            yield connection
            connection.commit()
        except BaseException:
            self._undo(connection)
            raise

    def close(self) -> None:
        """Close all connections. No other thread may be using one."""
        with self._guard:
            for connection in self._opened.values():
                connection.close()
            self._opened.clear()

    def _or_anew(self, first: Callable[[Connection], _T]) -> _T:
        """Run what begins a piece of work; where the connection turns out to have been lost since the last one, on a new one."""
        try:
            return first(self.connection)
        except Error as e:
            if e.code != LOST:
                raise
            self._drop()
            return first(self.connection)

    def _undo(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except Error:
            # The server has forgotten the transaction together with the connection; what went wrong is told by the first error.
            self._drop()

    def _drop(self) -> None:
        with self._guard:
            self._opened.pop(threading.current_thread()).close()


def _opener(url: str) -> Callable[[], Connection]:
    if url.startswith(_FILE) and url != _FILE:
        # Taken as it stands: a directory's name may contain what has a meaning in URLs.
        path = Path(url.removeprefix("sqlite://"))

        def sqlite() -> Connection:
            from vivido.store.sqlite import SqliteConnection

            return SqliteConnection(path)

        return sqlite
    if holds_password(url):
        raise InputError(
            "the state's URL contains a password",
            code="state.password",
            hint="Leave it out; PostgreSQL takes it from PGPASSWORD or ~/.pgpass.",
        )
    if url.startswith(("postgresql://", "postgres://")):

        def postgres() -> Connection:
            from vivido.store.postgres import PostgresConnection

            return PostgresConnection(url)

        return postgres
    raise InputError(
        f"“{url}” is no database Vivido knows",
        code="state.url",
        hint="Write sqlite:///path/to/state.db or postgresql://host/database.",
    )
