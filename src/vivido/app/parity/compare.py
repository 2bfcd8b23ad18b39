"""`vivido parity`: what is compared with what, and the answer."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from vivido.app.parity.rules import declared
from vivido.app.parity.sides import Taken, as_it_is, deployed_truth, of_release, side, subjects
from vivido.app.promote import find_release
from vivido.drift.differ import differences
from vivido.drift.parity.report import Declared, Parity, report
from vivido.drift.parity.tokens import Marker, shown
from vivido.errors import InputError, NotFoundError
from vivido.model.finding import Finding, Found, Severity
from vivido.model.objects import Rendered
from vivido.model.parity import EVERY
from vivido.text.nearest import nearest
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

Pair = tuple[str, str]
_MOVING = (Found.UNDECLARED, Found.VIOLATED, Found.UNEQUAL)


class Asked(msgspec.Struct, frozen=True):
    """What is asked for."""

    left: str = ""
    """An environment; empty: all pairs."""
    right: str = ""
    """Another; empty: the pairs of the first."""
    services: tuple[str, ...] = ()
    """Empty: all."""
    at: str = ""
    """A branch or commit of the configuration, as it says; empty: what was deployed."""
    release: str = ""
    """A release, as it would be in each environment."""
    every: bool = False
    """Each environment with each, not neighbours alone."""


class Answer(msgspec.Struct, frozen=True):
    """The answer, with what was compared."""

    taken: tuple[Taken, ...]
    parity: Parity


def compare(ws: "Workspace", asked: Asked) -> Answer:
    """Compare environments with each other, by the rules. Nothing is changed.

    Raises:
        NotFoundError: `environment.unknown`, `service.unknown`, `release.unknown`, `git.no-commit`.
        InputError: `parity.one`: an environment is compared with itself, or there is only one.
        ConfigError: Rules next to a service have mistakes.
    """
    pairs = chosen_pairs(ws, asked)
    _refuse_unknown(ws, asked.services)
    names = dict.fromkeys(e for pair in pairs for e in pair)
    for name in names:
        ws.repository(ws.environment(name)).fetch()
    rules = declared(ws)
    taken = tuple(_taken(ws, asked, name) for name in names)
    found = report(
        subjects(ws, taken, asked.services),
        pairs,
        rules,
        key=secrets.token_bytes(32),
        today=today(ws.now()),
        whole=_is_whole(ws, asked),
    )
    return Answer(taken, settled(ws, found, {t.environment: t for t in taken}, rules))


def today(now: int) -> str:
    """Return the day of an instant, by UTC."""
    return datetime.fromtimestamp(now / SECOND, UTC).date().isoformat()


def chosen_pairs(ws: "Workspace", asked: Asked) -> tuple[Pair, ...]:
    """Return the pairs that are asked for, each with its earlier environment first.

    Without names: neighbours on the way, and the pairs that the file speaks of.
    """
    order = [e.name for e in ws.project.environments]
    for name in filter(None, (asked.left, asked.right)):
        ws.environment(name)
    if asked.right:
        if asked.left == asked.right:
            raise InputError(f"{asked.left} is compared with itself", code="parity.one", hint="Name two environments.")
        return (_ordered(asked.left, asked.right, order),)
    pairs = _every(order) if asked.every else _usual(ws, order)
    if asked.left:
        pairs = tuple(p for p in pairs if asked.left in p)
    if not pairs:
        hint = "Parity is about two environments or more."
        raise InputError("there is nothing to compare with", code="parity.one", hint=hint)
    return pairs


def _every(order: Sequence[str]) -> tuple[Pair, ...]:
    return tuple((a, b) for n, a in enumerate(order) for b in order[n + 1 :])


def _usual(ws: "Workspace", order: Sequence[str]) -> tuple[Pair, ...]:
    neighbours = [(e.after, e.name) for e in ws.project.environments if e.after]
    named = [_ordered(p.left, p.right, order) for p in declared(ws).pairs if p.left != EVERY]
    return tuple(dict.fromkeys((*neighbours, *named)))


def _ordered(one: str, other: str, order: Sequence[str]) -> Pair:
    return (one, other) if order.index(one) < order.index(other) else (other, one)


def _is_whole(ws: "Workspace", asked: Asked) -> bool:
    return not asked.left and len(asked.services) in (0, len(ws.project.services))


def _refuse_unknown(ws: "Workspace", services: Sequence[str]) -> None:
    names = [s.name for s in ws.project.services]
    for name in services:
        if name not in names:
            meant = nearest(name, names)
            hint = f"There are: {', '.join(names[:20])}." + (f" Did you mean {meant}?" if meant else "")
            raise NotFoundError(f"there is no service “{name}”", code="service.unknown", hint=hint)


def _taken(ws: "Workspace", asked: Asked, environment: str) -> Taken:
    if asked.release:
        return of_release(ws, environment, find_release(ws, asked.release))
    if asked.at:
        return as_it_is(ws, environment, ws.repository(ws.environment(environment)).commit_of(asked.at))
    return deployed_truth(ws, environment)


def settled(ws: "Workspace", parity: Parity, taken: dict[str, Taken], rules: Declared) -> Parity:
    """Mark what is no drift but on its way: differences that are gone as soon as both environments have the same release.

    They are told as notes. Only services with findings in pairs of different releases are rendered once more.
    """
    moving: dict[tuple[str, str, str], frozenset[str] | None] = {}
    findings: list[Finding] = []
    for finding in parity.findings:
        left, right = taken.get(finding.left), taken.get(finding.right)
        if finding.found not in _MOVING or left is None or right is None or left.release == right.release:
            findings.append(finding)
            continue
        key = (finding.left, finding.right, finding.service)
        if key not in moving:
            moving[key] = _with_one_release(ws, left, right, finding.service.split(", "), rules)
        still = moving[key]
        findings.append(finding if still is None or finding.at in still else _on_its_way(finding, left, right))
    return msgspec.structs.replace(parity, findings=tuple(findings))


def _on_its_way(finding: Finding, left: Taken, right: Taken) -> Finding:
    message = f"{finding.message}; on its way: {finding.left} has {left.release}, {finding.right} {right.release}"
    return msgspec.structs.replace(finding, severity=Severity.NOTE, message=message)


def _with_one_release(
    ws: "Workspace", left: Taken, right: Taken, services: Sequence[str], rules: Declared
) -> frozenset[str] | None:
    """Return where services differ if the later environment had the earlier one's release; None where that cannot be told."""
    ahead = msgspec.structs.replace(left, environment=right.environment)
    sides = [side(ws, one, services) for one in (left, ahead)]
    if not all(isinstance(s, Rendered) for s in sides):
        return None
    marked = [
        Marker(one.environment, rules.tokens).mark(s).rendered
        for one, s in zip((left, ahead), sides, strict=True)
        if isinstance(s, Rendered)
    ]
    found = differences(*marked, key=secrets.token_bytes(32), namespaces="ignore")
    return frozenset(shown(d.at) for d in found)
