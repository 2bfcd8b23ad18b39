"""Declaring a value of a workload in Git: the one splice that makes an environment's manifests say it. Pure over tree functions.

In plain manifests the value is written where the workload is. With Kustomize it goes into a file of the overlay that has the
workload already (a resource or a patch), else into a patch file of its own that the overlay then names; a base is never touched.
"""

from typing import Any

import msgspec

from vivido.errors import InputError
from vivido.model.problem import Problem
from vivido.render.detect import KUSTOMIZATIONS, manifest_files
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path
from vivido.yamledit.values import plain_data


class Wish(msgspec.Struct, frozen=True):
    """One value that a workload shall have."""

    kind: str
    name: str
    container: str
    """Empty where the value is the workload's own."""
    path: tuple[str, ...]
    """From the container, or the workload, down: `("env", "LEVEL")`, `("resources", "limits", "memory")`."""
    value: str | int


def declare(directory: str, kind: str, wish: Wish, read: Read, listing: List) -> dict[str, bytes] | Problem:
    """Return the changed files, or why the value cannot be written there.

    Args:
        directory: The environment's place.
        kind: What renders it: `plain` or `kustomize`.
        wish: What shall be said.
        read: Gives a file's content.
        listing: Gives a directory's names.
    """
    where = f"{wish.kind}/{wish.name}"
    if kind not in ("plain", "kustomize"):
        return Problem("drift.not-declarable", f"{kind} makes it from values: write it there", where=where)
    try:
        for path in _files(directory, listing):
            data = read(path)
            documents = Documents(data, path) if data is not None else None
            place = _place(documents, wish) if documents else None
            if documents is not None and place is not None:
                return {path: _written(documents, *place, wish)}
        if kind == "kustomize":
            return _patched(directory, wish, read, listing)
    except InputError as e:
        return Problem(e.code, e.message, e.hint, e.where or where)
    return Problem("drift.not-declarable", f"no file in {directory or '.'} holds it", where=where)


def _files(directory: str, listing: List) -> tuple[str, ...]:
    return tuple(f for f in manifest_files(directory, listing) if f.rpartition("/")[2] not in KUSTOMIZATIONS)


def _place(documents: Documents, wish: Wish) -> tuple[int, Path] | None:
    """Return the document and the path to the container, or to the workload's `spec`."""
    for number, root in enumerate(documents.roots):
        found: Any = plain_data(root, documents.name)
        if not isinstance(found, dict) or (found.get("kind"), _name(found.get("metadata"))) != (wish.kind, wish.name):
            continue
        if not wish.container:
            return number, ("spec",)
        containers = _below(found, ("spec", "template", "spec", "containers"))
        names = [_name(c) for c in containers] if isinstance(containers, list) else []
        if wish.container in names:
            return number, ("spec", "template", "spec", "containers", names.index(wish.container))
    return None


def _name(found: Any) -> str:
    return str(found.get("name", "")) if isinstance(found, dict) else ""


def _below(found: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _written(documents: Documents, number: int, at: Path, wish: Wish) -> bytes:
    if wish.path[0] == "env":
        return documents.apply([_variable(documents, number, at, wish)])
    # The first part of the path that is not there is added with all that is below it.
    for depth, key in enumerate(wish.path):
        here = (*at, *wish.path[: depth + 1])
        if documents.find(here, number) is None:
            value: Any = wish.value
            for name in reversed(wish.path[depth + 1 :]):
                value = {name: value}
            return documents.apply([documents.insert(here[:-1], key, value, number)])
    return documents.apply([documents.replace((*at, *wish.path), wish.value, number)])


def _variable(documents: Documents, number: int, at: Path, wish: Wish) -> Any:
    name, entry = wish.path[1], {"name": wish.path[1], "value": str(wish.value)}
    env: Any = plain_data(documents.find((*at, "env"), number), documents.name)
    if not isinstance(env, list):
        return documents.insert(at, "env", [entry], number)
    names = [_name(e) for e in env]
    if name not in names:
        return documents.append((*at, "env"), entry, number)
    item = (*at, "env", names.index(name))
    if "valueFrom" in env[names.index(name)]:
        node = documents.find(item, number)
        where = documents.where(node) if node else documents.name
        raise InputError(f"{name} takes its value from elsewhere", code="drift.not-declarable", where=where)
    if "value" not in env[names.index(name)]:
        return documents.insert(item, "value", str(wish.value), number)
    return documents.replace((*item, "value"), str(wish.value), number)


def _patched(directory: str, wish: Wish, read: Read, listing: List) -> dict[str, bytes]:
    """Return a patch file of the workload, or one more value in it, and the overlay that names it."""
    prefix = f"{directory}/" if directory else ""
    file = f"declared-{wish.kind.lower()}-{wish.name}.yaml"
    inner: Any = {"env": [{"name": wish.path[1], "value": str(wish.value)}]} if wish.path[0] == "env" else _nested(wish)
    spec = {"template": {"spec": {"containers": [{"name": wish.container, **inner}]}}} if wish.container else inner
    head = "# Declared by vivido drift adopt; move it to where it belongs.\napiVersion: apps/v1\n"
    patch = Documents(head.encode(), prefix + file)
    parts: dict[str, Any] = {"kind": wish.kind, "metadata": {"name": wish.name}, "spec": spec}
    overlay = next(prefix + n for n in KUSTOMIZATIONS if n in listing(directory))
    documents = Documents(read(overlay) or b"", overlay)
    has = isinstance(plain_data(documents.find(("patches",)), overlay), list)
    entry = {"path": file}
    edit = documents.append(("patches",), entry) if has else documents.insert((), "patches", [entry])
    written = patch.apply([patch.insert((), key, part) for key, part in parts.items()])
    return {prefix + file: written, overlay: documents.apply([edit])}


def _nested(wish: Wish) -> Any:
    value: Any = wish.value
    for name in reversed(wish.path):
        value = {name: value}
    return value
