"""A person's own clone, read where it lies: commits that nobody pushed yet are there too. Nothing in it is ever changed."""

from pathlib import Path
from typing import TYPE_CHECKING

from vivido.errors import IntegrityError, NotFoundError
from vivido.git.command import git
from vivido.git.mirror import Mirror
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2.repository import Repository


class Clone(Mirror):
    """A clone as the functions of this room read mirrors. It cannot be fetched into and is never made again."""

    def __init__(self, top: Path) -> None:
        """Name the clone with this top directory."""
        super().__init__(str(top), top)
        self.path = top

    @property
    def objects(self) -> "Repository":
        """The clone as pygit2 sees it, for this room alone."""
        if self._opened is None:
            import pygit2  # loaded late: it takes a tenth of a second

            with self.reading():
                self._opened = pygit2.Repository(str(self.path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
        return self._opened

    def ensure(self) -> None:
        """Do nothing: a clone is its owner's."""

    def damaged(self, why: str) -> IntegrityError:
        """Return the error to raise; the clone is left as it is."""
        self._opened = None
        return IntegrityError(
            f"the clone {self.where} cannot be read: {why}",
            code="git.clone-damaged",
            hint="Run `git fsck` there; a shallow clone lacks history: fetch more of it.",
            where=str(self.path),
        )

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names, as Git reads it: `HEAD~3`, `origin/main`, `v1`, an id.

        Raises:
            NotFoundError: `git.no-commit`.
        """
        asked = ["rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}"]
        done = git(asked, directory=self.path)
        if done.returncode == 0 and done.text.strip():
            return done.text.strip()
        raise NotFoundError(
            f"there is no commit “{printable(revision)[:100]}” in this clone",
            code="git.no-commit",
            hint="Fetch it first; a shallow clone lacks history (fetch-depth: 0 in CI).",
        )

    def fork(self, one: str, other: str) -> str:
        """Return the newest commit that two have in common; the first where they have none."""
        done = git(["merge-base", "--end-of-options", one, other], directory=self.path)
        return done.text.strip() if done.returncode == 0 else one
