"""Read YAML into nodes that know where they stand in the text.

Offsets count characters of the decoded text, lines and columns count from 0; `Node.position` gives them as people count.
Aliases stay nodes of their own, so that a document cannot grow by being read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from vivido.errors import InputError

MAX_BYTES = 10 * 1024 * 1024
"""Larger files are refused: no configuration is that long, and reading one takes a minute."""
MAX_DEPTH = 100
"""Collections inside each other; Kubernetes' own objects reach about 20."""
BOM = "\ufeff"


@dataclass(slots=True, eq=False)
class Node:
    """A part of a document.

    Attributes:
        start: Offset of its first character, an anchor or a tag included.
        end: Offset after its last; of a block collection that of the next token, see `content_end`.
        line: Line of `start`, from 0.
        column: Column of `start`, from 0.
        anchor: Name after `&`, or empty.
        tag: Explicit tag in full, or empty.
    """

    start: int
    end: int
    line: int
    column: int
    anchor: str
    tag: str

    @property
    def position(self) -> str:
        """`line:column`, counted from 1."""
        return f"{self.line + 1}:{self.column + 1}"


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """A single value.

    Attributes:
        value: Its text without quotes and escapes.
        style: How it is written: empty for plain, or one of the four signs `'`, `"`, `|`, `>`.
    """

    value: str
    style: str


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """Keys and values in the order of the file; `flow` where it is written in braces."""

    flow: bool
    entries: list[tuple[Node, Node]] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, None where there is none."""
        return next((v for k, v in self.entries if isinstance(k, Scalar) and k.value == key), None)


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """Items; `flow` where it is written in brackets."""

    flow: bool
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Alias(Node):
    """`*name`, with the node it stands for."""

    name: str
    target: Node


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the byte order mark (or nothing) and the text after it.

    Raises:
        InputError: `yaml.too-big`, or `yaml.encoding` with the position of the first byte that is no UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} has {len(data)} bytes; more than {MAX_BYTES} are not read",
            code="yaml.too-big",
            where=name,
            hint="Split it into several files.",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        before = data[: e.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        raise InputError(
            f"byte 0x{data[e.start]:02x} is no UTF-8",
            code="yaml.encoding",
            where=f"{name}:{line}:{column}",
            hint="Save the file as UTF-8.",
        ) from e
    return (BOM, text[1:]) if text.startswith(BOM) else ("", text)


def parse(text: str, name: str) -> list[Node | None]:
    """Return the root of each document; None for one without content.

    Args:
        text: All of the file, without byte order mark.
        name: The file's name, for messages.

    Raises:
        InputError: `yaml.invalid`, `yaml.duplicate-key`, `yaml.too-deep` or `yaml.unknown-alias`, with the position.
    """
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.reader.ReaderError as e:
        raise InputError(
            f"the character U+{_code_point(e.character):04X} is not allowed in YAML",
            code="yaml.invalid",
            where=name,
            hint="Remove it, or write it as an escape in double quotes.",
        ) from e
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InputError(
            f"this is no YAML: {e.problem or e.context}", code="yaml.invalid", where=where, hint="Mend the file."
        ) from e
    return builder.roots


def _code_point(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)


class _Builder:
    """Puts nodes together from the parser's events, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.roots: list[Node | None] = []
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Node | None] = []
        self._seen: list[set[str]] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._place(_scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._enter(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._open.pop().end = event.end_mark.index
            self._keys.pop()
            self._seen.pop()
        elif kind is yaml.AliasEvent:
            self._place(self._alias(event))
        elif kind is yaml.DocumentStartEvent:
            self._anchors, self._root = {}, None
        elif kind is yaml.DocumentEndEvent:
            self.roots.append(None if _is_nothing(self._root) else self._root)

    def _enter(self, event: Any) -> None:
        sort = Mapping if type(event) is yaml.MappingStartEvent else Sequence
        node = sort(*_extent(event), bool(event.flow_style))
        self._place(node)
        if len(self._open) >= MAX_DEPTH:
            raise self._error(node, "yaml.too-deep", f"more than {MAX_DEPTH} levels inside each other", "Flatten it.")
        self._open.append(node)
        self._keys.append(None)
        self._seen.append(set())

    def _alias(self, event: Any) -> Alias:
        start, end, line, column, _, _ = _extent(event)
        target = self._anchors.get(event.anchor)
        node = Alias(start, end, line, column, "", "", event.anchor, target or self._nowhere())
        if target is None:
            what = f"*{event.anchor} stands for nothing: no &{event.anchor} comes before it"
            raise self._error(node, "yaml.unknown-alias", what, "Define the anchor, or write the value itself.")
        return node

    def _nowhere(self) -> Node:
        return Scalar(0, 0, 0, 0, "", "", "", "")

    def _place(self, node: Node) -> None:
        if node.anchor:
            self._anchors[node.anchor] = node
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
            self._check_key(node)
        else:
            parent.entries.append((key, node))
            self._keys[-1] = None

    def _check_key(self, key: Node) -> None:
        if not isinstance(key, Scalar):
            return
        if key.value in self._seen[-1]:
            raise self._error(
                key,
                "yaml.duplicate-key",
                f"the key “{key.value[:100]}” stands here a second time",
                "Remove one of the two: which one counts depends on who reads the file.",
            )
        self._seen[-1].add(key.value)

    def _error(self, node: Node, code: str, message: str, hint: str) -> InputError:
        return InputError(message, code=code, where=f"{self.name}:{node.position}", hint=hint)


def _extent(event: Any) -> tuple[int, int, int, int, str, str]:
    start = event.start_mark
    tag = getattr(event, "tag", None)
    return start.index, event.end_mark.index, start.line, start.column, event.anchor or "", tag or ""


def _scalar(event: Any) -> Scalar:
    return Scalar(*_extent(event), event.value, event.style or "")


def _is_nothing(root: Node | None) -> bool:
    return isinstance(root, Scalar) and root.start == root.end


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside one: keys and values, or items. An alias has none."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key
            yield value
    elif isinstance(node, Sequence):
        yield from node.items


def content_end(node: Node, text: str) -> int:
    """Return the offset after a node's last own character, without the blanks and comments behind it."""
    while isinstance(node, Mapping | Sequence) and not node.flow:
        inside = list(children(node))
        if not inside:
            break
        node = inside[-1]
    if not isinstance(node, Scalar) or node.style not in ("|", ">"):
        return node.end
    header = text[node.start : node.end].split("\n", 1)[0]
    # With `+` the blank lines behind it are part of the value.
    keeps = "+" in header.split("#", 1)[0]
    return node.end if keeps else node.start + len(text[node.start : node.end].rstrip())
