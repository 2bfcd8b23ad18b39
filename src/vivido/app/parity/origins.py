"""Where each side of a finding is written, in the files of the commit that stands for its environment.

What was found once is kept by the contents of all files that it was looked for in.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido import __version__
from vivido.app.parity.compare import Answer
from vivido.model.canonical import fingerprint
from vivido.model.difference import ABSENT, segments
from vivido.model.finding import Finding, Found, Origin
from vivido.render.origin import Sources, Written

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.render.interface import TerraformRoot

FORMAT = 2
"""Raised when looking changes what is found in the same files: then nothing older is used."""
_TRACED = (
    Found.UNEQUAL,
    Found.LEFTOVER,
    Found.UNDECLARED,
    Found.VIOLATED,
    Found.EXPIRED,
    Found.UNJUSTIFIED,
    Found.UNJUDGED,
)


def traced(ws: "Workspace", answer: Answer) -> Answer:
    """Return an answer whose findings say where their values are written. What cannot be told is left out."""
    trace = _Trace(ws, answer)
    wanted = {f.id: trace.spots(f) for f in answer.parity.findings if f.found in _TRACED and f.at}
    trace.look([spot for spots in wanted.values() for spot in spots])
    findings = tuple(
        msgspec.structs.replace(f, origins=tuple(map(trace.origin, wanted[f.id]))) if f.id in wanted else f
        for f in answer.parity.findings
    )
    return answer._replace(parity=msgspec.structs.replace(answer.parity, findings=findings))


class _Where(NamedTuple):
    directory: str
    key: str
    values: tuple[str, ...]
    terraform: "TerraformRoot | None"


class _Spot(NamedTuple):
    """One side of a finding.

    Attributes:
        environment: Whose side.
        directory: Of the service there.
        key: What is known of this directory is kept under it.
        path: Kind, name, and keys from the object down, as they are written.
        values: The values files of a chart; empty for anything else.
        text: What stands there, where it is a chart's and no collection.
        terraform: What is told of a root module; None for anything else.
    """

    environment: str
    directory: str
    key: str
    path: tuple[str, ...]
    values: tuple[str, ...] = ()
    text: str = ""
    terraform: "TerraformRoot | None" = None


class _Trace:
    def __init__(self, ws: "Workspace", answer: Answer) -> None:
        self._ws, self._sides = ws, answer.sides
        self._taken = {t.environment: t for t in answer.taken}
        self._sources: dict[str, Sources] = {}
        self._keys: dict[tuple[str, str], _Where | None] = {}
        self._known: dict[str, dict[str, Written]] = {}

    def spots(self, finding: Finding) -> list[_Spot]:
        """Return what has to be looked for."""
        sides = ((finding.left, finding.left_value), (finding.right, finding.right_value))
        found: list[_Spot] = []
        for environment, value in sides:
            place = None if value is ABSENT else self._place(environment, finding.service.split(", ")[0])
            if place is not None:
                path = tuple(self._as_written(part, environment) for part in segments(finding.at))
                text = str(value) if place.values and isinstance(value, str | int | float) else ""
                found.append(_Spot(environment, place.directory, place.key, path, place.values, text, place.terraform))
        return found

    def look(self, spots: Sequence[_Spot]) -> None:
        """Find them all: those that were found before in the cache, the others in the files."""
        there = self._ws.renderings.get((s.key for s in spots), self._ws.now())
        self._known = {k: msgspec.json.decode(body, type=dict[str, Written]) for k, body in there.items()}
        new: set[str] = set()
        for spot in spots:
            known, name = self._known.setdefault(spot.key, {}), _name(spot)
            if name not in known:
                kind, called, *path = spot.path
                files = self._files(spot.environment)
                if spot.text:
                    known[name] = files.of_values(spot.directory, spot.values, tuple(path), spot.text)
                else:
                    known[name] = files.written(spot.directory, kind, called, tuple(path), spot.terraform)
                new.add(spot.key)
        if new:
            self._ws.renderings.put({k: msgspec.json.encode(self._known[k]) for k in new}, self._ws.now())

    def origin(self, spot: _Spot) -> Origin:
        """Return what was found."""
        found = self._known[spot.key][_name(spot)]
        return Origin(spot.environment, found.path, found.line, found.column)

    def _files(self, environment: str) -> Sources:
        if environment not in self._sources:
            tree = self._ws.repository(self._ws.environment(environment)).tree(self._taken[environment].commit)
            self._sources[environment] = Sources(tree.read, tree.listing)
        return self._sources[environment]

    def _place(self, environment: str, service: str) -> "_Where | None":
        """Return where a service is, and the key for what is known of it."""
        if (environment, service) not in self._keys:
            self._keys[environment, service] = self._found(environment, service)
        return self._keys[environment, service]

    def _found(self, environment: str, service: str) -> "_Where | None":
        taken, part = self._taken.get(environment), self._sides.part(environment, service)
        if taken is None or not taken.commit or part is None:
            return None
        files = self._ws.repository(self._ws.environment(environment)).snapshot(taken.commit)
        place = part.wanted.place
        contents = [(path, files.object_id(path)) for path in part.wanted.needs]
        key = fingerprint(["origins", FORMAT, __version__, place, contents])
        return _Where(place.directory, key, place.helm.values if place.helm else (), place.terraform)

    def _as_written(self, part: str, environment: str) -> str:
        for token, text in self._ws.environment(environment).tokens.items():
            part = part.replace("{" + token + "}", text)
        return part


def _name(spot: _Spot) -> str:
    return "\0".join((*spot.path, *filter(None, (spot.text,))))
