"""Where in values files a rendered value of a chart is most likely written: a template may do anything with a value.

A scalar counts that says just what the object says, under a key that is called like the place (`replicaCount` for `replicas`,
`logLevel` for `LOG_LEVEL`); else the only one of all that says it. Where several fit, nothing is said.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vivido.model.difference import Path
from vivido.yamledit.tree import Mapping, Node, Scalar
from vivido.yamledit.tree import Sequence as Items

_LONG = 4
"""Characters from which a text that stands once in all values is taken for what it says, and from which two keys are alike."""


class Value(NamedTuple):
    """A scalar in a values file.

    Attributes:
        file: Its path.
        key: The key that it stands under.
        node: Where.
    """

    file: str
    key: str
    node: Scalar


def likely(files: Sequence[tuple[str, Sequence[Node]]], path: Path, text: str) -> Value | None:
    """Return the scalar that a place of an object is most likely made from; None where none or several fit.

    Args:
        files: Values files with their documents, those that go over others last.
        path: Keys from the object down.
        text: What the object says there.
    """
    found = [v for file, roots in files for root in roots for v in _scalars(file, "", root) if v.node.value == text]
    named = [v for v in found if _alike(v.key, _called(path))]
    if named:
        last = [v for v in named if v.file == named[-1].file]
        return last[0] if len(last) == 1 else None
    return found[0] if len(found) == 1 and len(text) >= _LONG else None


def _called(path: Path) -> str:
    last = list(path[-3:])
    if len(last) == 3 and (last[0], last[2]) == ("env", "value"):
        return last[1]
    return last[-1] if last else ""


def _alike(key: str, called: str) -> bool:
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (key, called))
    if not one or not other:
        return False
    least = min(len(one), len(other))
    return one.endswith(other) or other.endswith(one) or _common(one, other) >= max(_LONG, least - 1)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _scalars(file: str, key: str, node: Node) -> Iterator[Value]:
    if isinstance(node, Mapping):
        for name, below in node.entries:
            yield from _scalars(file, name.value if isinstance(name, Scalar) else "", below)
    elif isinstance(node, Items):
        for item in node.items:
            yield from _scalars(file, key, item)
    elif isinstance(node, Scalar):
        yield Value(file, key, node)
