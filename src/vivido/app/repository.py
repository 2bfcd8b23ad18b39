"""A configuration repository as operations see it: tips, trees, commits; and the source repository's people."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from vivido.app.commits import PROMOTION, Change, Touching, Tree, change
from vivido.app.ground import CONVERSION
from vivido.errors import NotFoundError
from vivido.git.anywhere import anywhere
from vivido.git.export import export
from vivido.git.history import describe, find_by_trailer, history
from vivido.git.mirror import Mirror
from vivido.git.read import is_ancestor, object_id, read
from vivido.git.snapshot import Snapshot
from vivido.git.trailers import trailer
from vivido.git.worktree import head_commit
from vivido.text.redact import without_userinfo

_SNAPSHOTS = 8
"""Commits whose files are remembered at once."""


class ConfigurationRepository:
    """A branch of a repository that holds configuration of environments, through the repository's mirror.

    Args:
        mirror: Of that repository.
        branch: The branch that says what should run; empty for the remote's default.
        home: Top directory of the work tree that holds `vivido.yaml`, None where that is in none.
        source: Mirror of the application's repository; the same object where both are one.
    """

    def __init__(self, mirror: Mirror, branch: str, home: Path | None, source: Mirror) -> None:
        self.mirror = mirror
        self._home = home
        self._branch = branch
        self._source = source
        self._snapshots: dict[str, Snapshot] = {}
        self._changed: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def source(self) -> Mirror:
        """The mirror of the application's repository."""
        return self._source

    @property
    def url(self) -> str:
        """Its address without credentials."""
        return without_userinfo(self.mirror.where)

    @property
    def branch(self) -> str:
        """The branch's name."""
        return self._branch or self.mirror.default_branch()

    def fetch(self) -> str:
        """Bring the branch up to date and return its tip."""
        return self.mirror.fetch(self.branch)

    def tip(self) -> str:
        """Return the branch's tip as it was last fetched; it is fetched where it never was."""
        return self.mirror.tip(self.branch) or self.fetch()

    def ensure(self, commit: str) -> None:
        """Fetch the branch where the mirror does not have a commit of it: a mirror can always be lost."""
        try:
            describe(self.mirror, commit)
        except NotFoundError:
            self.fetch()

    def tree(self, commit: str) -> Tree:
        """Return the files of a commit."""
        snapshot = self.snapshot(commit)
        return Tree(snapshot.read, snapshot.listing)

    def snapshot(self, commit: str) -> Snapshot:
        """Return the files of a commit with the ids of their contents."""
        known = self._snapshots.get(commit)
        if known is None:
            while len(self._snapshots) >= _SNAPSHOTS:
                del self._snapshots[next(iter(self._snapshots))]
            known = self._snapshots[commit] = Snapshot(self.mirror, commit)
        return known

    def changed(self, old: str, new: str) -> tuple[str, ...] | None:
        """Return the paths that differ between two commits, None where one of them is not there any more."""
        if (old, new) not in self._changed:
            try:
                self._changed[old, new] = self.snapshot(old).differing(self.snapshot(new))
            except NotFoundError:
                return None
        return self._changed[old, new]

    def export(self, commit: str, directories: Sequence[str], where: Path) -> None:
        """Write directories of a commit to disk."""
        export(self.mirror, commit, directories, where)

    def commits(self, old: str, new: str) -> tuple[Change, ...]:
        """Return the commits that `new` contains and `old` does not, newest first; all where `old` is empty."""
        return tuple(change(c) for c in history(self.mirror, old or None, new))

    def newer(self, one: str, other: str) -> str:
        """Return the one of two commits that contains the other; the first where neither does."""
        return other if is_ancestor(self.mirror, one, other) else one

    def touching(self, start: str, paths: Sequence[str]) -> tuple[Touching, ...]:
        """Return the commits, up to one, that changed files or directories, newest first."""
        found = history(self.mirror, None, start, [p or "." for p in paths] if "" not in paths else ())
        return tuple(
            Touching(
                c.id,
                f"{c.author.name} <{c.author.email}>",
                c.authored_at,
                c.subject,
                not c.parents or not any(object_id(self.mirror, c.parents[0], p) for p in paths),
                CONVERSION in c.trailers,
            )
            for c in found
        )

    def source_people(self, ranges: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Return the addresses of everybody in the application's commits between several twos; of one that is not known, nobody.

        Args:
            ranges: (old, new) each; without an old commit all that the new one contains.
        """
        # Of a thousand services most were built of few commits, and most of those are what they were.
        wanted = {(old, new) for old, new in ranges if new and old != new}
        found: set[str] = set()
        try:
            # The tip of the default branch of one repository was fetched already by whoever asks.
            if wanted and (self._branch or self._source is not self.mirror):
                self._source.fetch()
        except NotFoundError:
            return frozenset()
        for old, new in sorted(wanted):
            with suppress(NotFoundError):
                commits = history(self._source, old or None, new)
                found.update(address for c in commits for address in change(c).people)
        return frozenset(found)

    def trailer(self, commit: str, key: str) -> str:
        """Return a trailer of a commit; empty where it has none."""
        return trailer(describe(self.mirror, commit).message, key)

    def path_of(self, file: Path) -> str:
        """Return a local file's path in this repository; empty where it is another repository's."""
        if self._home is None or self.mirror is not self._source:
            return ""
        inside = file.resolve().relative_to(self._home.resolve()).as_posix()
        return "" if inside == "." else inside

    def path_at_home(self, file: Path) -> str:
        """Return a local file's path in the repository of `vivido.yaml`, whichever this one is; empty where that is in none."""
        if self._home is None:
            return ""
        return file.resolve().relative_to(self._home.resolve()).as_posix()

    def only_promotions(self, old: str, tip: str) -> bool:
        """Say whether nothing but Vivido's own commits lies between two commits of the branch."""
        try:
            return all(c.promotion for c in self.commits(old, tip)) and is_ancestor(self.mirror, old, tip)
        except NotFoundError:
            return False

    def contains(self, commit: str) -> bool:
        """Say whether the branch, as it was fetched last, contains a commit."""
        try:
            return is_ancestor(self.mirror, commit, self.mirror.tip(self.branch) or self.fetch())
        except NotFoundError:
            return False

    def unpushed(self, tip: str) -> str:
        """Return the commit that is checked out here where the branch does not contain it; empty otherwise."""
        head = head_commit(self._home) if self._home is not None and self.mirror is self._source else None
        if head is None:
            return ""
        try:
            return "" if is_ancestor(self.mirror, head, tip) else head
        except NotFoundError:
            return head

    def newest_promotion(self, environment: str) -> tuple[str, str]:
        """Return the promotion that changed an environment last, as the branch says, with its commit; empty where none did."""
        commit = find_by_trailer(self.mirror, self.branch, {"Vivido-Environment": environment})
        return ("", "") if commit is None else (self.trailer(commit, PROMOTION), commit)

    def promoted_by(self, environment: str, service: str, digest: str) -> str:
        """Return the release that brought a digest to an environment, as the branch says; empty where none did."""
        key = {"Vivido-Environment": environment, "Vivido-Digest": f"{service}={digest}"}
        commit = find_by_trailer(self.mirror, self.branch, key)
        return "" if commit is None else self.trailer(commit, "Vivido-Release")

    def file_at(self, file: Path, commit: str) -> bytes | None:
        """Return a local file as its repository has it: at a commit of this one, or at the tip of the application's.

        None where it is in no repository, or not pushed.
        """
        path = self.path_at_home(file)
        if not path:
            return None
        if self.mirror is self._source:
            return read(self.mirror, commit, path)
        try:
            return read(self._source, self._source.fetch(), path)
        except NotFoundError:
            return None

    def resolve(self, revision: str) -> str:
        """Return the commit that an id, or the beginning of one, names on the branch.

        Raises:
            NotFoundError: `git.no-commit`.
        """
        for commit in history(self.mirror, None, self.fetch()):
            if len(revision) >= 7 and commit.id.startswith(revision):
                return commit.id
        raise NotFoundError(
            f"{self.branch} has no commit “{revision}”",
            code="git.no-commit",
            hint="Is it pushed? Push it, or name another.",
        )

    def commit_of(self, named: str) -> str:
        """Return the commit of a branch, brought up to date, or of an id or the beginning of one, on any branch.

        Raises:
            NotFoundError: `git.no-commit`.
        """
        if named == self.branch:
            return self.fetch()
        try:
            return self.mirror.fetch(named)
        except NotFoundError as e:
            if e.code != "git.no-branch":
                raise
        try:
            return self.resolve(named)
        except NotFoundError:
            found = anywhere(self.mirror, named)
            if found is None:
                raise
            return found

    def subject(self, commit: str) -> str:
        """Return the first line of the newest message of a person, from a commit backwards; empty where there is none near."""
        near = history(self.mirror, None, commit, limit=50)
        return next((c.subject for c in near if not trailer(c.message, PROMOTION)), "")
