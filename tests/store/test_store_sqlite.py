"""What can be wrong with a file."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.engine.journal import Lease
from vivido.errors import InputError, IntegrityError, UnreachableError
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.schema import migrate
from vivido.store.sqlite import SqliteConnection
from vivido.testing.simulator import PROJECT, plan

NOW = 1_750_000_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one promotion in it, closed."""
    path = tmp_path / "state.db"
    database = Database(f"sqlite://{path}")
    migrate(database)
    SqlJournal(database).start(plan("p-1"), NOW)
    database.close()
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory on a disk of its own, which a test may make read-only; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_directory_may_be_called_anything(tmp_path: Path) -> None:
    place = tmp_path / "a b" / "50%25 #1?mode=memory&x=ü"
    database = Database(f"sqlite://{place}/state.db")
    migrate(database)
    database.close()
    assert (place / "state.db").is_file()


@pytest.mark.parametrize(
    "url", ["sqlite://state.db", "sqlite:state.db", "sqlite:///", "sqlite://", "mysql://host/db", "", "x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        Database(url)
    assert caught.value.code == "state.url"


@pytest.mark.parametrize("damage", [b"this is no database at all, is it?" * 200, b"\0" * 20_000])
def test_a_file_that_is_no_database_is_told(file: Path, damage: bytes) -> None:
    file.write_bytes(damage)
    with pytest.raises(IntegrityError) as caught:
        migrate(Database(f"sqlite://{file}"))
    assert caught.value.code == "state.damaged"
    assert caught.value.where == str(file)


def test_a_file_with_a_damaged_middle_is_told(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    database = Database(f"sqlite://{file}")
    with pytest.raises(IntegrityError) as caught:
        SqlJournal(database).read("p-1")
    assert caught.value.code == "state.damaged"
    database.close()


def test_a_file_that_was_cut_off_is_told(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:6000])
    database = Database(f"sqlite://{file}")
    with pytest.raises(IntegrityError):
        SqlJournal(database).read("p-1")
    database.close()


def test_a_file_that_somebody_holds_is_waited_for_and_then_told(file: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    late = SqliteConnection(file, patience=50)
    with pytest.raises(UnreachableError, match="locked") as caught:
        late.begin()
    assert caught.value.code == "state.unusable"
    assert "holds it" in caught.value.hint
    assert late.execute("SELECT version FROM form")[0], "reading goes on"
    holder.execute("COMMIT")
    late.begin()
    late.rollback()
    late.close()
    holder.close()


def test_a_writer_waits_for_another_processs_transaction(file: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    database = Database(f"sqlite://{file}")
    ended = threading.Timer(0.2, lambda: holder.execute("COMMIT"))
    ended.start()
    SqlJournal(database).start(plan("p-2"), NOW)
    ended.join()
    assert SqlJournal(database).read("p-2")
    database.close()
    holder.close()


def test_a_directory_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError) as caught:
        migrate(Database(f"sqlite://{tmp_path}"))
    assert caught.value.code == "state.unusable"


def test_a_file_in_the_directorys_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(UnreachableError) as caught:
        migrate(Database(f"sqlite://{tmp_path}/state/state.db"))
    assert caught.value.code == "state.unusable"


def test_a_read_only_disk_is_told_and_nothing_is_half_written(file: Path, small_disk: Path) -> None:
    shutil.copy(file, small_disk / "state.db")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(UnreachableError) as caught:
        database = Database(f"sqlite://{small_disk}/state.db")
        SqlJournal(database).start(plan("p-2"), NOW)
    assert caught.value.code == "state.unusable"


def test_a_full_disk_is_told_and_the_state_stays_whole(file: Path, small_disk: Path) -> None:
    shutil.copy(file, small_disk / "state.db")
    database = Database(f"sqlite://{small_disk}/state.db")
    journal = SqlJournal(database)
    with pytest.raises(UnreachableError, match="full") as caught:
        for number in range(2, 2000):
            journal.start(plan(f"p-{number}"), NOW)
    assert caught.value.code == "state.unusable"
    queue = SqlLeases(database).open_promotions(PROJECT)
    assert all(journal.verify(q.promotion) is None for q in queue)
    assert len(queue) > 1
    database.close()


def test_each_thread_has_a_connection_and_ended_threads_leave_none(file: Path) -> None:
    database = Database(f"sqlite://{file}")
    lease = Lease(PROJECT, "production", "one", 1, NOW)
    for _ in range(5):
        thread = threading.Thread(target=lambda: SqlLeases(database).renew(lease, NOW, 1))
        thread.start()
        thread.join()
    assert database.query("SELECT 1") == [(1,)]
    open_files = [p for p in Path("/proc/self/fd").iterdir() if _points_at(p, file)]
    assert len(open_files) == 1
    database.close()
    assert not [p for p in Path("/proc/self/fd").iterdir() if _points_at(p, file)]


def _points_at(link: Path, file: Path) -> bool:
    try:
        return link.readlink() == file
    except OSError:
        return False


def test_every_commit_is_on_the_disk(file: Path) -> None:
    connection = SqliteConnection(file)
    assert connection.execute("PRAGMA journal_mode")[0] == [("wal",)]
    assert connection.execute("PRAGMA synchronous")[0] == [(2,)]
    connection.close()


def test_sqlite_alone_does_not_load_the_driver_of_postgresql(file: Path) -> None:
    code = (
        "import sys; from vivido.store.database import Database; from vivido.store.schema import migrate;"
        " migrate(Database(sys.argv[1])); sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, f"sqlite://{file}"], check=False).returncode == 0
