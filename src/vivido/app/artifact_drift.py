"""Artifact drift: a running digest that was never promoted there, and a tag that points elsewhere than at what should run."""

from typing import TYPE_CHECKING, Literal

import msgspec

from vivido.app.aliases import alias_of
from vivido.errors import Error
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.reference import Reference
from vivido.model.release import Artifact, placed
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

What = Literal["never-promoted", "not-this-one", "tag-moved", "tag-missing"]


class ArtifactDrift(msgspec.Struct, frozen=True):
    """One artifact that is not what the record says."""

    what: What
    service: str
    """Empty where a container is no service's."""
    where: str
    """What runs it, or the tag."""
    expected: str
    """The digest that the record says; empty where it says none."""
    found: str
    """The digest that is there; empty where the tag is gone."""
    told: str
    """One sentence."""


def running(ws: "Workspace", deployed: Deployed, digests: dict[str, str], where: dict[str, str]) -> list[ArtifactDrift]:
    """Judge the digests that run.

    Args:
        ws: The project.
        deployed: What should run.
        digests: Place or service → the digest that runs.
        where: Place → the service that it belongs to; a key that is missing is a service itself.
    """
    found: list[ArtifactDrift] = []
    for place, digest in sorted(digests.items()):
        service = where.get(place, place)
        artifact = deployed.release.artifact(service)
        expected = artifact.digest if artifact else ""
        # A container that is no service's may run what any service may.
        right = {expected} if service else {a.digest for a in deployed.release.artifacts}
        if digest in right or not digest:
            continue
        release = _promoted_by(ws, deployed.environment, service, digest)
        if release:
            told = f"it ran here as part of {release}, and should not now"
            found.append(ArtifactDrift("not-this-one", service, place, expected, digest, told))
        else:
            told = "neither the ledger nor Git knows a promotion that brought it here"
            found.append(ArtifactDrift("never-promoted", service, place, expected, digest, told))
    return found


def _promoted_by(ws: "Workspace", environment: str, service: str, digest: str) -> str:
    """Return the release that brought a digest to an environment, by the state or, where that was lost, by Git's trailers."""
    for one in ws.records.deployed(environment, limit=1000):
        artifact = one.release.artifact(service)
        if artifact is not None and artifact.digest == digest:
            return one.release.id
    return ws.repository(ws.environment(environment)).promoted_by(environment, service, digest)


def tags(ws: "Workspace", environment: Environment, deployed: Deployed) -> tuple[list[ArtifactDrift], list[str]]:
    """Judge the environment's tag, and its alias of the version, in every repository of what should run.

    Returns:
        What is not as the ledger has it, and what could not be asked, a sentence each.
    """
    from vivido.registry.resolve import resolve

    found: list[ArtifactDrift] = []
    unseen: list[str] = []
    for artifact in placed(deployed.release.artifacts, environment.registry):
        names = [environment.name, *filter(None, (alias_of(environment, artifact),))]
        for reference in (Reference(artifact.repository, name) for name in names):
            try:
                there = resolve(ws.registry, reference)
            except Error as e:
                unseen.append(f"the tag {reference} could not be asked for: {redact(e.message)}")
                continue
            if there is None or there.digest != artifact.digest:
                found.append(_moved(artifact, reference, there.digest if there is not None else ""))
    return found, unseen


def _moved(artifact: Artifact, reference: Reference, there: str) -> ArtifactDrift:
    if not there:
        told = "the tag is gone; it says nothing about what runs"
        return ArtifactDrift("tag-missing", artifact.service, str(reference), artifact.digest, "", told)
    told = "somebody moved the tag; it says nothing about what runs"
    return ArtifactDrift("tag-moved", artifact.service, str(reference), artifact.digest, there, told)
