"""Making releases: which artifacts, at which revision of the configuration."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from vivido.app.aliases import refuse_moved
from vivido.app.authors import changes_between, source_people
from vivido.app.onward import Asked, go_on
from vivido.app.revisions import take, without_place
from vivido.app.unchanged import contents
from vivido.build.external import inspect_external
from vivido.build.images import Images
from vivido.errors import InputError, NotFoundError
from vivido.model.project import Service
from vivido.model.reference import Reference, parse_reference, parse_repository
from vivido.model.release import Artifact, Release, ReleaseRecord, Revision

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_TOGETHER = 8
"""Services whose images are asked for at a time."""
REVISION = "org.opencontainers.image.revision"
DIRTY = "dev.vivido.dirty"
VERSION = "org.opencontainers.image.version"


class Created(msgspec.Struct, frozen=True):
    """A release that was made, and what it set off."""

    record: ReleaseRecord
    known: bool
    """It was there already: the same digests and the same revision."""
    promotions: tuple[str, ...]
    """Promotions that were started because an environment says `promote: automatically`."""
    notes: tuple[str, ...] = ()


def create(
    ws: "Workspace",
    artifacts: Mapping[str, str],
    *,
    by: str,
    revision: str = "",
    note: str = "",
    changed: bool = False,
    since: str = "",
) -> Created:
    """Make a release and start what goes on by itself.

    Args:
        ws: The project.
        artifacts: Service → `repository@sha256:…`, or `repository:tag`, which is resolved once, now. A service that is not
            named keeps the artifact of the newest release, or, where there is none, takes what the channel tag points at.
        by: Who makes it.
        revision: Commit of the configuration, or `ENVIRONMENT=COMMIT,…` where each has its own; empty for the branches' tips.
        note: A line for people; empty for the commit's subject.
        changed: Look only for artifacts of services that changed; the others keep theirs.
        since: The commit since which they changed; empty for the newest release's revision.

    Raises:
        InputError: `release.service`, `release.repository`, `release.empty`, `release.revision`.
        RefusedError: `alias.moved`.
        NotFoundError: `artifact.missing`: the registry does not have it.
    """
    newest = next(iter(ws.records.releases(limit=1)), None)
    taken = take(ws, newest.release if newest else None, revision)
    said: list[str] = []
    only = _concerned(ws, newest.release if newest else None, since, taken.revision) if changed or since else None
    chosen = _choose(ws, artifacts, newest.release if newest else None, said, only)
    _refuse_moved(ws, artifacts, chosen)
    if not chosen:
        raise InputError(
            "there is no artifact to make a release of",
            code="release.empty",
            hint="Build first (vivido build), or name one: --artifact web=registry/app@sha256:…",
        )
    release = Release(tuple(sorted(chosen)), taken.revision, taken.revisions)
    known = ws.records.release(release.id)
    record = known or ReleaseRecord(
        release,
        ws.now(),
        by,
        _authors(ws, newest, release),
        note or _subject(ws, release),
        contents(ws, release),
    )
    ws.records.add_release(record)
    first = tuple(e for e in ws.project.environments if not e.after)
    onward = go_on(ws, release, first, Asked(by))
    missing = [s.name for s in ws.project.services if release.artifact(s.name) is None]
    told = (f"without {', '.join(missing)}: nothing was built of it yet",) if missing else ()
    return Created(
        record,
        known is not None,
        onward.started,
        (*said, *told, *taken.notes, *without_place(ws, release), *_left_out(ws), *onward.notes),
    )


def _refuse_moved(ws: "Workspace", named: Mapping[str, str], chosen: Sequence[Artifact]) -> None:
    for artifact in chosen:
        service = ws.project.service(artifact.service)
        if service is not None and (text := named.get(artifact.service)) and (said := _reference(service, text)).tag:
            refuse_moved(ws, artifact.service, said, artifact.digest)


def _left_out(ws: "Workspace") -> tuple[str, ...]:
    repository = ws.repository(ws.project.environments[0])
    ahead = repository.unpushed(repository.tip())
    told = f"HEAD {ahead[:12]} is not pushed to {repository.branch}: its configuration is not in this release"
    return (told,) if ahead else ()


def _concerned(ws: "Workspace", newest: Release | None, since: str, revision: Revision) -> frozenset[str] | None:
    """Return the services whose image may have changed; None where there is no release yet, so that all are looked for."""
    from vivido.app.changes import changed_since

    if newest is None:
        return None
    found = changed_since(ws, since or newest.revision.commit, revision.commit)
    return frozenset(c.service for c in found.services if c.build or c.declaration)


def _choose(
    ws: "Workspace", named: Mapping[str, str], newest: Release | None, notes: list[str], only: frozenset[str] | None
) -> list[Artifact]:
    unknown = [name for name in named if ws.project.service(name) is None]
    if unknown:
        there = ", ".join(s.name for s in ws.project.services)
        raise InputError(f"there is no service “{unknown[0]}”", code="release.service", hint=f"There are: {there}.")
    kept = {a.service: a for a in newest.artifacts} if newest and only is not None else {}
    stays = {
        s.name: kept[s.name] for s in ws.project.services if s.name in kept and s.name not in {*named, *(only or ())}
    }
    asked = [s for s in ws.project.services if s.name not in stays]
    with ThreadPoolExecutor(max_workers=_TOGETHER) as pool:
        found = list(pool.map(lambda s: _artifact(ws, s, named.get(s.name, ""), newest, notes), asked))
    if only is not None:
        notes += _unbuilt(found, kept, only)
    return [*stays.values(), *(a for a in found if a is not None)]


def _unbuilt(found: Sequence[Artifact | None], kept: Mapping[str, Artifact], only: frozenset[str]) -> list[str]:
    """Say which services changed and have the image that they had."""
    same = [a.service for a in found if a is not None and a.service in only and kept.get(a.service) == a]
    return [f"changed, and still the image of before: {', '.join(same)}; is it built? vivido build"] if same else []


def _artifact(
    ws: "Workspace", service: Service, named: str, newest: Release | None, notes: list[str]
) -> Artifact | None:
    if named:
        images, reference = Images(ws.registry), _reference(service, named)
        # A tag is taken at its word once, now: what is released is the digest.
        digest = reference.digest or images.resolve(reference)
        image = str(reference) if digest is None else reference.repository.at(digest)
        found = inspect_external(service.name, image, images)
        notes += [w.message for w in found.warnings if found.artifact.dirty]
        return found.artifact
    channel = Reference(parse_repository(service.image), ws.project.channel)
    if service.build is None and newest is not None and (kept := newest.artifact(service.name)) is not None:
        return kept
    try:
        return inspect(ws, service, channel)
    except NotFoundError:
        return newest.artifact(service.name) if newest else None


def _reference(service: Service, text: str) -> Reference:
    """Read `repository@digest`, or a bare digest or tag of the service's own repository."""
    own = parse_repository(service.image)
    if text.startswith("sha256:"):
        return parse_reference(f"{own}@{text}")
    reference = parse_reference(text)
    if not reference.digest and not reference.tag:
        raise InputError(
            f"“{text}” names neither a digest nor a tag",
            code="reference.invalid",
            hint=f"Write {service.name}={own}@sha256:…",
        )
    if reference.repository != own:
        raise InputError(
            f"{service.name}'s images live in {own}, not in {reference.repository}",
            code="release.repository",
            hint="Copy the image there first, or change `image:` in vivido.yaml.",
        )
    return reference


