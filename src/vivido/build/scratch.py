"""Directories that one build uses and that no crash leaves behind for ever.

Each is held by a lock that the kernel drops when its process dies; whoever builds next removes those that nobody holds.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PREFIX, _LOCK = "build-", ".lock"


@contextmanager
def scratch(work: Path) -> Generator[Path]:
    """Give an empty directory below `work` as long as the context lasts."""
    work.mkdir(parents=True, exist_ok=True)
    held, fresh = tempfile.mkstemp(prefix=_PREFIX, dir=work)
    path, lock = Path(f"{fresh}.d"), Path(f"{fresh}{_LOCK}")
    try:
        # Named so that a sweeper finds it only once it is locked.
        fcntl.flock(held, fcntl.LOCK_EX)
        Path(fresh).rename(lock)
        path.mkdir()
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(held)


def sweep(work: Path) -> None:
    """Remove the directories of builds that were killed; those of living ones stay."""
    for lock in work.glob(f"{_PREFIX}*{_LOCK}"):
        try:
            held = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(lock.with_suffix(".d"), ignore_errors=True)
            lock.unlink(missing_ok=True)
        finally:
            os.close(held)
