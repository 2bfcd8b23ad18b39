"""Ungated changes: commits on an environment's branch that change what it would be, and that no promotion brought (semantics §1).

Where the target pulls what the branch says, such a commit is live without having passed a gate. Elsewhere it waits for the
release that has it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.earlier import as_now, conversions
from vivido.app.ground import is_own
from vivido.app.hydrate import branch_of, edits, fetch, files
from vivido.app.kinds import options_of
from vivido.app.truth import truth, was_hydrated
from vivido.engine.recorder import fold
from vivido.errors import Error, NotFoundError
from vivido.git.history import CommitInfo, describe, find_by_trailer, history
from vivido.git.mirror import Mirror
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
    paths: tuple[str, ...] = ()
    """Rendered files that it edited by hand; empty where it changed the configuration."""

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

    Where the rendered objects are committed, an edit of the configuration reaches nothing; what is named is who edited those.

    Raises:
        Error: The branch cannot be read, or its tip cannot be rendered.
    """
    if environment.hydrate is not None and was_hydrated(ws, deployed) == environment.hydrate:
        return _by_hand(ws, environment, deployed)
    repository = ws.repository(environment)
    tip = repository.fetch()
    if tip == deployed.commit:
        return ()
    contents = {tip: rendered_at(ws, tip, environment, deployed.release.artifacts, as_is=True).hash}

    def content(commit: str) -> str:
        if commit not in contents:
            contents[commit] = _content(ws, commit, environment, deployed)
        return contents[commit]

    if contents[tip] == deployed.content or (_taken_in(ws, deployed) and contents[tip] == content(deployed.commit)):
        return ()
    since = _since(repository.mirror, environment.name, deployed.commit, tip)
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


def put_back(ws: "Workspace", environment: Environment, deployed: Deployed | None) -> tuple[str, ...]:
    """Say which edits by hand of rendered objects a promotion takes back."""
    if deployed is None or environment.hydrate is None or was_hydrated(ws, deployed) != environment.hydrate:
        return ()
    found = _by_hand(ws, environment, deployed)
    return tuple(f"puts back what {u.commit[:12]} changed by hand in {', '.join(u.paths)} ({u.author})" for u in found)


def _by_hand(ws: "Workspace", environment: Environment, deployed: Deployed) -> tuple[Ungated, ...]:
    """Return who changed rendered objects since the promotion that wrote them, newest first."""
    mirror, branch = ws.repository(environment).mirror, branch_of(ws, environment)
    tip = fetch(ws, environment)
    if not tip:
        raise NotFoundError(f"there is no branch {branch} any more", code="git.no-branch", hint="Promote again.")
    wanted = files(ws, environment, truth(ws, environment, deployed), deployed.release)
    paths = tuple(edits(ws, environment, tip, wanted))
    if not paths:
        return ()
    key = {"Vivido-Promotion": deployed.promotion, "Vivido-Environment": environment.name}
    # Where it was squashed, no trailer says so; the record does.
    wrote = find_by_trailer(mirror, branch, key) or (
        None if environment.hydrate is None or environment.hydrate.branch else deployed.commit
    )
    since = [c for c in history(mirror, wrote, tip, paths, limit=_FAR) if not _own(c, environment.name)]
    return tuple(
        Ungated(c.id, c.subject, f"{c.author.name} <{c.author.email}>", c.authored_at, "", paths)
        for c in since or [describe(mirror, tip)]
    )


def _taken_in(ws: "Workspace", deployed: Deployed) -> bool:
    """Whether it was taken in by an import: Git may name tags there still, where the record has digests."""
    from vivido.app.imports.plan import IMPORT

    entries = ws.journal.read(deployed.promotion)
    return bool(entries) and fold(entries).plan.kind == IMPORT


def _content(ws: "Workspace", commit: str, environment: Environment, deployed: Deployed) -> str:
    """Return the hash of what a commit says; one that cannot be rendered is like no other."""
    try:
        placed = as_now(ws, environment, commit)
        return rendered_at(ws, placed, environment, deployed.release.artifacts, as_is=True).hash
    except Error:
        return commit


def _since(mirror: Mirror, environment: str, deployed: str, tip: str) -> tuple[CommitInfo, ...]:
    """Return the commits since a deployment, newest first: of a conversion's parents only what was the environment's own."""
    found: list[CommitInfo] = []
    for conversion, before in conversions(mirror, environment, deployed, tip):
        found += history(mirror, conversion.id, tip, limit=_FAR)
        found.append(replace(conversion, parents=(before,)))
        tip = before
    return (*found, *history(mirror, deployed, tip, limit=_FAR))


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
