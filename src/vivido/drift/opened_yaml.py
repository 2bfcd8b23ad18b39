"""YAML inside a ConfigMap's key."""

import json
from typing import Any

from vivido.drift.opened import UnreadableError, unique
from vivido.yamledit.resolve import resolve
from vivido.yamledit.tree import Mapping, Node, Scalar, Sequence, parse


def read(text: str, levels: int) -> Any:
    """Return what the one document of a text holds.

    Args:
        text: YAML.
        levels: Collections inside each other, at most.

    Raises:
        UnreadableError: It is more than plain data, or written twice.
        InputError: As `parse`.
    """
    roots = parse(text, "")
    if len(roots) != 1 or roots[0] is None:
        raise UnreadableError
    return _plain(roots[0], levels)


def _plain(node: Node, left: int) -> Any:
    if node.anchor or node.tag or left == 0:
        raise UnreadableError
    if isinstance(node, Mapping):
        return unique((_key(key), _plain(value, left - 1)) for key, value in node.entries)
    if isinstance(node, Sequence):
        return [_plain(item, left - 1) for item in node.items]
    if not isinstance(node, Scalar):
        raise UnreadableError
    if node.style:
        return node.value
    value = resolve(node.value)
    # `yes`, `0644`: what YAML 1.1 and 1.2 read differently is taken as it is written.
    return value if isinstance(value, str) or json.dumps(value) == node.value else node.value


def _key(node: Node) -> str:
    if not isinstance(node, Scalar) or node.anchor or node.tag or (node.value == "<<" and not node.style):
        raise UnreadableError
    return node.value
