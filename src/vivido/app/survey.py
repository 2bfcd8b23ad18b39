"""What has to be rendered for an environment at a commit: the places of its services, and what changes there first."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido.app.renderings import Memory, Wanted, wanted
from vivido.errors import Error, InputError, RefusedError
from vivido.layouts.interface import Place
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Service
from vivido.model.release import Artifact, placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.layouts.matching import Matcher


_OF_PROGRAMS = ("render.timeout", "render.kustomize", "render.helm")
"""Codes of what programs said: they may have been killed, or have had no memory."""


class Ask(msgspec.Struct, frozen=True):
    """What is asked for of one environment."""

    environment: str
    commit: str
    """Of the repository that holds its configuration."""
    artifacts: tuple[Artifact, ...] = ()
    """The images that its services run; only these services are looked at."""
    as_is: bool = True
    """The images are those that the commit names."""
    services: tuple[str, ...] = ()
    """The services that are meant; empty: all."""
    guarded: bool = True
    """Objects that the environment would not be given, such as secrets in clear, are refused."""


class Refusal(msgspec.Struct, frozen=True):
    """Why there are no objects."""

    code: str
    """Of the error that this would be, alone: `layout.refused`, `render.refused`."""
    problems: tuple[Problem, ...]
    passing: bool = False
    """It may be gone although no file changed: a program failed, was killed, or is missing."""


class Part(msgspec.Struct, frozen=True):
    """One place of an environment at a commit."""

    wanted: Wanted
    images: dict[str, str] = {}
    """Service → the image that it is to run, or that the commit names."""
    hash: str = ""
    """Of its objects; empty where they could not be rendered."""
    refusal: Refusal | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why there are no objects; empty where there are."""
        return () if self.refusal is None else self.refusal.problems


class Unplaced(msgspec.Struct, frozen=True):
    """A service that has no configuration for an environment."""

    environment: str
    service: str
    problem: Problem


class Draft(NamedTuple):
    """A part before it is rendered.

    Attributes:
        part: Without hash.
        changes: Files with the content that they have in it.
    """

    part: Part
    changes: Mapping[str, bytes]


class Survey:
    """Looks for places at one commit, and says what became of them.

    Raises:
        NotFoundError: `git.no-commit`, `environment.unknown`.
    """

    def __init__(self, ws: "Workspace", ask: Ask, memory: Memory | None = None) -> None:
        self.ask = ask
        self.environment = ws.environment(ask.environment)
        self.repository = ws.repository(self.environment)
        self.files = self.repository.snapshot(ask.commit)
        self._project = ws.placed(self.environment)
        self._artifacts = {a.service: a for a in placed(ask.artifacts, self.environment.registry)}
        self._allowed = frozenset(a.name for a in ws.project.secrets_in_clear)
        self._memory = memory or Memory()

    @cached_property
    def asked(self) -> dict[str, str]:
        """The services that are looked at, each with the image that it is to run; empty where the commit says it."""
        names = [s.name for s in self._project.services]
        if not self.ask.as_is:
            names = [name for name in names if name in self._artifacts]
        meant = frozenset(self.ask.services or names)
        return {name: "" if self.ask.as_is else self._artifacts[name].image for name in names if name in meant}

    @property
    def services(self) -> tuple[Service, ...]:
        """The project's services, at their paths in this repository."""
        return self._project.services

    @cached_property
    def _matcher(self) -> "Matcher":
        from vivido.layouts.matching import Matcher

        return Matcher(self._project.services, () if self.ask.as_is else self._artifacts.values())

    def look(self, services: Collection[str]) -> tuple[list[Draft], tuple[Unplaced, ...]]:
        """Return the places of services, and the services that have none."""
        from vivido.layouts.places import place

        unplaced: list[Unplaced] = []
        shared: dict[Place, list[Service]] = {}
        for service in (s for s in self._project.services if s.name in services and s.name in self.asked):
            found = place(self._project, service, self.environment, self.files.listing)
            if isinstance(found, Problem):
                unplaced.append(Unplaced(self.environment.name, service.name, found))
            else:
                shared.setdefault(found, []).append(service)
        return [self._draft(one, of) for one, of in shared.items()], tuple(unplaced)

    def _draft(self, place: Place, services: Sequence[Service]) -> Draft:
        from vivido.git.snapshot import Changed

        names = tuple(s.name for s in services)
        changes = {} if self.ask.as_is else self._edits(place, services)
        images = self._named(place, services) if self.ask.as_is else {n: self.asked[n] for n in names}
        nothing = Part(Wanted(self.environment.name, names, place, (), ""), images)
        if isinstance(changes, Refusal):
            return Draft(msgspec.structs.replace(nothing, refusal=changes), {})
        try:
            files = Changed(self.files, changes) if changes else self.files
            found = wanted(self.environment.name, names, place, files, self._memory)
        except Error as e:
            return Draft(msgspec.structs.replace(nothing, refusal=refusal(e)), {})
        return Draft(Part(found, images), changes)

    def _edits(self, place: Place, services: Sequence[Service]) -> "dict[str, bytes] | Refusal":
        from vivido.layouts.files import edits_in

        artifacts = [self._artifacts[s.name] for s in services]
        try:
            made = edits_in(place, services, artifacts, self._matcher, self.files.read, self.files.listing)
        except Error as e:
            return refusal(e)
        return made if isinstance(made, dict) else Refusal("layout.refused", made)

    def _named(self, place: Place, services: Sequence[Service]) -> dict[str, str]:
        from vivido.layouts.files import images_in

        try:
            return images_in(place, services, self._matcher, self.files.read, self.files.listing)
        except Error:
            return {}  # The renderer, which is asked too, tells what is wrong.

    def checked(self, part: Part, rendered: Rendered) -> Part:
        """Return a part with the hash of its objects, or with why they may not be what the environment gets."""
        from vivido.layouts.verify import wrong_images
        from vivido.render.secrets import secrets_in_clear

        artifacts = [self._artifacts[s] for s in part.wanted.services] if not self.ask.as_is else []
        wrong = wrong_images(self._project, artifacts, rendered, self._matcher) if artifacts else ()
        if wrong:
            return msgspec.structs.replace(part, refusal=Refusal("layout.wrong-image", wrong))
        secrets = secrets_in_clear(rendered, self._allowed) if self.ask.guarded else ()
        if secrets:
            return msgspec.structs.replace(part, refusal=Refusal("render.secret-in-clear", secrets))
        return msgspec.structs.replace(part, hash=rendered.hash)


def refusal(error: Error) -> Refusal:
    """Return an error as a value."""
    from vivido.text.redact import redact

    problem = Problem(error.code, redact(error.message), error.hint, error.where)
    return Refusal(error.code, (problem,), passing=not isinstance(error, InputError | RefusedError))


def unrendered(part: Part, problems: tuple[Problem, ...], *, failed: bool) -> Part:
    """Return a part with why it could not be rendered, or, where that failed, not be tried."""
    passing = failed or any(p.code in _OF_PROGRAMS for p in problems)
    return msgspec.structs.replace(part, refusal=Refusal("render.refused", problems, passing))
