"""What would change: differences between what runs, what Git says, releases, and environments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.differing import differing
from vivido.app.fetching import fetch
from vivido.app.find import find_release
from vivido.app.truth import told_at
from vivido.errors import InputError, NotFoundError
from vivido.model.difference import Difference
from vivido.model.objects import Rendered
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

MOST_WORDS = 3
"""A service, and two environments or an environment and a release."""


class Comparison(msgspec.Struct, frozen=True):
    """What differs between two sides."""

    environment: str
    left: str
    right: str
    differences: tuple[Difference, ...]
    """Empty where both mean the same. No secret is in them."""
    service: str = ""
    """The only one that was compared; empty for all."""


class Question(msgspec.Struct, frozen=True):
    """What a person wants to have compared."""

    service: str = ""
    environments: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()


def question(words: Sequence[str], environments: Sequence[str], services: Sequence[str]) -> Question:
    """Read `[SERVICE] [ENVIRONMENT | A..B | RELEASE]`, in any order; `A B` is `A..B`. Pure.

    A name that is both is the environment's, until that is there.

    Raises:
        InputError: `diff.words`: what was asked makes no pair.
    """
    places: list[str] = []
    releases: list[str] = []
    service = ""
    for word in " ".join(words).replace("..", " ").split():
        if word in environments and word not in places:
            places.append(word)
        elif word in services and not service:
            service = word
        else:
            releases.append(word)
    if len(words) > MOST_WORDS or len(places) > 2 or len(releases) > 2 or (len(places) == 2 and releases):
        raise InputError(
            f"“{' '.join(words)}” names more than two sides",
            code="diff.words",
            hint="Name an environment, two environments, or an environment and a release or two; and a service if you like.",
        )
    return Question(service, tuple(places), tuple(releases))


def compared(ws: "Workspace", asked: Question) -> tuple[Comparison, ...]:
    """Answer a question; where no environment is named, for each of them, and for a release where it would go next.

    Raises:
        NotFoundError: `environment.empty`; `diff.unknown`: a word is nothing that there is.
        ConflictError: As `find_release`.
    """
    for word in asked.releases:
        _known(ws, word)
    match asked:
        case Question(_, (left, right), _):
            return (_environments(ws, left, right, asked.service),)
        case Question(_, (place,), (old, new)):
            return (_releases(ws, place, old, new, asked.service),)
        case Question(_, (place,), releases):
            return (_environment(ws, place, "".join(releases), asked.service),)
        case Question(_, (), ()):
            return tuple(_environment(ws, e.name, "", asked.service) for e in ws.project.environments)
        case _:
            return (_on_its_way(ws, asked),)


def _known(ws: "Workspace", word: str) -> None:
    try:
        find_release(ws, word)
    except NotFoundError as e:
        environments = ", ".join(x.name for x in ws.project.environments)
        services = ", ".join(x.name for x in ws.project.services)
        hint = f"Environments are {environments}; services {services}. {e.hint}"
        what = f"“{word}” is no environment, no service and no release"
        raise NotFoundError(what, code="diff.unknown", hint=hint) from e


def _environments(ws: "Workspace", left: str, right: str, service: str) -> Comparison:
    sides: list[Rendered] = []
    fetch(ws, (left, right))
    for name in (left, right):
        deployed = next(iter(ws.records.deployed(name)), None)
        if deployed is None:
            raise _empty(ws, left, right, name)
        where = ws.environment(name)
        sides.append(rendered_at(ws, told_at(ws, where, deployed), where, _of(service, deployed.release.artifacts)))
    # Namespaces name the environment; as part of an identity they would make every object another one.
    return Comparison(left, left, right, differing(ws, sides[0], sides[1], "ignore"), service)


def _environment(ws: "Workspace", name: str, release: str, service: str) -> Comparison:
    where = ws.environment(name)
    repository = ws.repository(where)
    tip = repository.fetch()
    deployed = next(iter(ws.records.deployed(name)), None)
    live = _of(service, deployed.release.artifacts) if deployed else ()
    before = rendered_at(ws, told_at(ws, where, deployed), where, live) if deployed else Rendered(())
    if release:
        from vivido.app.revisions import revision_of

        wanted = find_release(ws, release)
        after = rendered_at(ws, revision_of(ws, wanted, where), where, _of(service, wanted.artifacts))
        right = wanted.id
    else:
        after, right = rendered_at(ws, tip, where, live, as_is=True), f"{repository.branch} at {tip[:12]}"
    left = deployed.release.id if deployed else "nothing"
    return Comparison(name, left, right, differing(ws, before, after), service)


def _releases(ws: "Workspace", name: str, left: str, right: str, service: str) -> Comparison:
    from vivido.app.revisions import revision_of

    where = ws.environment(name)
    ws.repository(where).fetch()
    found = [find_release(ws, one) for one in (left, right)]
    before, after = (rendered_at(ws, revision_of(ws, r, where), where, _of(service, r.artifacts)) for r in found)
    return Comparison(name, found[0].id, found[1].id, differing(ws, before, after), service)


def _empty(ws: "Workspace", left: str, right: str, name: str) -> NotFoundError:
    branch = ws.repository(ws.environment(name)).branch
    return NotFoundError(
        f"nothing was deployed to {name} yet",
        code="environment.empty",
        hint=f"Compare what Git says: vivido parity {left} {right} --at {branch}. Take in what runs already: vivido import {name}",
    )


def _on_its_way(ws: "Workspace", asked: Question) -> Comparison:
    """Compare a release with what runs where it would go next, or two releases in the first environment."""
    names = [e.name for e in ws.project.environments]
    if len(asked.releases) == 2:
        return _releases(ws, names[0], *asked.releases, asked.service)
    wanted = find_release(ws, asked.releases[0])
    ran = {name: {d.release.id for d in ws.records.deployed(name, limit=1000)} for name in names}
    ahead = next((name for name in names if wanted.id not in ran[name]), names[-1])
    return _environment(ws, ahead, wanted.id, asked.service)


def _of(service: str, artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    return tuple(a for a in artifacts if service in ("", a.service))
