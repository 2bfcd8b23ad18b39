"""Parity rules: of the file itself, and of the files that services have next to their configuration."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from vivido.config.diagnostic import Diagnostic, Report
from vivido.config.node import Entry, Node, Scalar, child, entries, items, plain, text_of, texts
from vivido.config.read import read
from vivido.config.rules.parity import check_pairs, relation, sides_of
from vivido.config.schema import pairs_schema
from vivido.config.walk import walk
from vivido.model.parity import (
    EVERY,
    Anything,
    Matching,
    Names,
    OneOf,
    ParityPair,
    ParityRule,
    Predicate,
    PresentIn,
    Ratio,
    Relation,
)
from vivido.model.selector import Selector

FILE = "parity.yaml"
"""Name of a service's own file in the directory of its configuration."""


def service_rules(
    text: bytes | str, file: str, service: str, environments: Sequence[str]
) -> tuple[tuple[ParityPair, ...], tuple[Diagnostic, ...]]:
    """Return the rules of a service's own file, or everything that is wrong with it. Pure.

    Args:
        text: The file's content.
        file: Its path as messages should show it.
        service: Whose it is; its rules are for that service alone.
        environments: Names of all.
    """
    node, found = read(text, file)
    report = Report(file)
    for d in found:
        report.add(d, d.code, d.message, d.hint)
    if node is not None:
        walk(node, pairs_schema(), report)
        check_pairs(node, environments, None, report)
    if node is None or report.diagnostics():
        return (), report.diagnostics()
    return pairs(node, file, (service,)), ()


def pairs(node: Node | None, file: str, services: tuple[str, ...] = ()) -> tuple[ParityPair, ...]:
    """Return the pairs of a checked mapping.

    Args:
        node: The mapping; None for none.
        file: Named in each rule's place.
        services: The services that all its rules are for; empty where each says so itself.
    """
    return tuple(_pair(entry, file, services) for entry in entries(node))


def _pair(entry: Entry, file: str, services: tuple[str, ...]) -> ParityPair:
    left, right = sides_of(entry.key)
    allowed = [_rule(n, file, services) for n in items(child(entry.value, "allow"))]
    equal = [_rule(n, file, services, demands=True) for n in items(child(entry.value, "equal"))]
    budget = child(entry.value, "budget")
    number = int(str(budget.value)) if isinstance(budget, Scalar) else None
    return ParityPair(left, right, (*equal, *allowed), number)


def _rule(node: Node, file: str, services: tuple[str, ...], *, demands: bool = False) -> ParityRule:
    at = child(node, "at") or node
    return ParityRule(
        at=Selector(text_of(at) or ""),
        place=f"{file}:{at.line}:{at.column}",
        because=text_of(child(node, "because")) or "",
        predicate=_predicate(node),
        services=services or tuple(n.text for n in texts(child(node, "services"))),
        owner=text_of(child(node, "owner")) or "",
        until=text_of(child(node, "until")) or "",
        demands=demands,
    )


def _predicate(node: Node) -> Predicate:
    for entry in entries(node):
        text = text_of(entry.value) or ""
        match entry.key:
            case "equals":
                return OneOf({name: (value,) for name, value in _sided(entry.value)})
            case "one-of":
                return OneOf({name: tuple(values) for name, values in _sided(entry.value)})
            case "regex":
                return Matching(dict(_sided(entry.value)))
            case "holds":
                return Relation(*relation(text))
            case "ratio":
                least, _, most = text.partition("..")
                return Ratio(float(least), float(most))
            case "present-in":
                return PresentIn(text)
            case "names":
                return Names(text)
            case _:
                pass
    return Anything()


def _sided(node: Node) -> Iterable[tuple[str, Any]]:
    mapped = [(e.key, plain(e.value)) for e in entries(node)]
    return mapped or [(EVERY, plain(node))]


def spelled(found: Iterable[ParityPair]) -> dict[str, Any]:
    """Return pairs as plain data, as the file spells them."""
    return {
        EVERY if p.left == EVERY else f"{p.left} ~ {p.right}": {
            "allow": [_spelled(r) for r in p.rules if not r.demands],
            "equal": [_spelled(r) for r in p.rules if r.demands],
            **({} if p.budget is None else {"budget": p.budget}),
        }
        for p in found
    }


def _spelled(rule: ParityRule) -> dict[str, Any]:
    optional = {"because": rule.because, "owner": rule.owner, "until": rule.until, "services": list(rule.services)}
    return {"at": rule.at.text, **_condition(rule.predicate), **{k: v for k, v in optional.items() if v}}


def _condition(predicate: Predicate) -> dict[str, Any]:
    match predicate:
        case OneOf(values):
            return {"one-of": _bare({k: list(v) for k, v in values.items()})}
        case Matching(patterns):
            return {"regex": _bare(patterns)}
        case Relation(left, sign, right):
            return {"holds": f"{left} {sign} {right}"}
        case Ratio(least, most):
            return {"ratio": f"{least:g}..{most:g}"}
        case PresentIn(environment):
            return {"present-in": environment}
        case Names(environment):
            return {"names": environment}
        case Anything():
            return {}


def _bare(values: dict[str, Any]) -> Any:
    return values[EVERY] if list(values) == [EVERY] else msgspec.to_builtins(values)
