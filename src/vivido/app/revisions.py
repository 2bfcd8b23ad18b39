"""Which commit of the configuration goes with a release in an environment, and onto which a promotion is made."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import refused
from vivido.app.earlier import as_now, layout_at
from vivido.app.found import ownership
from vivido.app.upward import composed
from vivido.errors import Error, InputError, RefusedError
from vivido.layouts.kinds import layout_of
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Release, Revision
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Taken(msgspec.Struct, frozen=True):
    """The revisions of a release that is being made."""

    revision: Revision
    revisions: dict[str, Revision] = {}
    notes: tuple[str, ...] = ()


def revision_of(ws: "Workspace", release: Release, environment: Environment) -> str:
    """Return the commit at which an environment is rendered for a release.

    Raises:
        RefusedError: `release.no-revision`; `release.before-conversion`: it was made for branches, whose trees are not constructed
            any more.
    """
    own = own_revision(release, environment)
    then = layout_at(ws, environment, own)
    if not then:
        return composed(ws, environment, own, release.revision.commit)
    if then == "branches" and environment.name != ws.project.environments[0].name:
        raise refused(
            "release.before-conversion", "it is of another layout", before_conversion(ws, release, environment)
        )
    return as_now(ws, environment, own)


def before_conversion(ws: "Workspace", release: Release, environment: Environment) -> tuple[Problem, ...]:
    """Say whether a release was made in another layout: its revision stands for what it was, and is nothing to promote."""
    found = release.revision_of(environment.name)
    then = layout_at(ws, environment, found.commit) if found is not None else ""
    if not then:
        return ()
    return (
        Problem(
            "release.before-conversion",
            f"{release.id} was made in the layout {then}, and the project has the layout {ws.project.layout} now",
            "Make one of the same images here: vivido release create. Environments that run them are passed as unchanged.",
            environment.name,
        ),
    )


def base_at(ws: "Workspace", release: Release, environment: Environment, tip: str) -> str:
    """Return the commit onto which the images are written when a release is promoted to a branch that is at `tip`.

    It is the tip itself, or, where merges are made, what stands for the tree that is constructed.
    """
    return composed(ws, environment, tip, release.revision.commit)


def own_revision(release: Release, environment: Environment) -> str:
    """Return the commit of the environment's own configuration that goes with a release.

    Raises:
        RefusedError: `release.no-revision`: it was made without one for this environment.
    """
    found = release.revision_of(environment.name)
    if found is not None:
        return found.commit
    raise RefusedError(
        f"{release.id} was made without a revision of {environment.name}'s configuration",
        code="release.no-revision",
        hint="Make a release where that configuration can be read: vivido release create",
    )


def take(ws: "Workspace", newest: Release | None, revision: str) -> Taken:
    """Choose the revisions of a new release: what `revision` names, else the branches' tips.

    Promotions move the tips, and are no other configuration than the one they promoted; so a tip that brings nothing else gives
    the revision of the newest release again.

    Args:
        ws: The project.
        newest: The release before.
        revision: A commit, or `ENVIRONMENT=COMMIT,…` where each environment has a revision of its own.

    Raises:
        InputError: `release.revision`.
        NotFoundError: `git.no-commit`.
    """
    first, *others = ws.project.environments
    layout = layout_of(ws.project)
    named = _named(ws, revision, several=layout.several)
    found = _tip(ws, newest, first, named.get(first.name, ""))
    if not layout.several:
        return Taken(found)
    revisions, notes = {first.name: found}, list[str]()
    for environment in others:
        try:
            revisions[environment.name] = _tip(ws, newest, environment, named.get(environment.name, ""))
        except InputError:
            raise
        except Error as e:
            # Whoever may not read production's configuration can still make a release for the environments before it.
            notes.append(f"it cannot go to {environment.name}, whose configuration cannot be read: {redact(e.message)}")
    return Taken(found, revisions, tuple(notes))


def without_place(ws: "Workspace", release: Release) -> tuple[str, ...]:
    """Say which environments have no configuration yet for a service of a release, where each has its own revision.

    It keeps no release from being made: what is missing may come before it gets there. A promotion there is refused.
    """
    from vivido.layouts.places import directory

    told: list[str] = []
    for environment in ws.project.environments if release.revisions else ():
        revision, project = release.revision_of(environment.name), ws.placed(environment)
        if revision is None:
            continue
        tree = ws.repository(environment).tree(revision.commit)
        for artifact in release.artifacts:
            service = project.service(artifact.service)
            found = directory(project, service, environment, tree.listing) if service is not None else ""
            if isinstance(found, Problem):
                told.append(f"{environment.name} cannot take it yet: {found.message}")
    return tuple(told)


def _tip(ws: "Workspace", newest: Release | None, environment: Environment, named: str) -> Revision:
    repository = ws.repository(environment)
    if named:
        return Revision(repository.url, repository.resolve(named))
    tip = repository.fetch()
    before = newest.revision_of(environment.name) if newest is not None else None
    if before is not None and _same(ws, environment, before.commit, tip):
        return Revision(repository.url, before.commit)
    return Revision(repository.url, tip)


def _same(ws: "Workspace", environment: Environment, before: str, tip: str) -> bool:
    """Whether a tip brings nothing that a release would take from it and the commit before has not."""
    repository, owns = ws.repository(environment), ws.owns(environment)
    if owns is None:
        return repository.only_promotions(before, tip)
    changed, rendered = repository.changed(before, tip), ws.hydrated(environment)
    if changed is None or any(owns(path) and not rendered(path) for path in changed):
        return False
    own = ownership(ws, environment, tip, ws.repository(ws.project.environments[0]).tip())
    return own is None or not any(f.path in changed for f in own.found)


def _named(ws: "Workspace", revision: str, *, several: bool) -> dict[str, str]:
    first = ws.project.environments[0].name
    if not revision or not several:
        return {first: revision}
    found: dict[str, str] = {}
    for part in revision.split(","):
        name, equals, commit = part.strip().partition("=")
        if not equals or not commit or ws.project.environment(name) is None:
            raise InputError(
                f"“{part.strip()}” is no revision of an environment",
                code="release.revision",
                hint=f"Each environment has its own here: --revision {first}=COMMIT",
            )
        found[name] = commit
    return found
