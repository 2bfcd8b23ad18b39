"""Who counts as the author of a promotion (semantics §6)."""

from typing import TYPE_CHECKING

from vivido.model.record import Deployed
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def authors_between(ws: "Workspace", deployed: Deployed | None, release: Release, by: str) -> tuple[str, ...]:
    """Return e-mail addresses and names of everybody who must not approve as “the author”.

    They are the authors, committers and co-authors of the commits between the environment's live release and this one,
    in the application's repository and in the configuration's, and who made the release or asks for the promotion. The
    commits that Vivido made here itself do not count: their ids are in the record.
    """
    ours = frozenset(d.commit for e in ws.project.environments for d in ws.records.deployed(e.name, limit=200))
    start = deployed.release if deployed else None
    found = {*marks(by), *_recorded(ws, start, release)}
    old = start.revision.commit if start else ""
    for commit in ws.repository.commits(old, release.revision.commit):
        if commit.id not in ours:
            found.update(commit.people)
    for artifact in release.artifacts:
        was = start.artifact(artifact.service) if start else None
        found.update(ws.repository.source_people(was.commit if was else "", artifact.commit))
    return tuple(sorted(filter(None, found)))


def marks(who: str) -> tuple[str, ...]:
    """Return the name and the address in `name <address>`, lower case; one alone where there is no other. Pure."""
    name, _, rest = who.lower().partition("<")
    return tuple(part for part in (name.strip(), rest.partition(">")[0].strip()) if part)


def _recorded(ws: "Workspace", start: Release | None, release: Release) -> set[str]:
    """What the records of this release and of those since the live one say."""
    found: set[str] = set()
    own = ws.records.release(release.id)
    if own is None:
        return found
    found.update(m for a in (*own.authors, own.created_by) for m in marks(a))
    since = ws.records.release(start.id) if start else None
    for record in ws.records.releases(limit=500):
        newer = since is None or record.created_at > since.created_at
        if newer and record.created_at <= own.created_at:
            found.update(m for a in (*record.authors, record.created_by) for m in marks(a))
    return found
