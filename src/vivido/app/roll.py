"""Every service in every environment at a commit: rendered at once, and quick where little changed since it was asked for last.

What came out is remembered as a whole, by the commit's tree. At another commit only those places are looked at again below which,
or below whose dependencies, a path differs.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.renderings import Kept, Memory, Outcome, Wanted, kept, render, unpacked, wanted
from vivido.layouts.interface import Place
from vivido.model.canonical import fingerprint
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Environment, Service
from vivido.render.many import FORMAT, tools

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Part(msgspec.Struct, frozen=True):
    """One place of an environment at a commit."""

    wanted: Wanted
    hash: str = ""
    """Of its objects; empty where they could not be rendered."""
    problems: tuple[Problem, ...] = ()


class Unplaced(msgspec.Struct, frozen=True):
    """A service that has no configuration for an environment."""

    environment: str
    service: str
    problem: Problem


class _Roll(msgspec.Struct, frozen=True):
    """What is remembered of one environment."""

    commit: str
    tree: str
    parts: tuple[Part, ...]
    unplaced: tuple[Unplaced, ...]


class _Asked(msgspec.Struct, frozen=True):
    """One environment at a commit, before it is known what is missing."""

    commit: str
    tree: str
    shelf: str
    last: _Roll | None
    wanted: tuple[Wanted, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def current(self) -> _Roll | None:
        """What is remembered, where it is of this very tree."""
        return self.last if self.last is not None and _is_of(self.last, self.tree) else None

    @property
    def known(self) -> dict[str, Part]:
        """What is known from the last time, by its key."""
        return {} if self.last is None else {p.wanted.key: p for p in self.last.parts if not p.problems}


class Renderings:
    """The outcome: parts with their hashes at once, their objects when they are asked for."""

    def __init__(
        self, ws: "Workspace", commits: Mapping[str, str], rolls: Sequence[_Roll], fresh: Mapping[str, Outcome]
    ) -> None:
        self._ws = ws
        self._commits = commits
        self._fresh = dict(fresh)
        self.parts = tuple(p for roll in rolls for p in roll.parts)
        self.unplaced = tuple(u for roll in rolls for u in roll.unplaced)

    def load(self, parts: Sequence[Part]) -> dict[str, Rendered]:
        """Return the objects of parts, by their keys; parts that could not be rendered are left out.

        What was kept and is not whole any more is rendered again.
        """
        asked = [p.wanted for p in parts if not p.problems and p.wanted.key not in self._fresh]
        there = kept(self._ws.renderings, asked, self._ws.now())
        self._fresh |= _render(self._ws, self._commits, [w for w in asked if w.key not in there])
        found = {k: unpacked(one) for k, one in there.items()}
        keys = {p.wanted.key for p in parts}
        return found | {k: o for k, o in self._fresh.items() if k in keys and isinstance(o, Rendered)}


def render_all(ws: "Workspace", commits: Mapping[str, str]) -> Renderings:
    """Render every service in environments, as commits of their configuration say.

    Args:
        ws: The project.
        commits: Environment → commit of the repository that holds its configuration.

    Raises:
        ToolError: The program that renders is missing.
        NotFoundError: `git.no-commit`, `environment.unknown`.
    """
    asked = _asked(ws, commits)
    parts = [p for one in asked if one.current is None for p in one.wanted if p.key not in one.known]
    there = kept(ws.renderings, parts, ws.now())
    fresh = _render(ws, commits, [p for p in parts if p.key not in there])
    rolls = [one.current or _roll(one, there, fresh) for one in asked]
    new = {one.shelf: msgspec.json.encode(roll) for one, roll in zip(asked, rolls, strict=True) if one.current is None}
    if new:
        ws.renderings.put(new, ws.now())
    return Renderings(ws, commits, rolls, fresh)


def _asked(ws: "Workspace", commits: Mapping[str, str]) -> list[_Asked]:
    programs, environments = tools(), [e.name for e in ws.project.environments]
    shelves = {
        name: fingerprint(["roll", FORMAT, programs, name, ws.placed(ws.environment(name)).services, environments])
        for name in commits
    }
    lasts = ws.renderings.get(shelves.values(), ws.now())
    found: list[_Asked] = []
    for name, commit in commits.items():
        environment, body = ws.environment(name), lasts.get(shelves[name])
        last = None if body is None else msgspec.json.decode(body, type=_Roll)
        tree = ws.repository(environment).snapshot(commit).root
        places: tuple[Sequence[Wanted], tuple[Unplaced, ...]] = ((), ())
        if last is None or not _is_of(last, tree):
            places = _places(ws, environment, commit, last)
        found.append(_Asked(commit, tree, shelves[name], last, tuple(places[0]), places[1]))
    return found


def _is_of(last: _Roll, tree: str) -> bool:
    return last.tree == tree and not any(map(_may_pass, last.parts))


def _render(ws: "Workspace", commits: Mapping[str, str], parts: Sequence[Wanted]) -> dict[str, Outcome]:
    """Render parts of several environments: those of one commit at once."""
    groups: dict[tuple[int, str], list[Wanted]] = {}
    repositories = {name: ws.repository(ws.environment(name)) for name in commits}
    for part in parts:
        name = part.environment
        groups.setdefault((id(repositories[name].mirror), commits[name]), []).append(part)
    found: dict[str, Outcome] = {}
    for (_, commit), some in groups.items():
        found |= render(repositories[some[0].environment], commit, some, {}, ws.renderings, ws.now())
    return found


def _roll(one: _Asked, there: Mapping[str, Kept], fresh: Mapping[str, Outcome]) -> _Roll:
    known = one.known
    made = [known.get(p.key) or _part(p, there, fresh) for p in one.wanted]
    parts = tuple(msgspec.structs.replace(m, wanted=p) for m, p in zip(made, one.wanted, strict=True))
    return _Roll(one.commit, one.tree, parts, one.unplaced)


def _may_pass(part: Part) -> bool:
    """Say whether what stood in the way may be gone, although no file changed."""
    return any(problem.code == "render.timeout" for problem in part.problems)


def _part(one: Wanted, there: Mapping[str, Kept], fresh: Mapping[str, Outcome]) -> Part:
    outcome = fresh.get(one.key)
    if isinstance(outcome, Rendered):
        return Part(one, outcome.hash)
    return Part(one, problems=outcome) if outcome is not None else Part(one, there[one.key].hash)


def _places(
    ws: "Workspace", environment: Environment, commit: str, last: _Roll | None
) -> tuple[list[Wanted], tuple[Unplaced, ...]]:
    """Return an environment's places: those of the last time where nothing near them changed, the others looked for again."""
    services = ws.placed(environment).services
    touched = None if last is None else _touched(ws.repository(environment).changed(last.commit, commit))
    if last is None or touched is None:
        return _found(ws, environment, commit, [s.name for s in services])
    again = _affected(services, last, touched)
    parts = [p.wanted for p in last.parts if not again.intersection(p.wanted.services)]
    unplaced = tuple(u for u in last.unplaced if u.service not in again)
    more, lost = _found(ws, environment, commit, again)
    return parts + more, unplaced + lost


