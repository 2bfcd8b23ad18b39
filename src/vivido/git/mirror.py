"""One bare mirror per repository, shared by every process of this machine.

A mirror can always be lost: all of it is on the server. So a damaged one is not repaired but made again at the next fetch.
`refs/tips/BRANCH` holds what a branch was at the last fetch ("/" written as "%2F", so that `a` and `a/b` can follow each
other in time); `HEAD` points to the tip of the remote's default branch.
"""

import fcntl
import hashlib
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vivido.errors import IntegrityError, NotFoundError, ToolError
from vivido.git.address import HEADS, branch_ref, check_url, display
from vivido.git.command import git
from vivido.git.failure import explain, said, unforeseen
from vivido.process import Completed
from vivido.text.redact import printable, without_userinfo

if TYPE_CHECKING:
    from pygit2.repository import Repository

_TIPS = "refs/tips/"
_DAMAGED = "vivido-damaged"
_UNWRITABLE = re.compile(r"no space left|permission denied|read-only|quota exceeded", re.I)
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-prune-tags")


class Mirror:
    """A repository's mirror. Any number of processes may have one open; one object belongs to one thread.

    Attributes:
        url: The address that was given; a local path is made absolute. It may hold a user's name: show `where` instead.
        where: The address as people may see it.
        path: The bare repository in the cache.
    """

    def __init__(self, url: str, cache: Path, *, credentials: str = "") -> None:
        """Name the mirror of `url` under the directory `cache`; nothing is made before it is needed.

        Args:
            url: The address.
            cache: Where mirrors are kept.
            credentials: The credential helper to ask instead of those that Git has, as `credential.helper` takes it. Git asks
                it when a server wants to know who comes, and not before.

        Raises:
            InputError: `git.url`, `git.url-password`.
        """
        self.url = check_url(url)
        self.where = display(self.url)
        key = hashlib.sha256(without_userinfo(self.url).encode("utf-8", "surrogateescape")).hexdigest()[:20]
        self.path = cache / f"{key}.git"
        self._opened: Repository | None = None
        self._birth = (0, 0)
        self._holding = False
        # An empty value forgets the helpers of Git's own configuration, so that no other environment's is asked.
        own = ["credential.helper=", f"credential.helper={credentials}", "credential.useHttpPath=true"]
        self._config = own if credentials else []

    def fetch(self, branch: str = "") -> str:
        """Bring a branch up to date and return its tip.

        Args:
            branch: Its short name; empty for the remote's default branch.

        Raises:
            NotFoundError: `git.no-repository`, `git.no-branch`, `git.no-default-branch`.
            ForbiddenError: `git.unauthorized`, `git.forbidden`, `git.host-key`.
            UnreachableError: `git.unreachable`, `git.timeout`.
            ToolError: `git.failed`, `tool.missing`.
        """
        name = branch or self.ask_default_branch()
        source = branch_ref(name)
        try:
            self.download(f"+{source}:{_tip_ref(name)}")
        except NotFoundError as e:
            if e.code == "git.no-branch":
                self._forget(name)
                hint = "Create it there, or name another branch."
                raise NotFoundError(
                    f"{self.where} has no branch “{name}”", code=e.code, hint=hint, where=self.where
                ) from e
            raise
        tip = self.tip(name)
        if tip is None:
            raise self.damaged(f"the tip of {name} is missing after a fetch")
        return tip

    def tip(self, branch: str = "") -> str | None:
        """Return the commit that a branch was at when it was last fetched or pushed; None where it never was.

        Args:
            branch: Its short name; empty for the remote's default branch as it was last asked for.
        """
        with self.reading():
            name = _tip_ref(branch) if branch else str(self.objects.lookup_reference("HEAD").target)
            found = self.objects.references.get(name)
            return None if found is None else str(found.target)

    def default_branch(self) -> str:
        """Return the remote's default branch, as last asked for; it is asked where it never was.

        Raises:
            NotFoundError: `git.no-default-branch`.
        """
        with self.reading():
            target = str(self.objects.lookup_reference("HEAD").target)
        if target.startswith(_TIPS):
            return target.removeprefix(_TIPS).replace("%2F", "/")
        return self.ask_default_branch()

    def ask_default_branch(self) -> str:
        """Ask the remote for its default branch and remember it.

        Raises:
            NotFoundError: `git.no-default-branch`: it is empty, or its HEAD points to no branch.
        """
        done = self.run("ls-remote", "--symref", "--end-of-options", self.url, "HEAD")
        for line in done.text.splitlines():
            target, tab, _ = line.removeprefix("ref: ").partition("\t")
            if line.startswith("ref: ") and tab and target.startswith(HEADS):
                name = target.removeprefix(HEADS)
                self._point("HEAD", _tip_ref(name))
                return name
        raise NotFoundError(
            f"{self.where} has no default branch: it is empty, or its HEAD points to no branch",
            code="git.no-default-branch",
            hint="Push a first commit, or name the branch.",
            where=self.where,
        )

    def download(self, *refspecs: str, prune: bool = False) -> None:
        """Fetch refs into the mirror. A mirror that turns out to be damaged is made again, once.

        Raises:
            Error: As `fetch`.
        """
        args = (*_FETCH, "--prune" if prune else "--no-prune", "--end-of-options", self.url, *refspecs)
        with self.locked():
            done = self._git(args)
            if done.returncode != 0 and self._mended(done):
                done = self._git(args)
            if done.returncode != 0:
                raise explain(done, self.url)

    def run(self, *args: str) -> Completed:
        """Run git in the mirror against the remote.

        Raises:
            Error: As `fetch`, where it fails.
        """
        self.ensure()
        done = self._git(args)
        if done.returncode != 0:
            raise explain(done, self.url)
        return done

    def run_unchecked(self, *args: str) -> Completed:
        """Run git in the mirror against the remote; the caller judges its exit code."""
        self.ensure()
        return self._git(args)

    def remember(self, branch: str, commit: str) -> None:
        """Note that a branch is now at a commit, after a push."""
        self._point(_tip_ref(branch), commit)

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

    def _point(self, ref: str, target: str) -> None:
        with self.locked(), self.reading():
            # Nobody else writes here while the mirror is locked, so a lock file belongs to a process that died.
            (self.path / f"{ref}.lock").unlink(missing_ok=True)
            to = target if target.startswith(_TIPS) else self.objects[target].id
            self.objects.references.create(ref, to, force=True)

    def _mended(self, failed: Completed) -> bool:
        """Say whether something here was broken and is whole again, so that trying once more makes sense."""
        if not unforeseen(explain(failed, self.url)):
            return False
        stale = [*self.path.glob("*.lock"), *(self.path / "refs").rglob("*.lock")]
        for lock in stale:
            lock.unlink(missing_ok=True)
        if stale:
            return True
        if self._sound():
            return False
        self._remake()
        return True

    def _git(self, args: tuple[str, ...]) -> Completed:
        # A path needs no SSH, and asking Git which one it would be is a process more.
        remote = not Path(self.url).is_absolute()
        return git(args, directory=self.path, bare=True, remote=remote, config=self._config)

    def _forget(self, branch: str) -> None:
        with self.locked(), self.reading():
            if _tip_ref(branch) in self.objects.references:
                self.objects.references.delete(_tip_ref(branch))

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


def _tip_ref(branch: str) -> str:
    return _TIPS + branch.replace("/", "%2F")


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
