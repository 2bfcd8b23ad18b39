"""What each environment is, service by service: its deployed truth, a commit as it says, or a release."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido.app.content import REFUSALS, refusal
from vivido.app.earlier import as_now
from vivido.app.revisions import revision_of
from vivido.app.roll import Renderings, Roll, render_asked
from vivido.app.survey import Ask, Part, Refusal, Survey
from vivido.app.truth import told_at
from vivido.drift.parity.report import Side, Subject
from vivido.errors import Error
from vivido.model.canonical import fingerprint
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.release import Artifact, Release
from vivido.render.terraform.kinds import STATE
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_NOTHING = Rendered(()).hash


class Taken(msgspec.Struct, frozen=True):
    """What stands for one environment."""

    environment: str
    commit: str = ""
    """Of the configuration; empty where there is nothing."""
    release: str = ""
    """Empty where a commit is taken as it is."""
    artifacts: tuple[Artifact, ...] = ()
    as_is: bool = False
    """The images are those that the commit names."""
    problem: Problem | None = None
    """Why there is nothing."""


def deployed_truth(ws: "Workspace", environment: str) -> Taken:
    """Take what was promoted to an environment last."""
    found = next(iter(ws.records.deployed(environment)), None)
    if found is None:
        hint = f"Promote something to it, or compare what the branch says: --at {ws.repository(ws.environment(environment)).branch}"
        why = Problem("environment.empty", "nothing was deployed to it yet", hint, environment)
        return Taken(environment, problem=why)
    commit = told_at(ws, ws.environment(environment), found)
    return Taken(environment, commit, found.release.id, found.release.artifacts)


def as_it_is(ws: "Workspace", environment: str, commit: str) -> Taken:
    """Take what a commit of the configuration says."""
    where = ws.environment(environment)
    return Taken(where.name, as_now(ws, where, commit), as_is=True)


def of_release(ws: "Workspace", environment: str, release: Release) -> Taken:
    """Take what a release would be in an environment."""
    try:
        commit = revision_of(ws, release, ws.environment(environment))
    except Error as e:
        return Taken(environment, problem=Problem(e.code, redact(e.message), e.hint, environment))
    return Taken(environment, commit, release.id, release.artifacts)


def images(ws: "Workspace", taken: Taken, services: Sequence[str]) -> dict[str, str]:
    """Return the image of each service that is promoted, or that the commit names. Nothing is rendered."""
    if taken.problem is not None:
        return {}
    survey = Survey(ws, Ask(taken.environment, taken.commit, taken.artifacts, taken.as_is, tuple(services)))
    parts = [draft.part for draft in survey.look(survey.asked)[0]]
    return {name: image for part in parts for name, image in part.images.items() if name in services}


class Standing(NamedTuple):
    """What an environment has of a group, by its parts, or why that cannot be told."""

    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def hash(self) -> str:
        """What tells its objects from others."""
        return self.parts[0].hash if len(self.parts) == 1 else fingerprint([p.hash for p in self.parts])


class Group(NamedTuple):
    """Services that share a directory: their objects cannot be told apart.

    Attributes:
        services: Their names.
        standings: By environment.
        images: Environment → service → the image that was promoted there, or that the commit names.
    """

    services: tuple[str, ...]
    standings: Mapping[str, Standing]
    images: Mapping[str, Mapping[str, str]]


class Sides:
    """Services in environments. What cannot be rendered is a value, service by service.

    Args:
        ws: The project.
        taken: What stands for each environment.
        services: Names; empty for all.
        groups: Names that belong together, where that is known; they are found otherwise.
        ahead: Returns what somebody will ask for next: rendered in the same go where it is little. Not asked where nothing is.
    """

    def __init__(
        self,
        ws: "Workspace",
        taken: Sequence[Taken],
        services: Sequence[str] = (),
        groups: Sequence[tuple[str, ...]] = (),
        ahead: Callable[[], Sequence[Taken]] = tuple,
    ) -> None:
        services = services or [name for group in groups for name in group]
        self.taken = [_reachable(ws, one) for one in taken]
        self.written = frozenset(one.environment for one in taken if one.as_is)
        self.homes = {one.environment: ws.environment(one.environment).registry for one in taken}
        asks = _asks(self.taken, services)
        self._renderings: Renderings = render_asked(
            ws, asks, lambda: _asks([_reachable(ws, one) for one in ahead()], services)
        )
        self._parts = {e: _by_service(roll) for e, roll in self._renderings.rolls.items()}
        wanted = tuple(s.name for s in ws.project.services if not services or s.name in services)
        self.groups = tuple(self._group(names) for names in groups or self._shared(wanted))

    def part(self, environment: str, service: str) -> Part | None:
        """Return the place of a service; None where it has none that is known."""
        return self._parts.get(environment, {}).get(service)

    def subjects(self, groups: Sequence[Group] | None = None) -> tuple[Subject, ...]:
        """Return groups with their objects; all where none are named."""
        chosen = self.groups if groups is None else groups
        loaded = self._renderings.load([p for g in chosen for s in g.standings.values() for p in s.parts])
        return tuple(
            Subject(
                g.services,
                {e: _side(e, s, loaded) for e, s in g.standings.items()},
                g.images,
                self.written,
                self.homes,
            )
            for g in chosen
        )

    def _shared(self, services: Sequence[str]) -> list[tuple[str, ...]]:
        shared: dict[object, list[str]] = {}
        for name in services:
            places = ((e, parts[name].wanted.place) for e, parts in self._parts.items() if name in parts)
            shared.setdefault(next(places, name), []).append(name)
        return [tuple(group) for group in shared.values()]

    def _group(self, names: tuple[str, ...]) -> Group:
        images = {t.environment: self._images(t, names) for t in self.taken}
        return Group(names, {t.environment: self._standing(t, names) for t in self.taken}, images)

    def _images(self, taken: Taken, names: Sequence[str]) -> dict[str, str]:
        roll = self._renderings.rolls.get(taken.environment)
        if roll is None:
            return {}
        if not taken.as_is:
            return {name: roll.asked[name] for name in names if name in roll.asked}
        parts = self._parts[taken.environment]
        return {n: parts[n].images[n] for n in names if n in parts and n in parts[n].images}

    def _standing(self, taken: Taken, names: Sequence[str]) -> Standing:
        if taken.problem is not None:
            return Standing(problems=(taken.problem,))
        environment, roll = taken.environment, self._renderings.rolls[taken.environment]
        only = self._parts[environment].get(names[0]) if len(names) == 1 else None
        if only is not None and only.refusal is None and only.hash != _NOTHING:
            return Standing((only,))
        here = [name for name in names if name in roll.asked]
        if not here:
            what = f"{taken.release} has no {' and no '.join(names)}"
            why = Problem("parity.no-service", what, "Promote a release that has it.", environment)
            return Standing(problems=(why,))
        lost = tuple(dict.fromkeys(u.problem for u in roll.unplaced if u.service in here))
        if lost:
            code = "render.refused" if taken.as_is else "layout.refused"
            return Standing(problems=(_told(Refusal(code, lost), environment),))
        known = self._parts[environment]
        parts = tuple({known[name].wanted.place: known[name] for name in here}.values())
        refused = [p.refusal for p in parts if p.refusal is not None]
        if refused:
            return Standing(problems=(_told(refused[0], environment),))
        if all(p.hash == _NOTHING for p in parts):
            why = Problem("parity.no-objects", "it renders to nothing", "Look at its configuration.", environment)
            return Standing(problems=(why,))
        return Standing(parts)


def _asks(taken: Sequence[Taken], services: Sequence[str]) -> list[Ask]:
    return [Ask(t.environment, t.commit, t.artifacts, t.as_is, tuple(services)) for t in taken if not t.problem]


def _reachable(ws: "Workspace", taken: Taken) -> Taken:
    """Return what is taken; where its commit is not there any more, with that as the problem."""
    if taken.problem is None:
        try:
            ws.repository(ws.environment(taken.environment)).snapshot(taken.commit)
        except Error as e:
            return msgspec.structs.replace(taken, problem=_problem(e))
    return taken


def _by_service(roll: Roll) -> dict[str, Part]:
    return {name: part for part in roll.parts for name in part.wanted.services}


def _told(refused: Refusal, environment: str) -> Problem:
    """Return one problem for all that stands in the way."""
    if refused.code in REFUSALS:
        return _problem(refusal(refused.code, environment, refused.problems))
    return refused.problems[0]


def _problem(error: Error) -> Problem:
    return Problem(error.code, redact(error.message), error.hint, error.where)


def _side(environment: str, standing: Standing, loaded: Mapping[str, Rendered]) -> Side:
    if standing.problems:
        return standing.problems
    found = [loaded[p.wanted.key] for p in standing.parts if p.wanted.key in loaded]
    if len(found) < len(standing.parts):
        # What could be rendered a moment ago, and was lost since, cannot be any more.
        return (Problem("render.refused", f"{environment} cannot be rendered any more", where=environment),)
    # Where environments keep their states has to differ; that they share none is asked by itself.
    found = [msgspec.structs.replace(r, objects=tuple(o for o in r.objects if o.get("kind") != STATE)) for r in found]
    if len(found) == 1:
        return found[0]
    from vivido.layouts.files import merged

    made = merged(found)
    return made if isinstance(made, Rendered) else (_problem(refusal("render.refused", environment, made)),)
