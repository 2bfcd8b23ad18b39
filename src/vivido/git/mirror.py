"""One bare mirror per repository, shared by every process of this machine.

A mirror can always be lost: all of it is on the server. So a damaged one is not repaired but made again at the next fetch.
`refs/tips/BRANCH` holds what a branch was at the last fetch ("/" written as "%2F", so that `a` and `a/b` can follow each
other in time); `HEAD` points to the tip of the remote's default branch.
"""

import hashlib
from pathlib import Path

from vivido.errors import NotFoundError
from vivido.git.address import HEADS, branch_ref, check_url, display
from vivido.git.bare import Bare
from vivido.git.command import git
from vivido.git.failure import explain, unforeseen
from vivido.process import Completed
from vivido.text.redact import without_userinfo

_TIPS = "refs/tips/"
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-prune-tags")


class Mirror(Bare):
    """A repository's mirror: what is kept here, and the server that it is brought from.

    Attributes:
        url: The address that was given; a local path is made absolute. It may hold a user's name: show `where` instead.
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
        key = hashlib.sha256(without_userinfo(self.url).encode("utf-8", "surrogateescape")).hexdigest()[:20]
        super().__init__(cache / f"{key}.git", display(self.url))
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


def _tip_ref(branch: str) -> str:
    return _TIPS + branch.replace("/", "%2F")
