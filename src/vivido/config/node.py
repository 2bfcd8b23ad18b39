"""The file as a tree that remembers where each part stands."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec

Value: TypeAlias = str | int | float | bool | None


class Scalar(msgspec.Struct, frozen=True):
    """A single value."""

    value: Value
    """As YAML 1.2's core schema reads it."""
    text: str
    """As it is written, without quotes."""
    line: int
    column: int
    plain: bool = True
    """It stands without quotes."""


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


class Entry(msgspec.Struct, frozen=True):
    """A key with its value."""

    key: str
    """Always text, as it is written: `on`, `404` and `no` stay what they are."""
    line: int
    column: int
    value: "Node"


class Mapping(msgspec.Struct, frozen=True):
    """Keys with values, in the file's order, each key once."""

    entries: tuple[Entry, ...]
    line: int
    column: int

    def get(self, key: str) -> "Node | None":
        """Return the value of a key."""
        return next((e.value for e in self.entries if e.key == key), None)

    def entry(self, key: str) -> Entry | None:
        """Return a key with its value."""
        return next((e for e in self.entries if e.key == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """Return the values without their positions, as JSON has them."""
    if isinstance(node, Mapping):
        return {e.key: plain(e.value) for e in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def child(node: Node | None, *path: str) -> Node | None:
    """Return the node at a path of keys, None where something on the way is missing or no mapping."""
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def entries(node: Node | None) -> tuple[Entry, ...]:
    """Return a mapping's entries; none where it is something else."""
    return node.entries if isinstance(node, Mapping) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    """Return a list's items; none where it is something else."""
    return node.items if isinstance(node, Sequence) else ()


def text_of(node: Node | None) -> str | None:
    """Return the text of a scalar that is text, None where it is anything else."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def texts(node: Node | None) -> tuple[Scalar, ...]:
    """Return the scalars of “one or a list of them” that are text."""
    found = (node,) if isinstance(node, Scalar) else items(node)
    return tuple(n for n in found if isinstance(n, Scalar) and isinstance(n.value, str))


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield every scalar value below a node, keys excepted."""
    if isinstance(node, Scalar):
        yield node
        return
    for part in node.items if isinstance(node, Sequence) else [e.value for e in node.entries]:
        yield from scalars(part)
