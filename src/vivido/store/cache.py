"""A cache of bytes by key, in an SQLite file of its own: what can be computed again, so that losing it loses nothing.

Each row carries a seal over its key and its content, which is checked whenever it is read: a row that was cut off, changed, or put
under another key is never served, and removed. A file that is damaged is begun anew. Where it cannot be used at all, nothing is
found in it and nothing is kept.
"""

import contextlib
import hashlib
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from vivido.errors import Error, IntegrityError
from vivido.store.database import Row
from vivido.store.sqlite import SqliteConnection

_T = TypeVar("_T")

LIMIT = 512 * 1024 * 1024
"""Bytes of content that are kept; beyond it the longest unused goes, down to three quarters."""
_PATIENCE = 5_000
_CHUNK = 500
_DAY = 24 * 3600 * 1_000_000
_TABLE = """CREATE TABLE IF NOT EXISTS cache (
    key TEXT PRIMARY KEY, body BLOB NOT NULL, seal BLOB NOT NULL, used BIGINT NOT NULL) WITHOUT ROWID"""
_INDEX = "CREATE INDEX IF NOT EXISTS cache_used ON cache (used, key)"


class ContentCache:
    """The cache in one file. Several processes may use it at once; threads may share one object.

    Args:
        path: The file; made, for this user only, where it is missing.
        limit: Bytes of content that are kept.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self._path = path
        self._limit = limit
        self._open: SqliteConnection | None = None
        self._guard = threading.Lock()

    def get(self, keys: Iterable[str], now: int) -> dict[str, bytes]:
        """Return what is kept under keys; those that are not there, or not whole, are left out.

        Args:
            keys: Any number.
            now: Microseconds since 1970, so that what is used stays.
        """
        return self._or_nothing(lambda db: _read(db, list(dict.fromkeys(keys)), now), {})

    def put(self, entries: Mapping[str, bytes], now: int) -> bool:
        """Keep entries; return whether that was possible."""
        return self._or_nothing(lambda db: _write(db, entries, now, self._limit), False)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._shut()

    def _or_nothing(self, work: Callable[[SqliteConnection], _T], nothing: _T) -> _T:
        with self._guard:
            for _ in range(2):
                try:
                    return work(self._connection())
                except IntegrityError:
                    self._forget()
                except Error:
                    return nothing
        return nothing

    def _connection(self) -> SqliteConnection:
        if self._open is None:
            opened = SqliteConnection(self._path, _PATIENCE)
            try:
                self._path.chmod(0o600)
                # Losing the last entries in a power cut is no harm; waiting for the disk at each is.
                opened.execute("PRAGMA synchronous=NORMAL")
                opened.execute(_TABLE)
                opened.execute(_INDEX)
            except BaseException:
                opened.close()
                raise
            self._open = opened
        return self._open

    def _shut(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _forget(self) -> None:
        self._shut()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _seal(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + body).digest()


def _read(db: SqliteConnection, keys: Sequence[str], now: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    old: list[str] = []
    bad: list[str] = []
    for at in range(0, len(keys), _CHUNK):
        part = keys[at : at + _CHUNK]
        marks = ", ".join("?" * len(part))
        rows: list[Row] = db.execute(f"SELECT key, body, seal, used FROM cache WHERE key IN ({marks})", part)[0]
        for key, body, seal, used in rows:
            if not isinstance(body, bytes) or seal != _seal(key, body):
                bad.append(key)
                continue
            found[key] = body
            if used < now - _DAY:
                old.append(key)
    if old or bad:
        with _transaction(db):
            for key in bad:
                db.execute("DELETE FROM cache WHERE key = ?", (key,))
            for key in old:
                db.execute("UPDATE cache SET used = ? WHERE key = ?", (now, key))
    return found


def _write(db: SqliteConnection, entries: Mapping[str, bytes], now: int, limit: int) -> bool:
    with _transaction(db):
        for key, body in entries.items():
            db.execute(
                "INSERT INTO cache (key, body, seal, used) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET body = excluded.body, seal = excluded.seal, used = excluded.used",
                (key, body, _seal(key, body), now),
            )
        _make_room(db, limit)
    return True


def _make_room(db: SqliteConnection, limit: int) -> None:
    pages, size = (int(db.execute(f"PRAGMA {name}")[0][0][0]) for name in ("page_count", "page_size"))
    if pages * size <= limit:
        return  # The file itself is not larger, and need not be read from end to end.
    total = int(db.execute("SELECT COALESCE(SUM(LENGTH(body)), 0) FROM cache")[0][0][0])
    if total <= limit:
        return
    for key, size in db.execute("SELECT key, LENGTH(body) FROM cache ORDER BY used, key")[0]:
        if total <= limit * 3 // 4:
            return
        db.execute("DELETE FROM cache WHERE key = ?", (key,))
        total -= int(size)


@contextlib.contextmanager
def _transaction(db: SqliteConnection) -> Generator[None]:
    db.begin()
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise
