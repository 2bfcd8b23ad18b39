"""Every service in every environment at a commit: rendered at once, and quick where little changed since it was asked for last.

What came out is remembered as a whole, by the commit's tree and the images that were to run. At another commit only those places
are looked at again below which, or below whose dependencies, a path differs, and those whose images are others.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido.app.making import joined, make
from vivido.app.renderings import Made, Memory, kept, unpacked
from vivido.app.survey import Ask, Draft, Part, Survey, Unplaced, unrendered
from vivido.model.canonical import fingerprint
from vivido.model.objects import Rendered
from vivido.model.project import Service
from vivido.render.batch import SIZE
from vivido.render.tool import FORMAT, tools
from vivido.text.paths import upwards

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_FORM = 2
"""Raised when what is remembered changes its form: then nothing older is looked at."""


class Roll(msgspec.Struct, frozen=True):
    """One environment at a commit."""

    commit: str
    tree: str
    asked: dict[str, str]
    """The services that were looked at, each with the image that it was to run; empty where the commit says it."""
    parts: tuple[Part, ...]
    unplaced: tuple[Unplaced, ...]

    def is_of(self, survey: Survey) -> bool:
        """Say whether this is still what a survey would find."""
        same = self.tree == survey.files.root and self.asked == survey.asked
        return same and not any(p.refusal is not None and p.refusal.passing for p in self.parts)


class Renderings:
    """The outcome: parts with their hashes at once, their objects when they are asked for.

    Attributes:
        rolls: By environment.
    """

    def __init__(
        self, ws: "Workspace", asks: Mapping[str, Ask], rolls: Mapping[str, Roll], fresh: Mapping[str, Rendered]
    ) -> None:
        self._ws = ws
        self._asks = asks
        self._fresh = dict(fresh)
        self.rolls = rolls

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of them."""
        return tuple(p for roll in self.rolls.values() for p in roll.parts)

    @property
    def unplaced(self) -> tuple[Unplaced, ...]:
        """The services that have no configuration somewhere."""
        return tuple(u for roll in self.rolls.values() for u in roll.unplaced)

    def load(self, parts: Sequence[Part]) -> dict[str, Rendered]:
        """Return the objects of parts, by their keys; parts that could not be rendered are left out.

        What was not kept, or is not whole any more, is rendered again.
        """
        parts = [p for p in parts if p.refusal is None]
        asked = [p for p in parts if p.wanted.key not in self._fresh]
        there = kept(self._ws.renderings, [p.wanted for p in asked], self._ws.now())
        found = {k: unpacked(one) for k, one in there.items()}
        lacking = [p for p in asked if p.wanted.key not in there]
        if lacking:
            self._fresh |= self._again(lacking)
        return found | {p.wanted.key: self._fresh[p.wanted.key] for p in parts if p.wanted.key in self._fresh}

    def _again(self, parts: Sequence[Part]) -> dict[str, Rendered]:
        wanted: dict[str, list[str]] = {}
        for part in parts:
            wanted.setdefault(part.wanted.environment, []).extend(part.wanted.services)
        surveys = [(Survey(self._ws, self._asks[e]), names) for e, names in wanted.items()]
        drafts = [(survey, draft) for survey, names in surveys for draft in survey.look(names)[0]]
        keys = {p.wanted.key for p in parts}
        made = _make(self._ws, [(s, d) for s, d in drafts if d.part.wanted.key in keys])
        return {k: o for k, o in made.outcomes.items() if isinstance(o, Rendered)}


def render_all(ws: "Workspace", commits: Mapping[str, str]) -> Renderings:
    """Render every service in environments, as commits of their configuration say, whatever is in them.

    Args:
        ws: The project.
        commits: Environment → commit of the repository that holds its configuration.

    Raises:
        NotFoundError: `git.no-commit`, `environment.unknown`.
    """
    return render_asked(ws, [Ask(name, commit, guarded=False) for name, commit in commits.items()])


def render_asked(ws: "Workspace", asks: Sequence[Ask], ahead: Callable[[], Sequence[Ask]] = tuple) -> Renderings:
    """Render services in environments.

    Args:
        ws: The project.
        asks: One for each environment. What is asked of all services is remembered as a whole.
        ahead: Returns what will be asked of the same environments next. Where something has to be rendered anyway, what is
            little of this is too, so that it is in the cache: starting the program takes longer.

    Raises:
        NotFoundError: `git.no-commit`, `environment.unknown`.
    """
    memory = Memory()
    surveys = {ask.environment: Survey(ws, ask, memory) for ask in asks}
    shelf = _Shelf(ws)
    shelves = {name: shelf.of(survey) for name, survey in surveys.items() if not survey.ask.services}
    found = ws.renderings.get(shelves.values(), ws.now())
    lasts = {n: msgspec.json.decode(found[shelf], type=Roll) for n, shelf in shelves.items() if shelf in found}
    current = {name: last for name, last in lasts.items() if last.is_of(surveys[name])}
    looked = {n: _look(s, lasts.get(n)) for n, s in surveys.items() if n not in current}
    more = [(Survey(ws, ask, memory), lasts.get(ask.environment)) for ask in ahead()] if looked else []
    fresh = _Fresh(ws, surveys, looked, [(s, d) for s, last in more if last for d in _few(_look(s, last).drafts)])
    rolls = {name: current.get(name) or fresh.roll(survey) for name, survey in surveys.items()}
    new = {shelves[name]: msgspec.json.encode(rolls[name]) for name in looked if name in shelves}
    if new:
        ws.renderings.put(new, ws.now())
    return Renderings(ws, {ask.environment: ask for ask in asks}, rolls, fresh.unkept)


class _Shelf:
    """Where last rolls are kept: under a hash of all that they depend on but commits and images."""

    def __init__(self, ws: "Workspace") -> None:
        project = ws.project
        environments, allowed = [e.name for e in project.environments], [a.name for a in project.secrets_in_clear]
        self._basis = fingerprint(["roll", _FORM, FORMAT, tools(), project.layout, environments, allowed])
        self._services: list[tuple[tuple[Service, ...], str]] = []

    def of(self, survey: Survey) -> str:
        """Return the key of a survey's."""
        about = [self._all(survey.services), survey.environment.name, survey.ask.as_is, survey.ask.guarded]
        return fingerprint([self._basis, *about])

    def _all(self, services: tuple[Service, ...]) -> str:
        """Return a hash of services: once for each object, for nearly always they lie at the same paths everywhere."""
        found = next((known for some, known in self._services if some is services), "")
        if not found:
            found = fingerprint(services)
            self._services.append((services, found))
        return found


class _Looked(NamedTuple):
    """A survey's places: those that are as they were, those that may be others, and the services that have none."""

    known: tuple[Part, ...]
    drafts: tuple[Draft, ...]
    unplaced: tuple[Unplaced, ...]


class _Fresh:
    """What is rendered now, for several surveys at once."""

    def __init__(
        self,
        ws: "Workspace",
        surveys: Mapping[str, Survey],
        looked: Mapping[str, _Looked],
        more: Sequence[tuple[Survey, Draft]],
    ) -> None:
        self._looked = looked
        every = [*((surveys[n], d) for n, one in looked.items() for d in one.drafts), *more]
        drafts = [(s, d) for s, d in every if d.part.refusal is None]
        self._there = kept(ws.renderings, [d.part.wanted for _, d in drafts], ws.now())
        self._made = _make(ws, [(s, d) for s, d in drafts if d.part.wanted.key not in self._there])

    @property
    def unkept(self) -> dict[str, Rendered]:
        """What is nowhere but here."""
        outcomes = self._made.outcomes.items()
        return {k: o for k, o in outcomes if isinstance(o, Rendered) and k not in self._made.kept}

    def roll(self, survey: Survey) -> Roll:
        """Return what became of a survey."""
        looked = self._looked[survey.environment.name]
        parts = [*looked.known, *(self._part(survey, draft) for draft in looked.drafts)]
        return Roll(survey.ask.commit, survey.files.root, survey.asked, tuple(parts), looked.unplaced)

    def _part(self, survey: Survey, draft: Draft) -> Part:
        part, key = draft.part, draft.part.wanted.key
        if part.refusal is not None:
            return part
        outcome = unpacked(self._there[key]) if key in self._there else self._made.outcomes[key]
        if isinstance(outcome, Rendered):
            return survey.checked(part, outcome)
        return unrendered(part, outcome, failed=key in self._made.failed)


def _make(ws: "Workspace", drafts: Sequence[tuple[Survey, Draft]]) -> Made:
    """Render drafts of several surveys: those of one commit at once."""
    groups: dict[tuple[int, str], list[tuple[Survey, Draft]]] = {}
    for survey, draft in drafts:
        groups.setdefault((id(survey.repository.mirror), survey.ask.commit), []).append((survey, draft))
    return joined(
        make(some[0][0].repository, commit, [d for _, d in some], ws.renderings, ws.now())
        for (_, commit), some in groups.items()
    )


def _few(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return drafts if len(drafts) <= SIZE else ()


def _look(survey: Survey, last: Roll | None) -> _Looked:
    """Return places: those of the last time where nothing near them changed, the others looked for again."""
    touched = None if last is None else _touched(survey.repository.changed(last.commit, survey.ask.commit))
    if last is None or touched is None:
        drafts, unplaced = survey.look(survey.asked.keys())
        return _Looked((), tuple(drafts), unplaced)
    again = _affected(survey, last, touched)
    parts = tuple(p for p in last.parts if not again.intersection(p.wanted.services))
    unplaced = tuple(u for u in last.unplaced if u.service not in again)
    drafts, lost = survey.look(again)
    return _Looked(parts, tuple(drafts), unplaced + lost)


def _touched(paths: Sequence[str] | None) -> set[str] | None:
    """Return paths with all directories above them."""
    if paths is None:
        return None
    return {"", *(place for path in paths for place in upwards(path))}


def _affected(survey: Survey, last: Roll, touched: set[str]) -> set[str]:
    """Return the services that have to be looked at again, and those that are not looked at any more."""
    asked = survey.asked
    found = {name for name in {*asked, *last.asked} if asked.get(name) != last.asked.get(name)}
    found |= {s.name for s in survey.services if base_of(s) in touched} | {u.service for u in last.unplaced}
    for part in last.parts:
        if part.refusal is not None or not touched.isdisjoint(part.wanted.needs):
            found.update(part.wanted.services)
    while True:
        # Services that share a place are looked for together.
        more = {n for p in last.parts if not found.isdisjoint(p.wanted.services) for n in p.wanted.services}
        if more <= found:
            return found
        found |= more


def base_of(service: Service) -> str:
    """Return the directory below which a service's configuration is looked for, in all environments."""
    return service.config.partition("{environment}")[0].rstrip("/").removeprefix("./").removesuffix(".")