def _touched(paths: Sequence[str] | None) -> set[str] | None:
    """Return paths with all directories above them."""
    if paths is None:
        return None
    found = {""}
    for path in paths:
        while path not in found:
            found.add(path)
            path = path.rpartition("/")[0]  # noqa: PLW2901
    return found


def _affected(services: Sequence[Service], last: _Roll, touched: set[str]) -> set[str]:
    found = {s.name for s in services if _base(s) in touched}
    for part in last.parts:
        if part.problems or not touched.isdisjoint(part.wanted.needs):
            found.update(part.wanted.services)
    while True:
        # Services that share a place are looked for together.
        more = {n for p in last.parts if not found.isdisjoint(p.wanted.services) for n in p.wanted.services}
        if more <= found:
            return found
        found |= more


def _base(service: Service) -> str:
    """Return the directory below which a service's configuration is looked for, in all environments."""
    return service.config.partition("{environment}")[0].rstrip("/").removeprefix("./").removesuffix(".")


def _found(
    ws: "Workspace", environment: Environment, commit: str, services: Collection[str]
) -> tuple[list[Wanted], tuple[Unplaced, ...]]:
    from vivido.layouts.places import place

    files, memory, project = ws.repository(environment).snapshot(commit), Memory(), ws.placed(environment)
    unplaced: list[Unplaced] = []
    shared: dict[Place, list[str]] = {}
    for service in (s for s in project.services if s.name in services):
        found = place(project, service, environment, files.listing)
        if isinstance(found, Problem):
            unplaced.append(Unplaced(environment.name, service.name, found))
        else:
            shared.setdefault(found, []).append(service.name)
    return [wanted(environment.name, of, one, files, memory) for one, of in shared.items()], tuple(unplaced)
