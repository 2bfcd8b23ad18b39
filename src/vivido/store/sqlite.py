"""SQLite: one file on one machine, write-ahead log, durable at each commit."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vivido.errors import ConflictError, Error, IntegrityError, UnreachableError
from vivido.store.database import Row

BUSY_MS = 30_000
"""Milliseconds that a writer waits for another process's transaction."""


class SqliteConnection:
    """One thread's connection.

    Args:
        path: The file; made where it is missing.
        patience: Milliseconds that a statement waits for another process's transaction.
    """

    def __init__(self, path: Path, patience: int = BUSY_MS) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=patience / 1000, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as e:
            raise _wrapped(e, path) from e
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            # FULL: a commit that was answered is on disk, also after a power cut.
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
        except sqlite3.Error as e:
            self._db.close()
            raise _wrapped(e, path) from e

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[Row], int]:
        """Run one statement."""
        try:
            cursor = self._db.execute(sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
        except sqlite3.Error as e:
            raise _wrapped(e, self._path) from e
        return rows, cursor.rowcount

    def begin(self) -> None:
        """Start a write transaction; waits up to `BUSY_MS` for another process."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it durable."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Forget it."""
        if self._db.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _wrapped(error: Exception, path: Path) -> Error:
    text = str(error)
    if "no such table" in text:
        return UnreachableError(f"the state has no tables yet: {text}", code="state.no-table", where=str(path))
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError(f"the state refused a row: {text}", code="state.row")
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in text or "not a database" in text):
        return IntegrityError(
            f"the state's file is damaged: {text}",
            code="state.damaged",
            where=str(path),
            hint="Move the file away; Git and the registry hold the record.",
        )
    hint = (
        "Another process holds it for long; see who with `fuser`."
        if "locked" in text
        else "Is the disk full or read-only?"
    )
    return UnreachableError(f"the state could not be used: {text}", code="state.unusable", where=str(path), hint=hint)
