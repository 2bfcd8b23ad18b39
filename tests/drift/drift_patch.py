"""Differences taken as a patch: what makes the right side of the left one. For tests, as the differ's counterpart."""

import copy
from typing import Any

from vivido.model.difference import ABSENT, Difference, Path, Sort


def patched(left: Any, found: tuple[Difference, ...]) -> Any:
    """Return the left side with every difference applied."""
    whole = copy.deepcopy(left)
    # Removed from the end, so that positions stay what they were; added from the front.
    for one in sorted(found, key=_position, reverse=True):
        if one.sort is Sort.ONLY_LEFT:
            _put(whole, one.path, ABSENT)
    for one in sorted(found, key=_position):
        if one.sort is Sort.ORDER:
            _reorder(_down(whole, one.path), one.right)
        elif one.sort is not Sort.ONLY_LEFT:
            _put(whole, one.path, one.right)
    return whole


def _position(one: Difference) -> tuple[tuple[int, str], ...]:
    return tuple((int(s), "") if s.isdigit() else (-1, s) for s in one.path)


def key_of(item: Any) -> str | None:
    """Return the key of an item in the lists that the tests make."""
    if not isinstance(item, dict):
        return None
    if "containerPort" in item:
        return f"{item['containerPort']},{item.get('protocol', 'TCP')}"
    key = item.get("mountPath", item.get("name"))
    return key if isinstance(key, str) else None


def _index(items: list[Any], segment: str) -> int:
    keys = [key_of(item) for item in items]
    if segment in keys:
        return keys.index(segment)
    return int(segment) if segment.isdigit() else len(items)


def _down(value: Any, path: Path) -> Any:
    for segment in path:
        value = value.setdefault(segment, {}) if isinstance(value, dict) else value[_index(value, segment)]
    return value


def _put(whole: Any, path: Path, value: Any) -> None:
    owner, last = _down(whole, path[:-1]), path[-1]
    if isinstance(owner, dict) and value is ABSENT:
        owner.pop(last, None)
    elif isinstance(owner, dict):
        # A list that was not there is told item by item.
        owner[last] = copy.deepcopy(value)
    elif value is ABSENT:
        del owner[_index(owner, last)]
    else:
        at = _index(owner, last)
        owner[at : at + 1] = [copy.deepcopy(value)]


def _reorder(items: list[Any], keys: list[str]) -> None:
    wanted = iter([next(i for i in items if key_of(i) == key) for key in keys])
    items[:] = [next(wanted) if key_of(item) in keys else item for item in items]
