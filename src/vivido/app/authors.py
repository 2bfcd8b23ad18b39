"""Who counts as the author of a promotion (semantics §6)."""

from typing import TYPE_CHECKING

from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.commits import Change
    from vivido.app.workspace import Workspace


def authors_between(
    ws: "Workspace", environment: Environment, deployed: Deployed | None, release: Release, by: str
) -> tuple[str, ...]:
    """Return e-mail addresses and names of everybody who must not approve as “the author”.

    They are the authors, committers and co-authors of the commits between the environment's live release and this one,
    in the application's repository and in the configuration's, and who made the release or asks for the promotion. The
    commits that Vivido made here itself do not count: their ids are in the record.
    """
    ours = frozenset(d.commit for e in ws.project.environments for d in ws.records.deployed(e.name, limit=200))
    start = deployed.release if deployed else None
    found = {*marks(by), *_recorded(ws, start, release), *source_people(ws, start, release)}
    for commit in changes_between(ws, environment, start, release):
        if commit.id not in ours:
            found.update(commit.people)
    return tuple(sorted(filter(None, found)))


def changes_between(
    ws: "Workspace", environment: Environment, old: Release | None, new: Release
) -> tuple["Change", ...]:
    """Return the commits of an environment's configuration that one release contains and an older one does not."""
    repository, revision = ws.repository(environment), new.revision_of(environment.name)
    if revision is None:
        return ()
    before = old.revision_of(environment.name) if old else None
    own = repository.commits(before.commit if before else "", revision.commit)
    if ws.owns(environment) is None:
        return own
    return (*own, *repository.commits(old.revision.commit if old else "", new.revision.commit))


def source_people(ws: "Workspace", old: Release | None, new: Release) -> set[str]:
    """Return the addresses of everybody in the application's commits between two releases."""
    was = {a.service: a.commit for a in old.artifacts} if old else {}
    repository = ws.repository(ws.project.environments[0])
    return set(repository.source_people((was.get(a.service, ""), a.commit) for a in new.artifacts))


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
