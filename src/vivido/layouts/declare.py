"""Declaring a value of an object in Git: the one splice that makes an environment's files say it. Pure over tree functions.

In plain manifests the value is written where the object is. With Kustomize it goes into a file of the overlay that has the
object already (a resource or a patch) or into the field of the overlay that makes it (`replicas`, a generator), else into a patch
file of its own that the overlay then names; a base is never touched.
"""

from typing import Any

from vivido.errors import InputError
from vivido.layouts.splicing import erased, nested, place, written
from vivido.layouts.wish import LISTS, Wish
from vivido.model.problem import Problem
from vivido.render.detect import KUSTOMIZATIONS, manifest_files
from vivido.render.tree import List, Read, join
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path
from vivido.yamledit.values import plain_data


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
        if kind == "kustomize" and (made := _by_field(directory, wish, read, listing)) is not None:
            return made
        files = _files(directory, listing)
        resources = files if kind == "plain" else _resources(directory, read, listing)
        for path in files:
            data = read(path)
            documents = Documents(data, path) if data is not None else None
            found = place(documents, wish) if documents else None
            if documents is not None and found is not None:
                write = erased if wish.value is None and path not in resources else written
                return {path: write(documents, *found, wish)}
        if kind == "kustomize":
            return _patched(directory, wish, read, listing)
    except InputError as e:
        return Problem(e.code, e.message, e.hint, e.where or where)
    return Problem("drift.not-declarable", f"no file in {directory or '.'} holds it", where=where)


def _files(directory: str, listing: List) -> tuple[str, ...]:
    return tuple(f for f in manifest_files(directory, listing) if f.rpartition("/")[2] not in KUSTOMIZATIONS)


def _overlay(directory: str, read: Read, listing: List) -> Documents:
    path = join(directory, next(n for n in KUSTOMIZATIONS if n in listing(directory))) or ""
    return Documents(read(path) or b"", path)


def _resources(directory: str, read: Read, listing: List) -> tuple[str, ...]:
    """Return the files that hold whole objects; the others are laid over them."""
    listed: Any = plain_data(_overlay(directory, read, listing).find(("resources",)), directory)
    return tuple(path for r in listed or () if (path := join(directory, str(r))))


def _by_field(directory: str, wish: Wish, read: Read, listing: List) -> dict[str, bytes] | None:
    """Write it where the overlay itself makes the value: such a field goes before every patch."""
    documents = _overlay(directory, read, listing)
    if wish.path == ("replicas",):
        number = _entry(documents, "replicas", wish.name)
        if number is not None and isinstance(wish.value, int):
            return {documents.name: documents.apply([documents.replace(("replicas", number, "count"), wish.value)])}
    if not wish.is_config:
        return None
    number = _entry(documents, "configMapGenerator", wish.name)
    return None if number is None else _generated(directory, documents, number, wish, read)


def _entry(documents: Documents, field: str, name: str) -> int | None:
    listed: Any = plain_data(documents.find((field,)), documents.name)
    names = [e.get("name") if isinstance(e, dict) else None for e in listed] if isinstance(listed, list) else []
    return names.index(name) if name in names else None


def _generated(directory: str, documents: Documents, number: int, wish: Wish, read: Read) -> dict[str, bytes] | None:
    key, at = wish.path[1], ("configMapGenerator", number)
    entry: Any = plain_data(documents.find(at), documents.name)
    for i, literal in enumerate(entry.get("literals") or []):
        if str(literal).partition("=")[0] == key:
            here: Path = (*at, "literals", i)
            gone = wish.value is None
            edit = documents.drop(here) if gone else documents.replace(here, f"{key}={wish.value}")
            return {documents.name: documents.apply([edit])}
    for i, file in enumerate(entry.get("files") or []):
        name, equals, path = str(file).partition("=")
        target = join(directory, path if equals else name)
        if (name if equals else name.rpartition("/")[2]) == key and target and read(target) is not None:
            if wish.value is None:
                return {documents.name: documents.apply([documents.drop((*at, "files", i))])}
            return {target: str(wish.value).encode()}
    if wish.value is None or any(entry.get(part) for part in ("envs", "env")):
        return None  # Which of its files would hold it is not looked for: a patch says it.
    literal = f"{key}={wish.value}"
    has = isinstance(entry.get("literals"), list) and entry["literals"]
    edit = documents.append((*at, "literals"), literal) if has else documents.insert(at, "literals", [literal])
    return {documents.name: documents.apply([edit])}


def _patched(directory: str, wish: Wish, read: Read, listing: List) -> dict[str, bytes]:
    """Return a patch file of the object, and the overlay that names it."""
    prefix = f"{directory}/" if directory else ""
    documents = _overlay(directory, read, listing)
    file = _free(f"declared-{wish.kind.lower()}-{wish.name}", listing(directory))
    version = "v1" if wish.is_config else "apps/v1"
    head = f"# Declared by vivido drift adopt; move it to where it belongs.\napiVersion: {version}\n"
    patch = Documents(head.encode(), prefix + file)
    parts: dict[str, Any] = {"kind": wish.kind, "metadata": {"name": wish.name}, **_body(wish)}
    has = isinstance(plain_data(documents.find(("patches",)), documents.name), list)
    entry = {"path": file}
    edit = documents.append(("patches",), entry) if has else documents.insert((), "patches", [entry])
    made = patch.apply([patch.insert((), key, part) for key, part in parts.items()])
    return {prefix + file: made, documents.name: documents.apply([edit])}


def _free(stem: str, there: tuple[str, ...]) -> str:
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.yaml" for n in range(1, len(there) + 2))
    return next(name for name in names if name not in there)


def _body(wish: Wish) -> dict[str, Any]:
    if wish.is_config:
        return nested(wish.path, wish)
    inner = _in_list(wish) if wish.path[0] in LISTS else nested(wish.path, wish)
    if wish.is_pods:
        return {"spec": {"template": {"spec": inner}}}
    if not wish.container:
        return {"spec": inner}
    return {"spec": {"template": {"spec": {"containers": [{"name": wish.container, **inner}]}}}}


def _in_list(wish: Wish) -> dict[str, Any]:
    field, name, *rest = wish.path
    item: dict[str, Any] = {LISTS[field]: name}
    if wish.value is None and not rest:
        item["$patch"] = "delete"
    else:
        item |= nested(tuple(rest), wish) if rest else {"value": str(wish.value)}
    return {field: [item]}
