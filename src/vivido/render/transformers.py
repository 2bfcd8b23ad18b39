"""Which field of a kustomization (kustomize 5) puts a label, an annotation or a namespace into objects."""

from collections.abc import Iterator

from vivido.model.difference import Path
from vivido.yamledit.tree import Alias, Mapping, Node, Scalar, Sequence


def of_transformers(root: Node | None, kind: str, path: Path) -> Iterator[Node]:
    """Yield what a kustomization itself says that a place of every object gets.

    Args:
        root: The kustomization.
        kind: The object's kind.
        path: Keys from the object down.
    """
    if path == ("metadata", "namespace"):
        yield from _value(root, "namespace")
    elif path[-2:-1] == ("annotations",):
        yield from _value(_get(root, "commonAnnotations"), path[-1])
    elif (where := _labels(kind, path)) is not None:
        listed = _get(root, "labels")
        for entry in listed.items if isinstance(listed, Sequence) else ():
            if any(_is_true(_get(entry, flag)) for flag in where) or not where:
                yield from _value(_get(entry, "pairs"), path[-1])
        yield from _value(_get(root, "commonLabels"), path[-1])


def _labels(kind: str, path: Path) -> tuple[str, ...] | None:
    """Return the flags of which one must be set so that `labels` reaches a place; None where that is no label."""
    if path[:-1] == ("metadata", "labels"):
        return ()
    if path[-2:-1] == ("labels",):
        return ("includeSelectors", "includeTemplates")
    is_selector = path[-2:-1] == ("matchLabels",) or (kind == "Service" and path[:-1] == ("spec", "selector"))
    return ("includeSelectors",) if is_selector else None


def _value(node: Node | None, key: str) -> Iterator[Node]:
    found = _get(node, key)
    if found is not None:
        yield found


def _get(node: Node | None, key: str) -> Node | None:
    node = node.target if isinstance(node, Alias) else node
    return node.get(key) if isinstance(node, Mapping) else None


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value == "true"
