"""A bare repository that is kept in the cache: whole, written by one process at a time, and made again where it is damaged."""

import fcntl
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vivido.errors import IntegrityError, ToolError
from vivido.git.command import git
from vivido.git.failure import said
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2.repository import Repository

_DAMAGED = "vivido-damaged"
_UNWRITABLE = re.compile(r"no space left|permission denied|read-only|quota exceeded", re.I)


class Bare:
    """The repository on this machine. Any number of processes may have one open; one object belongs to one thread.

    Attributes:
        where: The address of what it holds, as people may see it.
        path: The bare repository in the cache.
    """

    def __init__(self, path: Path, where: str) -> None:
        """Name it; nothing is made before it is needed."""
        self.path = path
        self.where = where
        self._opened: Repository | None = None
        self._birth = (0, 0)
        self._holding = False

    @property
    def objects(self) -> "Repository":
        """The mirror as pygit2 sees it, for this room alone."""
        if self._opened is None:
            self.ensure()
            self._birth = _birth(self.path)
            with self.reading():
                self._opened = _open(self.path)
        return self._opened

    def ensure(self) -> None:
        """Make the mirror where it is missing or known to be damaged."""
        if not self._holding and not _whole(self.path):
            with self.locked():
                pass

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the mirror alone among all processes; it is whole inside. May be nested."""
        if self._holding:
            yield
            return
        with self._lock_file() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._holding = True
            try:
                if not _whole(self.path):
                    self._remake()
                yield
            finally:
                self._holding = False

    def damaged(self, why: str) -> IntegrityError:
        """Mark the mirror, so that the next use makes it again, and return the error to raise.

        Where another process has made it again already, only this one's view was stale, and nothing is marked.
        """
        self._opened = None
        if self.path.is_dir() and _birth(self.path) == self._birth:
            (self.path / _DAMAGED).touch()
        return IntegrityError(
            f"the mirror of {self.where} is damaged: {why}",
            code="git.mirror-damaged",
            hint="Try again: it is made anew.",
            where=str(self.path),
            retry_after=0,
        )

    @contextmanager
    def reading(self) -> Generator[None]:
        """Turn what pygit2 raises into Vivido's errors: over bytes it cannot read, the mirror is damaged.

        Raises:
            IntegrityError: `git.mirror-damaged`.
            ToolError: `git.no-mirror`: the disk is full, or the mirror cannot be written.
        """
        import pygit2  # loaded late, see _open

        try:
            yield
        except (pygit2.GitError, KeyError, OSError) as e:
            if _UNWRITABLE.search(str(e)):
                raise self._impossible(str(e)) from e
            raise self.damaged(printable(str(e))) from e

    def _lock_file(self) -> TextIO:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self.path.with_suffix(".lock").open("w", encoding="utf-8")
        except OSError as e:
            raise self._impossible(str(e)) from e

    def _impossible(self, why: str) -> ToolError:
        hint = "Make room there, or let this user write it; it can be deleted at any time."
        where = str(self.path.parent)
        return ToolError(
            f"no mirror can be kept in {where}: {printable(why)}", code="git.no-mirror", hint=hint, where=where
        )

    def _sound(self) -> bool:
        check = git(["fsck", "--connectivity-only", "--no-dangling", "--no-progress"], directory=self.path, bare=True)
        return check.returncode == 0

    def _remake(self) -> None:
        self._opened = None
        fresh = self.path.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        args = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(fresh)]
        done = git(args, directory=self.path.parent)
        if done.returncode != 0:
            raise self._impossible(said(done))
        if self.path.exists():
            old = self.path.with_suffix(".old")
            shutil.rmtree(old, ignore_errors=True)
            self.path.rename(old)
            shutil.rmtree(old, ignore_errors=True)
        fresh.rename(self.path)


def _whole(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and not (path / _DAMAGED).exists()


def _birth(path: Path) -> tuple[int, int]:
    """Tell a mirror from the one that took its place: its `config` is written once."""
    config = path / "config"
    return (config.stat().st_ino, config.stat().st_mtime_ns) if config.is_file() else (0, 0)


def _open(path: Path) -> "Repository":
    import pygit2  # loaded late: it takes a tenth of a second, and most commands need no Git

    return pygit2.Repository(
        str(path), pygit2.enums.RepositoryOpenFlag.BARE | pygit2.enums.RepositoryOpenFlag.NO_SEARCH
    )
