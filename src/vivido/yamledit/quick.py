"""Plain data at once, without nodes: for the thousands of documents that programs write, of which nobody asks where a value stands.

What needs a second look (anchors, tags, merge keys, keys that are no strings, keys written twice, mistakes) is not read here at
all, so that there is one place that says what it means, `tree` with `values`.
"""

import math
from collections.abc import Callable
from typing import Any

import yaml

from vivido.yamledit.resolve import Value, resolve
from vivido.yamledit.tree import MAX_DEPTH
from vivido.yamledit.values import MAX_NODES


class _Doubt(Exception):  # noqa: N818 - control flow inside this module
    pass


def quick_data(text: str) -> list[tuple[Any, str]] | None:
    """Return each document that is not empty, as `parse` and `plain_data` read it, with its `line:column`.

    None where something in the text needs these two.
    """
    if len(text) >= MAX_NODES:  # No value takes less than a character.
        return None
    loader = yaml.CSafeLoader(text)
    try:
        return _documents(loader.get_event)
    except (_Doubt, yaml.YAMLError):
        return None
    finally:
        loader.dispose()


def _documents(following: Callable[[], Any]) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    while type(event := following()) is not yaml.StreamEndEvent:
        if type(event) is yaml.DocumentStartEvent:
            root = following()
            begin, end = root.start_mark, root.end_mark
            value = _value(root, following, 0)
            if type(root) is not yaml.ScalarEvent or begin.index != end.index:
                found.append((value, f"{begin.line + 1}:{begin.column + 1}"))
    return found


def _value(event: Any, following: Callable[[], Any], depth: int) -> Any:
    kind = type(event)
    if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None or depth >= MAX_DEPTH:
        raise _Doubt
    if kind is yaml.ScalarEvent:
        return event.value if event.style else _scalar(event.value)
    if kind is yaml.SequenceStartEvent:
        items: list[Any] = []
        while type(item := following()) is not yaml.SequenceEndEvent:
            items.append(_value(item, following, depth + 1))
        return items
    found: dict[str, Any] = {}
    while type(key := following()) is not yaml.MappingEndEvent:
        name = _value(key, following, depth + 1)
        if type(name) is not str or name in found or (name == "<<" and not key.style):
            raise _Doubt
        found[name] = _value(following(), following, depth + 1)
    return found


def _scalar(text: str) -> Value:
    value = resolve(text)
    if type(value) is float and not math.isfinite(value):
        raise _Doubt
    return value
