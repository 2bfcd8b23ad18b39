"""What is no drift but on its way: differences that are gone as soon as both environments have the same release."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido import __version__
from vivido.app.parity.judged import FORMAT
from vivido.app.parity.sides import Sides, Taken
from vivido.app.roll import base_of
from vivido.app.upward import composed_beside_people
from vivido.drift.differ import differences
from vivido.drift.parity.report import Declared, Parity
from vivido.drift.parity.tokens import Marker, shown
from vivido.errors import Error, NotFoundError
from vivido.model.canonical import fingerprint
from vivido.model.finding import Finding, Found, Severity
from vivido.model.objects import Rendered
from vivido.render.tool import tools

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_MOVING = (Found.UNDECLARED, Found.VIOLATED, Found.UNEQUAL)


class _Concern(NamedTuple):
    """What a finding is about."""

    left: str
    right: str
    service: str


_Still = Mapping[_Concern, frozenset[str]]
"""Where services differ if the later environment had the earlier one's release."""


class Ahead:
    """The later environments of pairs with two releases as they would be with the earlier one's, each found out once.

    Args:
        ws: The project.
        taken: What stands for each environment.
    """

    def __init__(self, ws: "Workspace", taken: Iterable[Taken]) -> None:
        self._ws = ws
        self.taken = {t.environment: t for t in taken}
        self._known: dict[tuple[str, str], Taken] = {}

    def every(self, pairs: Iterable[tuple[str, str]]) -> list[Taken]:
        """Return those of pairs with two releases."""
        both = [(pair, self.taken[pair[0]], self.taken[pair[1]]) for pair in pairs]
        return [self.of(pair) for pair, a, b in both if not a.problem and not b.problem and a.release != b.release]

    def of(self, pair: tuple[str, str]) -> Taken:
        """Return that of one pair."""
        if pair not in self._known:
            left, right = self.taken[pair[0]], self.taken[pair[1]]
            commit = self._commit(left, right)
            self._known[pair] = msgspec.structs.replace(left, environment=right.environment, commit=commit)
        return self._known[pair]

    def _commit(self, left: Taken, right: Taken) -> str:
        """Return the commit that gives it: along branches the later environment keeps the files that are its own."""
        environment = self._ws.environment(right.environment)
        if self._ws.owns(environment) is None:
            return left.commit
        record = self._ws.records.release(left.release)
        if record is None:
            return right.commit
        try:
            return composed_beside_people(self._ws, environment, right.commit, record.release)
        except Error:
            return right.commit  # What cannot be told is not on its way.


def settled(ws: "Workspace", parity: Parity, sides: Sides, ahead: Ahead, rules: Declared) -> Parity:
    """Mark what is on its way; it is told as notes.

    Only services with findings in pairs of different releases are rendered once more, where those change anything of theirs.
    """
    taken = ahead.taken
    moving = [f for f in parity.findings if f.found in _MOVING and _is_between(f, taken)]
    still: dict[_Concern, frozenset[str]] = {}
    for left, right in dict.fromkeys((f.left, f.right) for f in moving):
        services = dict.fromkeys(f.service for f in moving if (f.left, f.right) == (left, right))
        then = ahead.of((left, right))
        same = _same(ws, sides, then, taken[right])
        concerned = [names for names in services if not all(map(same, names.split(", ")))]
        still |= _with_one_release(ws, sides, taken[left], then, concerned, rules)
    findings = tuple(_settled(f, still, taken) for f in parity.findings)
    return msgspec.structs.replace(parity, findings=findings)


def _is_between(finding: Finding, taken: Mapping[str, Taken]) -> bool:
    left, right = taken.get(finding.left), taken.get(finding.right)
    return left is not None and right is not None and left.release != right.release


def _settled(finding: Finding, still: _Still, taken: Mapping[str, Taken]) -> Finding:
    there = still.get(_Concern(finding.left, finding.right, finding.service))
    if finding.found not in _MOVING or there is None or finding.at in there:
        return finding
    left, right = taken[finding.left], taken[finding.right]
    where = f"{left.environment} has {left.release}, {right.environment} {right.release}"
    return msgspec.structs.replace(finding, severity=Severity.NOTE, message=f"{finding.message}; on its way: {where}")