def inspect(ws: "Workspace", service: Service, reference: Reference) -> Artifact:
    """Find out what a reference points at now, and what its labels say of where it came from.

    Raises:
        NotFoundError: `artifact.missing`.
    """
    from vivido.registry.config import config
    from vivido.registry.resolve import resolve

    found = resolve(ws.registry, reference)
    if found is None:
        raise NotFoundError(
            f"the registry does not have {reference}", code="artifact.missing", hint="Build and push it first."
        )
    image = config(ws.registry, reference.repository, found.digest)
    said = {**image.annotations, **image.labels}
    commit, dirty = said.get(REVISION, ""), said.get(DIRTY, "") == "true"
    return Artifact(service.name, reference.repository, found.digest, commit, dirty, said.get(VERSION, ""))


def _authors(ws: "Workspace", newest: ReleaseRecord | None, release: Release) -> tuple[str, ...]:
    old = newest.release if newest else None
    where = ws.project.environments if release.revisions else ws.project.environments[:1]
    found = {a for e in where for c in changes_between(ws, e, old, release) for a in c.people}
    found.update(source_people(ws, old, release))
    found.discard("vivido@localhost")
    return tuple(sorted(found))


def _subject(ws: "Workspace", release: Release) -> str:
    return ws.repository(ws.project.environments[0]).subject(release.revision.commit)
