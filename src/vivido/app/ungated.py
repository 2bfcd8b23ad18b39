"""Ungated changes: commits on an environment's branch that change what it would be, and that no promotion brought (semantics §1).

Where the target pulls what the branch says, such a commit is live without having passed a gate. Elsewhere it waits for the
release that has it.
"""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.ground import is_own
from vivido.app.kinds import options_of
from vivido.errors import Error, NotFoundError
from vivido.git.history import CommitInfo, history
from vivido.git.read import is_ancestor
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.targets.interface import Pulling

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_FAR = 1000
"""Commits that are looked through one by one."""


class Ungated(msgspec.Struct, frozen=True):
    """One commit that changes what an environment would be, and that no promotion brought there."""

    commit: str
    subject: str
    author: str
    """`name <email>`."""
    at: int
    """When it was written, microseconds since 1970."""
    release: str = ""
    """The newest release that includes it; empty where none does."""

    @property
    def told(self) -> str:
        """What it is and who did it, in one line."""
        return f"{self.subject} ({self.author})"


def pulls(ws: "Workspace", environment: Environment) -> bool:
    """Say whether an environment runs what its branch says by itself."""
    kind = ws.kinds.target(environment.target.kind)
    return isinstance(kind, Pulling) and kind.pulls(options_of(kind, environment.target.options))


def ungated(ws: "Workspace", environment: Environment, deployed: Deployed) -> tuple[Ungated, ...]:
    """Return the commits since a deployment that make the branch's tip another content than what was deployed, newest first.

    Named are the commits that changed the environment's rendering against each of their parents; where none did (a merge that
    brought two halves together), the tip itself.

    Raises:
        Error: The branch cannot be read, or its tip cannot be rendered.
    """
    repository = ws.repository(environment)
    tip = repository.fetch()
    if tip == deployed.commit:
        return ()
    artifacts = deployed.release.artifacts
    if rendered_at(ws, tip, environment, artifacts, as_is=True).hash == deployed.content:
        return ()
    contents: dict[str, str] = {}

    def content(commit: str) -> str:
        if commit not in contents:
            contents[commit] = _content(ws, commit, environment, deployed)
        return contents[commit]

    since = history(repository.mirror, deployed.commit, tip, limit=_FAR)
    people = [c for c in since if not _own(c, environment.name)]
    makers = [c for c in people if all(content(p) != content(c.id) for p in c.parents)]
    return tuple(
        Ungated(
            c.id,
            c.subject,
            f"{c.author.name} <{c.author.email}>",
            c.authored_at,
            _release(ws, environment, c.id),
        )
        for c in makers or since[:1]
    )


def _content(ws: "Workspace", commit: str, environment: Environment, deployed: Deployed) -> str:
    """Return the hash of what a commit says; one that cannot be rendered is like no other."""
    try:
        return rendered_at(ws, commit, environment, deployed.release.artifacts, as_is=True).hash
    except Error:
        return commit


def _own(commit: CommitInfo, environment: str) -> bool:
    """Whether it is a promotion's of this environment: one that went back left nothing."""
    return is_own(commit) and commit.trailers.get("Vivido-Environment", ("",))[-1] == environment


def _release(ws: "Workspace", environment: Environment, commit: str) -> str:
    """Return the newest release whose configuration contains a commit; empty where none does."""
    mirror = ws.repository(environment).mirror
    for record in ws.records.releases(limit=500):
        revision = record.release.revision_of(environment.name)
        try:
            if revision is not None and is_ancestor(mirror, commit, revision.commit):
                return record.release.id
        except NotFoundError:
            continue  # Of a repository that was another then, or history that was rewritten.
    return ""
