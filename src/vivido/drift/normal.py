"""A value in the one form that all its spellings have: what atomic lists are compared by."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from vivido.drift.items import by_key
from vivido.drift.naming import Side
from vivido.drift.schema import QUANTITY, Fields, Rule, below
from vivido.text.quantity import quantity

_encode = msgspec.json.Encoder(order="sorted").encode
_EMPTY: tuple[Any, ...] = (None, {}, [])


def normal_bytes(value: Any, rule: Rule, side: Side) -> bytes:
    """Return the canonical JSON of a value's normal form, which two values share exactly where they mean the same."""
    return _encode(_normal(value, rule, side))


def is_zero(value: Any) -> bool:
    """Say whether a scalar is what Go makes of a field that is not written."""
    return value is None or value == "" or value is False or (type(value) is int and value == 0)


def _normal(value: Any, rule: Rule, side: Side) -> Any:
    return _FORMS.get(rule.kind, _scalar)(value, rule, side)


def _scalar(value: Any, rule: Rule, side: Side) -> Any:
    if type(value) is str:
        return side.name(value)
    if type(value) is dict:
        return {name: _scalar(part, rule, side) for name, part in value.items()}
    return [_scalar(part, rule, side) for part in value] if type(value) is list else value


def _quantity(value: Any, rule: Rule, side: Side) -> Any:
    number = quantity(value)
    return _scalar(value, rule, side) if number is None else str(number)


def _quantities(value: Any, rule: Rule, side: Side) -> Any:
    if type(value) is not dict:
        return _scalar(value, rule, side)
    return {name: _quantity(part, QUANTITY, side) for name, part in value.items()}


def _struct(value: Any, rule: Rule, side: Side) -> Any:
    if type(value) is not dict:
        return _scalar(value, rule, side)
    fields = below(rule)
    told = ((name, part, fields.rules.get(name, fields.rest)) for name, part in value.items())
    whole = {name: _normal_field(name, part, rule, side) for name, part, rule in told if rule.kind != "skip"}
    return {name: part for name, part in whole.items() if not _is_nothing(part, name, fields)}


def _normal_field(name: str, value: Any, rule: Rule, side: Side) -> Any:
    if name == "namespace" and type(value) is str:
        return side.role(value)
    return _normal(value, rule, side)


def _is_nothing(value: Any, name: str, fields: Fields) -> bool:
    kind = fields.rules.get(name, fields.rest).kind
    if kind == "any":
        return False
    if kind == "zero":
        return is_zero(value)
    return value is None if kind in ("kept", "struct", "quantity") else value in _EMPTY


def _mapping(value: Any, rule: Rule, side: Side) -> Any:
    if type(value) is not dict or not rule.target:
        return _scalar(value, rule, side)
    return {name: _struct(part, _below(rule.target), side) for name, part in value.items()}


def _items(value: Any, rule: Rule, side: Side) -> Any:
    if type(value) is not list:
        return _scalar(value, rule, side)
    form, item = (_struct, _below(rule.target)) if rule.target else (_scalar, rule)
    return [form(part, item, side) for part in value]


def _unordered(value: Any, rule: Rule, side: Side) -> Any:
    items = _items(value, rule, side)
    return sorted(items, key=_encode) if type(items) is list else items


def _keyed(value: Any, rule: Rule, side: Side) -> Any:
    items = by_key(value, rule.keys, side) if type(value) is list else None
    if items is None:
        return _items(value, rule, side)
    return [[key, _struct(items[key], _below(rule.target), side)] for key in sorted(items)]


@cache
def _below(target: str) -> Rule:
    return Rule("struct", (), target)


_FORMS: dict[str, Callable[[Any, Rule, Side], Any]] = {
    "quantity": _quantity,
    "quantities": _quantities,
    "mapping": _mapping,
    "struct": _struct,
    "part": _struct,
    "map": _keyed,
    "set": _unordered,
    "bag": _unordered,
    "ordered": _items,
    "atomic": _items,
    "positions": _items,
}
