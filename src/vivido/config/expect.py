"""Expectations and provisions of an environment, from the checked file and back."""

from typing import Any

from vivido.config.node import Node, Scalar, child, entries, items, plain, text_of
from vivido.model.expectation import KINDS, Expectation, Predicate
from vivido.model.project import Provided
from vivido.model.selector import Selector


def expectations(node: Node | None, file: str) -> tuple[Expectation, ...]:
    """Return the expectations of a checked list.

    Args:
        node: The list; None for none.
        file: Named in each one's place.
    """
    return tuple(_expectation(one, file) for one in items(node))


def _expectation(node: Node, file: str) -> Expectation:
    at = child(node, "at") or node
    return Expectation(
        Selector(text_of(at) or ""),
        next(_predicate(e.key, e.value) for e in entries(node) if e.key in KINDS),
        text_of(child(node, "because")) or "",
        f"{file}:{at.line}:{at.column}",
        text_of(child(node, "until")) or "",
    )


def _predicate(kind: str, value: Node) -> Predicate:
    if kind in ("present", "absent"):
        return Predicate(kind)
    if kind == "one-of":
        return Predicate(kind, tuple(plain(item) for item in items(value)))
    # Limits as they are written: 1.10 is no other quantity than 1.1, but it is told so.
    text = value.text if isinstance(value, Scalar) else ""
    return Predicate(kind, (text if kind.startswith("at-") else plain(value),))


def provided(node: Node | None) -> tuple[Provided, ...]:
    """Return what a checked list says that an environment has."""
    return tuple(
        Provided(Selector(text_of(child(one, "at")) or ""), text_of(child(one, "because")) or "") for one in items(node)
    )


def spelled_expectation(one: Expectation) -> dict[str, Any]:
    """Return an expectation as plain data, as the file spells it."""
    kind, operands = one.predicate.kind, one.predicate.operands
    value = True if kind in ("present", "absent") else list(operands) if kind == "one-of" else operands[0]
    return {
        "at": one.at.text,
        kind: value,
        "because": one.because,
        **({"until": one.until} if one.until else {}),
    }
