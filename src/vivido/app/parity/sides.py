"""What each environment is, service by service: its deployed truth, a commit as it says, or a release."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.revisions import revision_of
from vivido.drift.parity.report import Side, Subject
from vivido.errors import Error
from vivido.model.problem import Problem
from vivido.model.project import Environment, Service
from vivido.model.reference import Digest, parse_repository
from vivido.model.release import Artifact, Release, placed
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_UNKNOWN = Digest("sha256:" + "0" * 64)


class Taken(msgspec.Struct, frozen=True):
    """What stands for one environment."""

    environment: str
    commit: str = ""
    """Of the configuration; empty where there is nothing."""
    release: str = ""
    """Empty where a commit is taken as it is."""
    artifacts: tuple[Artifact, ...] = ()
    as_is: bool = False
    """The images are those that the commit names; the artifacts only name the services."""
    problem: Problem | None = None
    """Why there is nothing."""


def deployed_truth(ws: "Workspace", environment: str) -> Taken:
    """Take what was promoted to an environment last."""
    found = next(iter(ws.records.deployed(environment)), None)
    if found is None:
        hint = f"Promote something to it, or compare what the branch says: --at {ws.repository(ws.environment(environment)).branch}"
        why = Problem("environment.empty", "nothing was deployed to it yet", hint, environment)
        return Taken(environment, problem=why)
    return Taken(environment, found.commit, found.release.id, found.release.artifacts)


def as_it_is(ws: "Workspace", environment: str, commit: str) -> Taken:
    """Take what a commit of the configuration says."""
    artifacts = tuple(_stand_in(s) for s in ws.project.services)
    return Taken(environment, commit, "", artifacts, as_is=True)


def of_release(ws: "Workspace", environment: str, release: Release) -> Taken:
    """Take what a release would be in an environment."""
    try:
        commit = revision_of(ws, release, ws.environment(environment))
    except Error as e:
        return Taken(environment, problem=Problem(e.code, redact(e.message), e.hint, environment))
    return Taken(environment, commit, release.id, release.artifacts)


def _stand_in(service: Service) -> Artifact:
    return Artifact(service.name, parse_repository(service.image), _UNKNOWN)


def subjects(ws: "Workspace", taken: Sequence[Taken], services: Iterable[str] = ()) -> tuple[Subject, ...]:
    """Render services in environments. What cannot be rendered is a value, service by service.

    Args:
        ws: The project.
        taken: What stands for each environment.
        services: Names; empty for all.
    """
    wanted = tuple(services) or tuple(s.name for s in ws.project.services)
    return tuple(_subject(ws, group, taken) for group in _groups(ws, wanted, taken))


def _subject(ws: "Workspace", group: tuple[str, ...], taken: Sequence[Taken]) -> Subject:
    sides = {one.environment: side(ws, one, group) for one in taken}
    return Subject(group, sides, {one.environment: images(ws, one, group) for one in taken})


def side(ws: "Workspace", taken: Taken, group: Sequence[str]) -> Side:
    """Return the objects of services that share a directory, or why they cannot be told."""
    if taken.problem is not None:
        return (taken.problem,)
    artifacts = [a for a in taken.artifacts if a.service in group]
    if not artifacts:
        what = f"{taken.release} has no {' and no '.join(group)}"
        return (Problem("parity.no-service", what, "Promote a release that has it.", taken.environment),)
    environment = ws.environment(taken.environment)
    try:
        rendered = rendered_at(ws, taken.commit, environment, artifacts, as_is=taken.as_is)
    except Error as e:
        return (Problem(e.code, redact(e.message), e.hint, e.where),)
    if not rendered.objects:
        return (Problem("parity.no-objects", "it renders to nothing", "Look at its configuration.", taken.environment),)
    return rendered


def images(ws: "Workspace", taken: Taken, group: Sequence[str]) -> dict[str, str]:
    """Return the image of each service that was promoted, or that the commit names."""
    if taken.problem is not None:
        return {}
    environment = ws.environment(taken.environment)
    if not taken.as_is:
        here = placed(taken.artifacts, environment.registry)
        return {a.service: a.image for a in here if a.service in group}
    from vivido.layouts.files import read_images

    tree = ws.repository(environment).tree(taken.commit)
    try:
        found = read_images(ws.placed(environment), environment, tree.read, tree.listing)
    except Error:
        return {}  # The renderer, which is asked too, tells what is wrong.
    return {name: image for name, image in found.items() if name in group}


def _groups(ws: "Workspace", services: Sequence[str], taken: Sequence[Taken]) -> list[tuple[str, ...]]:
    """Put services together that share a directory: their objects cannot be told apart."""
    shared: dict[str, list[str]] = {}
    for name in services:
        shared.setdefault(_directory(ws, name, taken), []).append(name)
    return [tuple(group) for group in shared.values()]


def _directory(ws: "Workspace", name: str, taken: Sequence[Taken]) -> str:
    for one in taken:
        if not one.commit:
            continue
        found = directory_of(ws, name, ws.environment(one.environment), one.commit)
        if found is not None:
            return f"{one.environment}:{found}"
    return f"service {name}"


def directory_of(ws: "Workspace", service: str, environment: Environment, commit: str) -> str | None:
    """Return the directory of a service for an environment at a commit; None where there is none."""
    from vivido.layouts.places import directory

    project = ws.placed(environment)
    known = project.service(service)
    listing = ws.repository(environment).tree(commit).listing
    found = directory(project, known, environment, listing) if known else None
    return found if isinstance(found, str) else None
