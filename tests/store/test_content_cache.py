"""The cache serves what was put into it, or nothing: whatever is done to its file."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.store.cache import ContentCache

DAY = 24 * 3600 * 1_000_000


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute(sql, values).rowcount > 0
    db.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache.db"


def test_what_was_kept_is_found_and_nothing_else(path: Path) -> None:
    cache = ContentCache(path)
    assert cache.get(["a"], 0) == {}
    assert cache.put({"a": b"1", "b": b""}, 0)
    assert cache.put({"a": b"2"}, 0)
    assert cache.get(["a", "b", "c", "a"], 0) == {"a": b"2", "b": b""}
    assert cache.get([str(n) for n in range(2000)], 0) == {}
    cache.close()
    again = ContentCache(path)
    assert again.get(["a"], 0) == {"a": b"2"}
    again.close()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cache SET body = CAST('poison' AS BLOB) WHERE key = 'a'",
        "UPDATE cache SET body = SUBSTR(body, 1, 3) WHERE key = 'a'",
        "UPDATE cache SET body = CAST(body AS TEXT) || ' ' WHERE key = 'a'",
        "UPDATE cache SET seal = (SELECT seal FROM cache WHERE key = 'b') WHERE key = 'a'",
        "UPDATE cache SET body = (SELECT body FROM cache WHERE key = 'b'), seal = (SELECT seal FROM cache WHERE key = 'b')"
        " WHERE key = 'a'",
        "UPDATE cache SET key = 'c' WHERE key = 'a'",
    ],
)
def test_a_row_that_somebody_changed_is_not_served_and_goes(path: Path, sql: str) -> None:
    cache = ContentCache(path)
    cache.put({"a": b"objects of a", "b": b"objects of b"}, 0)
    changed(path, sql)
    assert cache.get(["a", "b", "c"], 0) == {"b": b"objects of b"}
    cache.close()
    with closing(sqlite3.connect(path)) as db, db:
        assert [row[0] for row in db.execute("SELECT key FROM cache")] == ["b"]
    db.close()


@given(st.binary(max_size=4096), st.integers(0, 200_000))
def test_a_damaged_file_serves_nothing_wrong(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    path = tmp_path_factory.mktemp("cache") / "cache.db"
    cache = ContentCache(path)
    entries = {str(n): bytes([n]) * 1000 for n in range(20)}
    cache.put(entries, 0)
    cache.close()
    whole = path.read_bytes()
    place = at % (len(whole) + 1)
    path.write_bytes(whole[:place] + noise + whole[place + len(noise) :])
    again = ContentCache(path)
    found = again.get(entries, 0)
    assert all(entries[key] == body for key, body in found.items())
    again.put({"new": b"1"}, 0)
    assert again.get(["new"], 0) in ({"new": b"1"}, {})
    again.close()


def test_a_file_that_cannot_be_used_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ContentCache(tmp_path / "file" / "cache.db")
    assert not cache.put({"a": b"1"}, 0)
    assert cache.get(["a"], 0) == {}
    (tmp_path / "dir.db").mkdir()
    assert not ContentCache(tmp_path / "dir.db").put({"a": b"1"}, 0)


def test_the_longest_unused_goes_first(path: Path) -> None:
    cache = ContentCache(path, limit=10_000)
    for n in range(10):
        cache.put({str(n): b"x" * 1000}, n)
    assert len(cache.get(map(str, range(10)), 0)) == 10
    cache.get(["0"], 2 * DAY)
    cache.put({"new": b"x" * 1000}, 2 * DAY)
    assert sorted(cache.get([*map(str, range(10)), "new"], 2 * DAY)) == ["0", "5", "6", "7", "8", "9", "new"]
    cache.close()


_WRITER = """
import sys
from pathlib import Path
from vivido.store.cache import ContentCache
cache = ContentCache(Path(sys.argv[1]))
for n in range(100):
    assert cache.put({f"{sys.argv[2]}-{n}": sys.argv[2].encode() * 500, f"both-{n}": b"same"}, n)
"""


def test_several_processes_write_at_once(path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name]) for name in "abc"]
    assert [child.wait() for child in running] == [0, 0, 0]
    cache = ContentCache(path)
    for name in "abc":
        assert cache.get([f"{name}-{n}" for n in range(100)], 0) == {
            f"{name}-{n}": name.encode() * 500 for n in range(100)
        }
    assert len(cache.get([f"both-{n}" for n in range(100)], 0)) == 100
    cache.close()
