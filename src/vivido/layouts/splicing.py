"""The splices that make a document say a wish, where its object is written. Pure."""

from typing import Any

from vivido.errors import InputError
from vivido.layouts.wish import LISTS, Wish
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path
from vivido.yamledit.values import plain_data


def place(documents: Documents, wish: Wish) -> tuple[int, Path] | None:
    """Return the document and the path to the container, the workload's `spec` or the ConfigMap; None where it is not there."""
    for number, root in enumerate(documents.roots):
        found: Any = plain_data(root, documents.name)
        if not isinstance(found, dict) or (found.get("kind"), _name(found.get("metadata"))) != (wish.kind, wish.name):
            continue
        if wish.is_config:
            return number, ()
        if wish.is_pods:
            if not isinstance(_below(found, ("spec", "template", "spec")), dict):
                continue
            return number, ("spec", "template", "spec")
        if not wish.container:
            return number, ("spec",)
        containers = _below(found, ("spec", "template", "spec", "containers"))
        names = [_name(c) for c in containers] if isinstance(containers, list) else []
        if wish.container in names:
            return number, ("spec", "template", "spec", "containers", names.index(wish.container))
    return None


def written(documents: Documents, number: int, at: Path, wish: Wish) -> bytes:
    """Return the file with the wish in it.

    Raises:
        InputError: `drift.not-declarable`, or as an edit of YAML.
    """
    if wish.path[0] in LISTS:
        return _item(documents, number, at, wish)
    if wish.value is None:
        there = documents.find((*at, *wish.path), number) is not None
        return documents.apply([documents.delete((*at, *wish.path), number)] if there else [])
    if isinstance(wish.value, tuple):
        return _listed(documents, number, at, wish)
    # The first part of the path that is not there is added with all that is below it.
    for depth, key in enumerate(wish.path):
        here = (*at, *wish.path[: depth + 1])
        if documents.find(here, number) is None:
            return documents.apply([documents.insert(here[:-1], key, nested(wish.path[depth + 1 :], wish), number)])
    return documents.apply([documents.replace((*at, *wish.path), wish.value, number)])


def erased(documents: Documents, number: int, at: Path, wish: Wish) -> bytes:
    """Return a patch that takes away what it is laid over: leaving something out of a patch says nothing."""
    if wish.path[0] in LISTS and len(wish.path) == 2:
        field, name = wish.path
        items: Any = plain_data(documents.find((*at, field), number), documents.name)
        names = [str(i.get(LISTS[field], "")) if isinstance(i, dict) else "" for i in items or ()]
        if name in names:
            return documents.apply([documents.insert((*at, field, names.index(name)), "$patch", "delete", number)])
        entry = {LISTS[field]: name, "$patch": "delete"}
        made = documents.append((*at, field), entry, number) if items else documents.insert(at, field, [entry], number)
        return documents.apply([made])
    if documents.find((*at, *wish.path), number) is not None:
        documents = Documents(documents.apply([documents.delete((*at, *wish.path), number)]), documents.name)
    for depth, key in enumerate(wish.path):
        here = (*at, *wish.path[: depth + 1])
        if documents.find(here, number) is None:
            return documents.apply([documents.insert(here[:-1], key, nested(wish.path[depth + 1 :], wish), number)])
    return documents.apply([])


def nested(path: tuple[str, ...], wish: Wish) -> Any:
    """Return a wish's value below some keys."""
    value: Any = list(wish.value) if isinstance(wish.value, tuple) else wish.value
    for name in reversed(path):
        value = {name: value}
    return value


def _listed(documents: Documents, number: int, at: Path, wish: Wish) -> bytes:
    """Put a list of words where another may stand: that goes first, for it may be written in any way."""
    if documents.find((*at, *wish.path), number) is not None:
        less = documents.apply([documents.delete((*at, *wish.path), number)])
        documents = Documents(less, documents.name)
    *above, key = wish.path
    return documents.apply([documents.insert((*at, *above), key, nested((), wish), number)])


def _item(documents: Documents, number: int, at: Path, wish: Wish) -> bytes:
    """Write a field of a list's item: a variable's value, a mount's `readOnly`."""
    field, name, *rest = wish.path
    key, inner = LISTS[field], tuple(rest) or ("value",)
    items: Any = plain_data(documents.find((*at, field), number), documents.name)
    names = [str(i.get(key, "")) if isinstance(i, dict) else "" for i in items] if isinstance(items, list) else []
    if name not in names:
        return _new_item(documents, number, at, wish, there=isinstance(items, list))
    item = (*at, field, names.index(name))
    node = documents.find(item, number)
    if field == "env" and "valueFrom" in items[names.index(name)]:
        where = documents.where(node) if node else documents.name
        raise InputError(f"{name} takes its value from elsewhere", code="drift.not-declarable", where=where)
    there = documents.find((*item, *inner), number) is not None
    if wish.value is None and not rest:
        return documents.apply([documents.drop(item, number)])
    if wish.value is None:
        return documents.apply([documents.delete((*item, *inner), number)] if there else [])
    value = str(wish.value) if field == "env" else wish.value
    if isinstance(value, tuple):
        raise InputError(f"{name} is one value", code="drift.not-declarable", where=documents.name)
    if there:
        return documents.apply([documents.replace((*item, *inner), value, number)])
    return documents.apply([documents.insert(item, inner[0], nested(inner[1:], wish) if rest else value, number)])


def _new_item(documents: Documents, number: int, at: Path, wish: Wish, *, there: bool) -> bytes:
    field, name, *rest = wish.path
    if field == "volumeMounts" and rest != ["name"]:
        raise InputError(f"nothing is mounted at {name} there", code="drift.not-declarable", where=documents.name)
    if wish.value is None:
        return documents.apply([])
    entry = {LISTS[field]: name, **(nested(tuple(rest), wish) if rest else {"value": str(wish.value)})}
    if there:
        return documents.apply([documents.append((*at, field), entry, number)])
    return documents.apply([documents.insert(at, field, [entry], number)])


def _name(found: Any) -> str:
    return str(found.get("name", "")) if isinstance(found, dict) else ""


def _below(found: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found
