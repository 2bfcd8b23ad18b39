"""Further tags that say which version came where (`v1.2.3-prod`): each stands for one digest, for ever.

The ledger knows which. A registry has no compare-and-swap, so an alias that somebody moves is found, named, and put back; a
release that would give a known alias to other bytes is refused.
"""

from typing import TYPE_CHECKING

from vivido.errors import RefusedError
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.reference import Digest, Reference, valid_tag
from vivido.model.release import Artifact, Release, placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_PLACEHOLDER = "{version}"


def alias_of(environment: Environment, artifact: Artifact) -> str:
    """Return the tag that an artifact gets besides the environment's; empty where it gets none. Pure.

    `+`, which tags cannot hold, becomes `_`, as Helm writes it.
    """
    if not environment.alias or not artifact.version:
        return ""
    name = environment.alias.replace(_PLACEHOLDER, artifact.version.replace("+", "_"))
    return name if valid_tag(name) else ""


def misnamed(ws: "Workspace", release: Release, environment: Environment) -> tuple[Problem, ...]:
    """Return a problem for each artifact whose alias stands for other bytes already, in the ledger or in the registry."""
    from vivido.registry.resolve import resolve

    problems: list[Problem] = []
    for artifact in placed(release.artifacts, environment.registry):
        alias = alias_of(environment, artifact)
        if not alias:
            continue
        known = _known(ws, environment, artifact.service, alias)
        before = _digest(known, artifact.service) if known is not None else None
        if known is not None and before is not None and before != artifact.digest:
            problems.append(_reused(environment, artifact, alias, known, before))
            continue
        there = resolve(ws.registry, Reference(artifact.repository, alias))
        if there is not None and there.digest != artifact.digest:
            problems.append(_moved(artifact, alias, there.digest, known))
    return tuple(problems)


def refuse_moved(ws: "Workspace", service: str, reference: Reference, digest: Digest) -> None:
    """Refuse a tag that the ledger knows as an alias of another digest than the registry gives for it now.

    Raises:
        RefusedError: `alias.moved`.
    """
    for environment in ws.project.environments:
        known = _known(ws, environment, service, reference.tag) if environment.alias else None
        before = _digest(known, service) if known is not None else None
        if known is not None and before != digest:
            raise RefusedError(
                f"{reference} was moved to {digest}: the ledger has it as {before}, which {known.promotion} brought to"
                f" {environment.name}",
                code="alias.moved",
                hint="Name the digest that you mean, and find out who moved the tag. `vivido run` puts it back.",
            )


def write_aliases(
    ws: "Workspace", release: Release, environment: Environment
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Let every artifact's alias point at it.

    Returns:
        Service → alias, and the references that pointed elsewhere or were missing.
    """
    from vivido.registry.resolve import resolve
    from vivido.registry.tags import tag

    aliases: dict[str, str] = {}
    written: list[str] = []
    for artifact in placed(release.artifacts, environment.registry):
        alias = alias_of(environment, artifact)
        if not alias:
            continue
        aliases[artifact.service] = alias
        reference = Reference(artifact.repository, alias)
        there = resolve(ws.registry, reference)
        if there is None or there.digest != artifact.digest:
            tag(ws.registry, artifact.repository, artifact.digest, alias)
            written.append(str(reference))
    return aliases, tuple(written)


def _known(ws: "Workspace", environment: Environment, service: str, alias: str) -> Deployed | None:
    """Return the newest deployment that gave a service this alias."""
    for deployed in ws.records.deployed(environment.name, limit=1000):
        artifact = deployed.release.artifact(service)
        if artifact is not None and alias_of(environment, artifact) == alias:
            return deployed
    return None


def _digest(deployed: Deployed, service: str) -> Digest | None:
    artifact = deployed.release.artifact(service)
    return artifact.digest if artifact is not None else None


def _reused(environment: Environment, artifact: Artifact, alias: str, known: Deployed, before: Digest) -> Problem:
    return Problem(
        "alias.reused",
        f"{artifact.service} {artifact.version} is {artifact.digest[:19]} now; as {alias} the ledger has {before[:19]}"
        f" ({known.release.id}, {known.promotion} in {environment.name})",
        "A version stands for one build: give the new one a new version.",
        artifact.image,
    )


def _moved(artifact: Artifact, alias: str, there: Digest, known: Deployed | None) -> Problem:
    says = (
        f"the ledger has {artifact.digest[:19]}"
        if known is not None
        else f"{artifact.version} is {artifact.digest[:19]}"
    )
    return Problem(
        "alias.moved",
        f"the tag {alias} of {artifact.repository} points at {there[:19]}, and {says}",
        "Find out who moved it; `vivido run` puts back what the ledger knows. One that the ledger does not know: remove it.",
        artifact.image,
    )