def _with_one_release(
    ws: "Workspace", sides: Sides, left: Taken, then: Taken, services: Sequence[str], rules: Declared
) -> dict[_Concern, frozenset[str]]:
    """Return the places where services still differ; services of which that cannot be told are left out."""
    keys = _keys(ws, sides, left, then, services, rules)
    there = ws.renderings.get(filter(None, keys.values()), ws.now())
    known = {names: msgspec.json.decode(there[key], type=frozenset[str]) for names, key in keys.items() if key in there}
    missing = [names for names in services if names not in known]
    if missing:
        made = _compared(ws, sides, left, then, missing, rules)
        new = {keys[names]: msgspec.json.encode(sorted(places)) for names, places in made.items() if keys[names]}
        ws.renderings.put(new, ws.now())
        known |= made
    return {_Concern(left.environment, then.environment, names): places for names, places in known.items()}


def _keys(
    ws: "Workspace", sides: Sides, left: Taken, then: Taken, services: Sequence[str], rules: Declared
) -> dict[str, str]:
    """Return hashes of all that the places depend on: the whole trees that both are taken from, images, and tokens.

    Empty where a tree is not there any more.
    """
    both = (left, then)
    try:
        trees = [ws.repository(ws.environment(t.environment)).snapshot(t.commit).root for t in both]
    except NotFoundError:
        return dict.fromkeys(services, "")
    images = {a.service: a.image for a in left.artifacts}
    declared = [{s.name: s for s in ws.placed(ws.environment(t.environment)).services} for t in both]
    registries = [[t.environment, ws.environment(t.environment).registry] for t in both]
    about = [ws.project.layout, registries, rules.tokens, left.as_is]
    basis = fingerprint(["moving", FORMAT, __version__, tools(), trees, about])

    def key(names: str) -> str:
        own = names.split(", ")
        parts = [part.wanted.key for t in both for n in own if (part := sides.part(t.environment, n))]
        named = [[n, images.get(n, ""), *(some.get(n) for some in declared)] for n in own]
        return fingerprint([basis, names, parts, named])

    return {names: key(names) for names in services}


def _compared(
    ws: "Workspace", sides: Sides, left: Taken, then: Taken, services: Sequence[str], rules: Declared
) -> dict[str, frozenset[str]]:
    groups = [g for g in sides.groups if ", ".join(g.services) in services]
    now = sides.subjects(groups)
    later = Sides(ws, [then], groups=[g.services for g in groups]).subjects()
    markers = [Marker(e, rules.tokens) for e in (left.environment, then.environment)]
    key, found = secrets.token_bytes(32), dict[str, frozenset[str]]()
    for before, after in zip(now, later, strict=True):
        both = (before.sides[left.environment], after.sides[then.environment])
        marked = [m.mark(s).rendered for m, s in zip(markers, both, strict=True) if isinstance(s, Rendered)]
        if len(marked) == len(markers):
            there = differences(marked[0], marked[1], key=key, namespaces="ignore")
            found[", ".join(before.services)] = frozenset(shown(d.at) for d in there)
    return found


def _same(ws: "Workspace", sides: Sides, then: Taken, right: Taken) -> Callable[[str], bool]:
    """Return what says whether a service in the later environment would be what it is with the earlier one's release."""
    environment = ws.environment(right.environment)
    services, repository = {s.name: s for s in ws.placed(environment).services}, ws.repository(environment)
    images = [{a.service: (a.repository, a.digest) for a in t.artifacts} for t in (then, right)]
    try:
        files = [repository.snapshot(t.commit) for t in (then, right)]
    except NotFoundError:
        return lambda name: False

    def same(name: str) -> bool:
        part, own = sides.part(right.environment, name), services.get(name)
        if part is None or own is None or part.refusal is not None or images[0].get(name) != images[1].get(name):
            return False
        # The directory in which places are looked for, and all that the place reads.
        return all(files[0].object_id(n) == files[1].object_id(n) for n in (base_of(own), *part.wanted.needs))

    return same
