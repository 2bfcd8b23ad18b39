"""Where each side of a finding is written, in the files of the commit that stands for its environment."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.parity.compare import Answer
from vivido.app.parity.sides import Taken, directory_of
from vivido.model.difference import ABSENT, segments
from vivido.model.finding import Finding, Found, Origin
from vivido.render.origin import Sources

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

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
    findings = tuple(
        msgspec.structs.replace(f, origins=trace.origins(f)) if f.found in _TRACED and f.at else f
        for f in answer.parity.findings
    )
    return msgspec.structs.replace(answer, parity=msgspec.structs.replace(answer.parity, findings=findings))


class _Trace:
    def __init__(self, ws: "Workspace", answer: Answer) -> None:
        self._ws = ws
        self._taken = {t.environment: t for t in answer.taken}
        self._sources: dict[str, Sources] = {}
        self._directories: dict[tuple[str, str], str | None] = {}

    def origins(self, finding: Finding) -> tuple[Origin, ...]:
        sides = ((finding.left, finding.left_value), (finding.right, finding.right_value))
        found = (self._origin(environment, finding) for environment, value in sides if value is not ABSENT)
        return tuple(origin for origin in found if origin is not None)

    def _origin(self, environment: str, finding: Finding) -> Origin | None:
        taken = self._taken.get(environment)
        if taken is None or not taken.commit:
            return None
        directory = self._directory(taken, finding.service.split(", ")[0])
        if directory is None:
            return None
        kind, name, *path = (self._as_written(part, environment) for part in segments(finding.at))
        if environment not in self._sources:
            tree = self._ws.repository(self._ws.environment(environment)).tree(taken.commit)
            self._sources[environment] = Sources(tree.read, tree.listing)
        place = self._sources[environment].written(directory, kind, name, tuple(path))
        return Origin(environment, place.path, place.line, place.column)

    def _directory(self, taken: Taken, service: str) -> str | None:
        key = (taken.environment, service)
        if key not in self._directories:
            environment = self._ws.environment(taken.environment)
            self._directories[key] = directory_of(self._ws, service, environment, taken.commit)
        return self._directories[key]

    def _as_written(self, part: str, environment: str) -> str:
        for token, text in self._ws.environment(environment).tokens.items():
            part = part.replace("{" + token + "}", text)
        return part
