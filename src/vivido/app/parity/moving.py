"""What is no drift but on its way: differences that are gone as soon as both environments have the same release."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido.app.parity.sides import Sides, Taken
from vivido.app.roll import base_of
from vivido.drift.differ import differences
from vivido.drift.parity.report import Declared, Parity
from vivido.drift.parity.tokens import Marker, shown
from vivido.errors import NotFoundError
from vivido.model.finding import Finding, Found, Severity
from vivido.model.objects import Rendered

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_MOVING = (Found.UNDECLARED, Found.VIOLATED, Found.UNEQUAL)


class _Concern(NamedTuple):
    """What a finding is about."""

    left: str
    right: str
    service: str


def settled(ws: "Workspace", parity: Parity, sides: Sides, taken: Mapping[str, Taken], rules: Declared) -> Parity:
    """Mark what is on its way; it is told as notes.

    Only services with findings in pairs of different releases are rendered once more, where those change anything of theirs.
    """
    moving = [f for f in parity.findings if f.found in _MOVING and _is_between(f, taken)]
    still: dict[_Concern, frozenset[str] | None] = {}
    for left, right in dict.fromkeys((f.left, f.right) for f in moving):
        services = tuple(dict.fromkeys(f.service for f in moving if (f.left, f.right) == (left, right)))
        still |= _with_one_release(ws, sides, taken[left], taken[right], services, rules)
    findings = tuple(_settled(f, still, taken) for f in parity.findings)
    return msgspec.structs.replace(parity, findings=findings)


def _is_between(finding: Finding, taken: Mapping[str, Taken]) -> bool:
    left, right = taken.get(finding.left), taken.get(finding.right)
    return left is not None and right is not None and left.release != right.release


def _settled(finding: Finding, still: Mapping[_Concern, frozenset[str] | None], taken: Mapping[str, Taken]) -> Finding:
    there = still.get(_Concern(finding.left, finding.right, finding.service))
    if finding.found not in _MOVING or there is None or finding.at in there:
        return finding
    left, right = taken[finding.left], taken[finding.right]
    message = (
        f"{finding.message}; on its way: {left.environment} has {left.release}, {right.environment} {right.release}"
    )
    return msgspec.structs.replace(finding, severity=Severity.NOTE, message=message)


def _with_one_release(
    ws: "Workspace", sides: Sides, left: Taken, right: Taken, services: Sequence[str], rules: Declared
) -> dict[_Concern, frozenset[str] | None]:
    """Return where services differ if the later environment had the earlier one's release; None where that cannot be told.

    Services for which the two releases are the same are left out: their differences stay.
    """
    ahead = msgspec.structs.replace(left, environment=right.environment)
    concerned = [names for names in services if not _is_the_same(ws, sides, ahead, right, names.split(", "))]
    if not concerned:
        return {}
    groups = [tuple(names.split(", ")) for names in concerned]
    then = Sides(ws, [left, ahead], groups=groups)
    markers = [Marker(e, rules.tokens) for e in (left.environment, right.environment)]
    key, found = secrets.token_bytes(32), dict[_Concern, frozenset[str] | None]()
    for names, subject in zip(concerned, then.subjects(), strict=True):
        both = [subject.sides[marker.environment] for marker in markers]
        marked = [m.mark(s).rendered for m, s in zip(markers, both, strict=True) if isinstance(s, Rendered)]
        places = None
        if len(marked) == len(markers):
            places = frozenset(shown(d.at) for d in differences(marked[0], marked[1], key=key, namespaces="ignore"))
        found[_Concern(left.environment, right.environment, names)] = places
    return found


def _is_the_same(ws: "Workspace", sides: Sides, ahead: Taken, right: Taken, names: Sequence[str]) -> bool:
    """Say whether services in an environment would be what they are, at another commit with other artifacts."""
    environment = ws.environment(right.environment)
    repository, images = ws.repository(environment), [{a.service: a.image for a in t.artifacts} for t in (ahead, right)]
    with suppress(NotFoundError):
        files = [repository.snapshot(t.commit) for t in (ahead, right)]
        for name in names:
            part, own = sides.part(right.environment, name), ws.placed(environment).service(name)
            if part is None or own is None or images[0].get(name) != images[1].get(name):
                return False
            # The directory in which places are looked for, and all that the place reads.
            needs = (base_of(own), *part.wanted.needs)
            if part.refusal is not None or any(len({f.object_id(n) for f in files}) > 1 for n in needs):
                return False
        return True
    return False
