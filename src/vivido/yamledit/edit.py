"""One wish for a change in a document, and the check that it came true and nothing else did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vivido.yamledit.resolve import resolve
from vivido.yamledit.splice import Splice
from vivido.yamledit.tree import Alias, Node, Scalar
from vivido.yamledit.tree import Mapping as MappingNode
from vivido.yamledit.tree import Sequence as SequenceNode
from vivido.yamledit.write import Data

Path = tuple[str | int, ...]
"""Keys and item numbers from a document's root to a node."""


@dataclass(frozen=True)
class Edit:
    """A change, as a wish about values and as splices of the text.

    Attributes:
        document: Number of the document in the file, from 0.
        path: What is changed, by the keys and numbers from before all edits.
        verb: `replace`, `rename`, `delete`, `drop` (the node at `path`), `insert` or `extend` (the collection at `path`).
        value: The new value; of `rename` the new key, of `extend` the new items.
        key: The key that `insert` adds.
        splices: How the text changes.
    """

    document: int
    path: Path
    verb: str
    splices: tuple[Splice, ...]
    value: Data = None
    key: str = ""


Wishes = Mapping[Path, Sequence[Edit]]


def expected(root: Node | None, edits: Iterable[Edit]) -> Any:
    """Return the shape a document should have after edits."""
    wishes: dict[Path, list[Edit]] = {}
    for edit in edits:
        wishes.setdefault(edit.path, []).append(edit)
    return _wished((), root, wishes)


def shape(root: Node | None) -> Any:
    """Return what a document says, whatever its style: equal shapes mean the same to a reader."""
    return _wished((), root, {})


def _wished(path: Path, node: Node | None, wishes: Wishes) -> Any:
    here = wishes.get(path, ())
    for edit in here:
        if edit.verb == "replace":
            return _of_data(edit.value)
    if node is None or _is_null(node):
        return _of_null(here)
    if isinstance(node, Alias):
        return ("alias", node.name)
    if isinstance(node, MappingNode):
        return ("mapping", node.tag, _entries(path, node, wishes))
    if isinstance(node, SequenceNode):
        kept = [
            (i, one) for i, one in enumerate(node.items) if all(e.verb != "drop" for e in wishes.get((*path, i), ()))
        ]
        items = [_wished((*path, i), one, wishes) for i, one in kept]
        return ("sequence", node.tag, [*items, *_added(here)])
    return _of_scalar(node)


def _of_null(here: Sequence[Edit]) -> Any:
    inserted = {_of_data(e.key): _of_data(e.value) for e in here if e.verb == "insert"}
    if inserted:
        return ("mapping", "", inserted)
    appended = _added(here)
    return ("sequence", "", appended) if appended else ("scalar", "", "NoneType", None)


def _added(here: Sequence[Edit]) -> list[Any]:
    return [_of_data(value) for edit in here if edit.verb == "extend" for value in edit.value]


def _entries(path: Path, node: MappingNode, wishes: Wishes) -> dict[Any, Any]:
    entries: dict[Any, Any] = {}
    for number, (key, value) in enumerate(node.entries):
        name = key.value if isinstance(key, Scalar) else number
        below = (*path, name)
        verbs = {e.verb: e for e in wishes.get(below, ())}
        if "delete" in verbs:
            continue
        said = _of_data(verbs["rename"].value) if "rename" in verbs else _hashable(_wished((), key, {}))
        entries[said] = _wished(below, value, wishes)
    entries.update({_of_data(e.key): _of_data(e.value) for e in wishes.get(path, ()) if e.verb == "insert"})
    return entries


def _hashable(key: Any) -> Any:
    return key if key[0] in ("scalar", "alias") else repr(key)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and not node.tag and resolve(node.value) is None


def _of_scalar(node: Node) -> Any:
    assert isinstance(node, Scalar)  # noqa: S101 - the only kind left
    value = node.value if node.style or node.tag else resolve(node.value)
    return ("scalar", node.tag, type(value).__name__, repr(value))


def _of_data(value: Data) -> Any:
    if isinstance(value, Mapping):
        return ("mapping", "", {_of_data(k): _of_data(v) for k, v in value.items()})
    if isinstance(value, list | tuple):
        return ("sequence", "", [_of_data(v) for v in value])
    return ("scalar", "", "NoneType", None) if value is None else ("scalar", "", type(value).__name__, repr(value))
