"""The items of lists by their keys."""

from collections.abc import Mapping
from typing import Any

from vivido.drift.naming import Side
from vivido.drift.schema import Key


def by_key(items: list[Any], keys: tuple[Key, ...], side: Side) -> dict[str, Any] | None:
    """Return items by the text of their merge key (`8080,TCP`), or None where it does not tell them apart.

    Of several items with one key the second is `KEY#2` and so on: a server may refuse them, and a differ must not lose them.
    """
    if len(keys) == 1 and len(keys[0][0]) == 1:
        quick = _by_text(items, keys[0][0][0], side)
        if quick is not None:
            return quick
    found: dict[str, Any] = {}
    for item in items:
        key = _text(item, keys, side)
        if key is None:
            return None
        if key in found:
            number = 2
            while f"{key}#{number}" in found:
                number += 1
            key = f"{key}#{number}"
        found[key] = item
    return found


def named(items: list[Any], side: Side) -> dict[str, Any] | None:
    """Return items by their `name` where each has its own, else None."""
    return _by_text(items, "name", side)


def members(items: list[Any], side: Side) -> dict[str, Any] | None:
    """Return the members of a set by their text, or None where one is no scalar or there twice."""
    found = {_scalar(item, side): item for item in items}
    return None if None in found or len(found) != len(items) else {str(key): item for key, item in found.items()}


def numbered(items: list[Any]) -> dict[str, Any]:
    """Return items by their positions from 0."""
    return {str(number): item for number, item in enumerate(items)}


def reordered(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]] | None:
    """Return the keys that both have in the order of each, or None where that is the same order."""
    if list(before) == list(after):
        return None
    first = [key for key in before if key in after]
    second = [key for key in after if key in before]
    return None if first == second else (first, second)


def _by_text(items: list[Any], field: str, side: Side) -> dict[str, Any] | None:
    """Return items by a field that is a text in each and each time another, which is nearly always so; else None."""
    names, found = side.names, dict[str, Any]()
    for item in items:
        key = item.get(field) if type(item) is dict else None
        if type(key) is not str:
            return None
        found[names.get(key, key) if names else key] = item
    return found if len(found) == len(items) else None


def _text(item: Any, keys: tuple[Key, ...], side: Side) -> str | None:
    if type(item) is not dict:
        return None
    parts = [_scalar(_at(item, path, default), side) for path, default in keys]
    return None if None in parts else ",".join(part or "" for part in parts)


def _at(item: Any, path: tuple[str, ...], default: str) -> Any:
    for name in path:
        item = item.get(name) if type(item) is dict else None
    return default if item is None else item


def _scalar(value: Any, side: Side) -> str | None:
    if type(value) is str:
        return side.name(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None
