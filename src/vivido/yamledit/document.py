"""A YAML file whose values can be changed while every other byte stays.

Nothing is loaded and dumped: the parser says where a value stands, and only its own characters are replaced. Comments,
line ends, indentation, a byte order mark and a missing last line feed stay because nobody touches them. `apply` reads what
came out again and compares: an edit that changed more than was asked never leaves this module.
"""

from collections.abc import Iterable

from vivido.errors import InputError
from vivido.yamledit.collection import drop, extend, insert, remove
from vivido.yamledit.edit import Edit, Path, expected, shape
from vivido.yamledit.splice import Splice, splice
from vivido.yamledit.tree import Alias, Mapping, Node, Scalar, Sequence, children, decode, parse
from vivido.yamledit.write import Data, scalar


class Documents:
    """The documents of one file. Methods that edit return an `Edit` and change nothing; `apply` makes the new bytes.

    Paths are tuples of keys and item numbers from a document's root. All edits of one `apply` name places as they were
    before any of them.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """Read a file.

        Args:
            data: All of it.
            name: How messages call it.

        Raises:
            InputError: It is no YAML, not UTF-8, too big or too deep, or has a key twice; with `file:line:column`.
        """
        self.name = name
        self.bom, self.text = decode(data, name)
        self.roots = parse(self.text, name)
        self._aliased: list[set[int]] = [_aliased(root) for root in self.roots]

    def find(self, path: Path, document: int = 0) -> Node | None:
        """Return the node at a path, an alias as itself; None where there is none."""
        node = self.roots[document] if document < len(self.roots) else None
        for step in path:
            node = _child(node, step)
        return node

    def where(self, node: Node) -> str:
        """Return `file:line:column` of a node."""
        return f"{self.name}:{node.position}"

    def replace(self, path: Path, value: Data, document: int = 0) -> Edit:
        """Give a scalar a new value, in its own quotes where they are legal and possible.

        Raises:
            InputError: `yaml.not-found`, `yaml.not-scalar`, `yaml.anchored`, `yaml.alias`, `yaml.tagged`.
        """
        node = self._editable(path, document)
        if not isinstance(node, Scalar):
            raise self._refused(node, "yaml.not-scalar", "this is a collection, not a single value", "Edit it by hand.")
        inside_flow = self._in_flow(path, document)
        new = scalar(value, style=node.style, flow=inside_flow)
        return Edit(document, path, "replace", self._put(node, new, inside_flow), value)

    def rename(self, path: Path, key: str, document: int = 0) -> Edit:
        """Give the key that a path ends with another name; its value stays.

        Raises:
            InputError: As `replace`, and `yaml.key-there` where the mapping has that key already.
        """
        parent, old = self._entry(path, document)
        if parent.get(key) is not None:
            raise self._refused(old, "yaml.key-there", f"there is a key “{key}” already", "Remove one of the two.")
        new = scalar(key, style=old.style, flow=parent.flow)
        return Edit(document, path, "rename", (Splice(old.start, old.end, new),), key)

    def delete(self, path: Path, document: int = 0) -> Edit:
        """Remove the key that a path ends with, and its value. Comments on lines of their own stay.

        Raises:
            InputError: As `replace`.
        """
        parent, key = self._entry(path, document)
        return Edit(document, path, "delete", remove(self.text, parent, key))

    def drop(self, path: Path, document: int = 0) -> Edit:
        """Remove the item of a list that a path ends at. Comments on lines of their own stay.

        Raises:
            InputError: As `replace`, and `yaml.not-sequence` where the path ends at no item of a list.
        """
        parent, number = self._editable(path[:-1], document), path[-1] if path else ""
        if not isinstance(parent, Sequence) or not isinstance(number, int) or not 0 <= number < len(parent.items):
            raise self._refused(parent, "yaml.not-sequence", "this is no item of a list", "Check the path.")
        return Edit(document, path, "drop", drop(self.text, parent, number))

    def insert(self, path: Path, key: str, value: Data, document: int = 0, *, after: str = "") -> Edit:
        """Add a key to the mapping at a path, behind the key `after` or at its end, as its neighbours are written.

        Raises:
            InputError: As `replace`, `yaml.key-there`, and `yaml.not-mapping` where the path leads to something else.
        """
        node = self._editable(path, document, may_be_empty=True)
        if isinstance(node, Mapping) and node.get(key) is not None:
            raise self._refused(node, "yaml.key-there", f"there is a key “{key}” already", "Replace its value.")
        if not isinstance(node, Mapping) and not _is_empty(node):
            raise self._refused(node, "yaml.not-mapping", "keys cannot be added to this", "Make it a mapping.")
        splices = insert(self.text, self._surroundings(path, document), node, key, value, after)
        return Edit(document, path, "insert", splices, value, key)

    def append(self, path: Path, value: Data, document: int = 0) -> Edit:
        """Add an item to the end of the list at a path, as its neighbours are written; see `extend`."""
        return self.extend(path, [value], document)

    def extend(self, path: Path, values: list[Data], document: int = 0) -> Edit:
        """Add items to the end of the list at a path, as its neighbours are written.

        Raises:
            InputError: As `replace`, and `yaml.not-sequence` where the path leads to something else.
        """
        node = self._editable(path, document, may_be_empty=True)
        if not isinstance(node, Sequence) and not _is_empty(node):
            raise self._refused(node, "yaml.not-sequence", "this is no list", "Make it a list.")
        splices = extend(self.text, self._surroundings(path, document), node, values)
        return Edit(document, path, "extend", splices, values)

    def apply(self, edits: Iterable[Edit]) -> bytes:
        """Return the file with all edits made.

        Raises:
            InputError: `yaml.edits-overlap`, or `yaml.edit-failed`: the file is written in a way in which the edit cannot be
                made without changing something else. Nothing was changed.
        """
        todo = list(edits)
        text = splice(self.text, (s for edit in todo for s in edit.splices))
        wanted = [expected(root, (e for e in todo if e.document == i)) for i, root in enumerate(self.roots)]
        if not self.roots and todo:
            wanted = [expected(None, todo)]
        try:
            got = [shape(root) for root in parse(text, self.name)]
        except InputError as e:
            raise self._failed(todo) from e
        if got != wanted:
            raise self._failed(todo)
        return (self.bom + text).encode("utf-8")

    def _failed(self, edits: list[Edit]) -> InputError:
        paths = ", ".join("/".join(str(step) for step in e.path) or "the file" for e in edits)
        return InputError(
            f"{paths} cannot be changed here without changing something else",
            code="yaml.edit-failed",
            where=self.name,
            hint="Write that part of the file in a plainer way, one key per line.",
        )

    def _editable(self, path: Path, document: int, *, may_be_empty: bool = False) -> Node | None:
        node = self.roots[document] if document < len(self.roots) else None
        for number, step in enumerate((*path, None)):
            if node is None:
                if may_be_empty and number == len(path) == 0:
                    return None
                said = "/".join(str(s) for s in path[:number])
                raise InputError(f"there is no {said}", code="yaml.not-found", where=self.name, hint="Check the path.")
            self._check_plain(node, document, last=number == len(path))
            if step is not None:
                node = _child(node, step)
        return node

    def _check_plain(self, node: Node, document: int, *, last: bool) -> None:
        if isinstance(node, Alias):
            what = f"this is *{node.name}, a value that stands elsewhere"
            raise self._refused(node, "yaml.alias", what, "Write the value itself instead of the alias.")
        if id(node) in self._aliased[document] or (last and node.anchor):
            what = f"&{node.anchor} is used elsewhere too; changing it here would change more than this"
            raise self._refused(node, "yaml.anchored", what, "Write the value without an anchor.")
        if last and node.tag:
            what = "this has an explicit tag"
            raise self._refused(node, "yaml.tagged", what, "Remove the tag.")

    def _entry(self, path: Path, document: int) -> tuple[Mapping, Scalar]:
        parent = self._editable(path[:-1], document)
        found = (
            [k for k, _ in parent.entries if isinstance(k, Scalar) and k.value == path[-1]]
            if isinstance(parent, Mapping)
            else []
        )
        if not found or not isinstance(parent, Mapping):
            said = "/".join(str(s) for s in path)
            raise InputError(f"there is no {said}", code="yaml.not-found", where=self.name, hint="Check the path.")
        if found[0].anchor or found[0].tag:
            raise self._refused(found[0], "yaml.anchored", "this key has an anchor or a tag", "Remove it.")
        return parent, found[0]

    def _refused(self, node: Node | None, code: str, message: str, hint: str) -> InputError:
        return InputError(message, code=code, where=self.where(node) if node else self.name, hint=hint)

    def _in_flow(self, path: Path, document: int) -> bool:
        parent = self.find(path[:-1], document) if path else None
        return isinstance(parent, Mapping | Sequence) and parent.flow

    def _surroundings(self, path: Path, document: int) -> "tuple[Node | None, Mapping | Sequence | None]":
        parent = self.find(path[:-1], document) if path else None
        return self.roots[document] if self.roots else None, parent if isinstance(parent, Mapping | Sequence) else None

    def _put(self, node: Scalar, new: str, inside_flow: bool) -> tuple[Splice, ...]:
        if node.style in ("|", ">"):
            return self._put_for_block_scalar(node, new)
        if node.start < node.end:
            return (Splice(node.start, node.end, new),)
        before = self.text[: node.start]
        # `{a}` is a key without colon and value.
        colon = ":" if inside_flow and not before.rstrip(" ").endswith(":") else ""
        space = " " if colon or not before.endswith(" ") else ""
        return (Splice(node.start, node.start, colon + space + new),)

    def _put_for_block_scalar(self, node: Scalar, new: str) -> tuple[Splice, ...]:
        header = self.text[node.start : node.end].splitlines(keepends=True)[0]
        sign = len(header.split("#", 1)[0].rstrip())
        body = node.start + len(header.rstrip("\r\n"))
        end = node.start + len(self.text[node.start : node.end].rstrip())
        return (Splice(node.start, node.start + sign, new), Splice(body, max(end, body), ""))


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def _is_empty(node: Node | None) -> bool:
    if isinstance(node, Mapping):
        return not node.entries
    if isinstance(node, Sequence):
        return not node.items
    return node is None or (isinstance(node, Scalar) and not node.style and node.value in ("", "~", "null"))


def _aliased(root: Node | None) -> set[int]:
    """Return the identities of nodes that an alias stands for."""
    found: set[int] = set()
    todo = [root] if root else []
    while todo:
        node = todo.pop()
        if isinstance(node, Alias):
            found.add(id(node.target))
        todo.extend(children(node))
    return found
