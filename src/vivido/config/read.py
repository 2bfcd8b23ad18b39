"""Bytes to a tree with positions, or the reason why not: no input makes it crash, hang or grow.

Built on the parser's events, not on its composed nodes, so that caps hold while reading (an alias bomb is refused at the alias
that goes too far, 100,000 nested lists at the 33rd) and an alias has a position of its own.
"""

import re
from typing import Any

import msgspec
import yaml

from vivido.config.diagnostic import Diagnostic, Place, Report, shown
from vivido.config.file import MAX_BYTES
from vivido.config.node import Entry, Mapping, Node, Scalar, Sequence
from vivido.config.scalar import MAX_DIGITS, resolve, too_long

MAX_DEPTH = 32
MAX_NODES = 20_000
"""Values in all, aliases counted as often as they are used."""

# YAML 1.2.2 §5.1: the printable characters. Everything else is refused, escaped in quotes or not.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class At(msgspec.Struct, frozen=True):
    """A position in the file, both from 1."""

    line: int
    column: int


class _Refused(Exception):  # noqa: N818 - control flow inside this module: reading cannot go on
    def __init__(self, at: Place, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.at, self.code, self.hint = at, code, hint


def read(source: bytes | str, file: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """Return the file's one document as a tree, and what is wrong with its YAML.

    The tree is None where reading could not go on; a duplicate key, for instance, is noted and the rest is read.
    """
    report = Report(file)
    try:
        text = _text(source)
        root = _Composer(text, report).document()
    except _Refused as e:
        report.add(e.at, e.code, str(e), e.hint)
        root = None
    return root, report.diagnostics()


def _text(source: bytes | str) -> str:
    if len(source) > MAX_BYTES:
        why = f"the file has more than {MAX_BYTES // 1024} KiB; it was not read"
        raise _Refused(At(1, 1), "yaml.too-large", why, "Check that this is the right file.")
    text = _decode(source) if isinstance(source, bytes) else source
    if text.startswith("\ufeff"):
        raise _Refused(
            At(1, 1), "yaml.bom", "the file begins with a byte order mark", "Save it as UTF-8 without one (“no BOM”)."
        )
    if found := _UNPRINTABLE.search(text):
        what = f"a character that YAML does not allow (U+{ord(found[0]):04X})"
        raise _Refused(_at(text, found.start()), "yaml.character", what, "Remove it.")
    return text


def _decode(source: bytes) -> str:
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as e:
        before = source[: e.start].decode("utf-8")
        raise _Refused(
            _at(before, len(before)),
            "yaml.encoding",
            f"the byte 0x{source[e.start]:02x} is no UTF-8",
            "Save the file as UTF-8.",
        ) from e


def _at(text: str, index: int) -> At:
    line = text.count("\n", 0, index)
    return At(line + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _mark(mark: Any) -> At:
    # PyYAML's two parsers have a class of marks each, and its events are typed as having none of what they have.
    return At(mark.line + 1, mark.column + 1)


class _Composer:
    """Reads the events of one document, recursively, within the caps."""

    def __init__(self, text: str, report: Report) -> None:
        self._text = text
        self._loader = yaml.CSafeLoader(text)
        self._report = report
        self._left = MAX_NODES
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._open: set[str] = set()

    def document(self) -> Node | None:
        try:
            return self._document()
        finally:
            self._loader.dispose()

    def _document(self) -> Node | None:
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise _Refused(At(1, 1), "yaml.empty", "the file is empty", "Run `vivido init` to have one written.")
        root = self._node(self._next(), 0)
        self._next()
        further = self._next()
        if not isinstance(further, yaml.StreamEndEvent):
            self._report.add(
                _mark(further.start_mark), "yaml.documents", "a second document begins here", "Keep one, without “---”."
            )
        return root

    def _next(self) -> Any:
        try:
            return self._loader.get_event()
        except yaml.MarkedYAMLError as e:
            raise self._syntax(e) from e
        except (yaml.YAMLError, ValueError) as e:
            raise _Refused(
                At(1, 1), "yaml.syntax", "this is no YAML", "Look at it with an editor that knows YAML."
            ) from e

    def _syntax(self, error: yaml.MarkedYAMLError) -> _Refused:
        at = _mark(error.problem_mark) if error.problem_mark else At(1, 1)
        if self._is_tab(at):
            hint = "Replace it with spaces; editors do that with “expand tabs”."
            return _Refused(at, "yaml.tab", "a tab stands where YAML allows only spaces", hint)
        what = " ".join(part for part in (error.problem, error.context) if part)
        return _Refused(at, "yaml.syntax", f"this is no YAML: {what}", _advice(what))

    def _is_tab(self, at: At) -> bool:
        lines = self._text.splitlines()
        line = lines[at.line - 1] if at.line <= len(lines) else ""
        return "\t" in line[at.column - 1 : at.column] or "\t" in line[: len(line) - len(line.lstrip())]

    def _node(self, event: Any, depth: int) -> Node:
        at = _mark(event.start_mark)
        if depth > MAX_DEPTH:
            raise _Refused(at, "yaml.too-deep", f"more than {MAX_DEPTH} levels", "Nothing in this file goes so deep.")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), at)
        self._spend(1, at)
        self._refuse_tag(event, at)
        anchor, before = event.anchor, self._left
        if anchor:
            self._open.add(anchor)
        node = self._new(event, at, depth)
        if anchor:
            self._open.discard(anchor)
            self._anchors[anchor] = (node, before - self._left + 1)
        return node

    def _new(self, event: Any, at: At, depth: int) -> Node:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(at, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(at, depth)
        return self._scalar(event, at)

    def _spend(self, nodes: int, at: At) -> None:
        self._left -= nodes
        if self._left < 0:
            why = f"more than {MAX_NODES:,} values, aliases counted as often as they are used"
            raise _Refused(at, "yaml.too-many", why, "Write the file without them.")

    def _refuse_tag(self, event: Any, at: At) -> None:
        if event.tag is not None:
            hint = "Remove it; put quotes around a value that has to be text."
            self._report.add(at, "yaml.tag", f"the tag {shown(str(event.tag))} means nothing here", hint)

    def _alias(self, name: str, at: At) -> Node:
        if name not in self._anchors:
            why = "stands inside what it names" if name in self._open else "names nothing"
            raise _Refused(at, "yaml.alias", f"the alias *{name[:40]} {why}", "Put quotes around it if it is text.")
        node, size = self._anchors[name]
        self._spend(size, at)
        return node

    def _scalar(self, event: Any, at: At) -> Scalar:
        text, is_plain = str(event.value), not event.style and event.implicit[0]
        if is_plain and too_long(text):
            hint = "Put quotes around it if it is text."
            self._report.add(at, "yaml.number", f"a number of more than {MAX_DIGITS} digits", hint)
        if found := _UNPRINTABLE.search(text):
            what = f"an escaped character that is not allowed (U+{ord(found[0]):04X})"
            raise _Refused(at, "yaml.character", what, "Remove it.")
        return Scalar(resolve(text) if is_plain else text, text, at.line, at.column, is_plain)

    def _sequence(self, at: At, depth: int) -> Sequence:
        found: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._node(event, depth + 1))
        return Sequence(tuple(found), at.line, at.column)

    def _mapping(self, at: At, depth: int) -> Mapping:
        found: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            # An alias as a key stands where it is used, not where its anchor is.
            where = _mark(event.start_mark)
            value = self._node(self._next(), depth + 1)
            if name := self._key(key, where, found):
                found[name] = Entry(name, where.line, where.column, value)
        return Mapping(tuple(found.values()), at.line, at.column)

    def _key(self, key: Node, at: At, found: dict[str, Entry]) -> str | None:
        if not isinstance(key, Scalar) or not key.text:
            self._report.add(at, "yaml.key", "a key has to be a word", "Write “key: value”.")
            return None
        if key.text == "<<" and key.plain:
            hint = "Write the keys out, or share a whole value with an anchor and an alias."
            self._report.add(at, "yaml.merge", "merge keys (“<<”) are not part of YAML 1.2 and not read here", hint)
            return None
        if first := found.get(key.text):
            why = f"the key {shown(key.text)} stands here twice, first in line {first.line}"
            self._report.add(at, "yaml.duplicate-key", why, "Keep one; the other would be lost without a word.")
            return None
        return key.text


def _advice(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "A value that contains “: ” needs quotes; so does one that begins with a special character."
    if "cannot start any token" in problem:
        return "Put quotes around a value that begins with @, ` or %."
    if "undefined alias" in problem:
        return "A value that begins with * needs quotes."
    return "Look at the indentation, the quotes and the brackets of this line and the one before."
