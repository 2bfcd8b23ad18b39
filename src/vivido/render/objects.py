"""From YAML or JSON text to Kubernetes objects, checked and in order."""

from collections.abc import Iterable
from typing import Any

from vivido.errors import InputError
from vivido.model.objects import Manifest, Rendered, identity, same_object, sort_key
from vivido.model.problem import Problem
from vivido.render.stream import as_json, check_escapes, check_lines
from vivido.yamledit.quick import quick_data
from vivido.yamledit.tree import decode, parse
from vivido.yamledit.values import plain_data


def read_objects(data: bytes, name: str) -> tuple[tuple[Manifest, ...], tuple[Problem, ...]]:
    """Return the objects of a file and what is wrong with it. `List` kinds are taken apart, empty documents left out.

    Scalars are read as `kubectl apply` reads them (sigs.k8s.io/yaml), duplicate keys are refused as `kubectl --validate=strict`
    does.
    """
    try:
        documents = _documents(decode(data, name)[1], name)
    except InputError as e:
        return (), (problem(e),)
    objects: list[Manifest] = []
    problems: list[Problem] = []
    for document, position in documents:
        for one in _flattened(document):
            fault = _fault(one)
            if fault:
                problems.append(_unfit(fault, f"{name}:{position}"))
            else:
                objects.append(one)
    return tuple(objects), tuple(problems)


def problem(error: InputError) -> Problem:
    """Return an input error as a value."""
    return Problem(error.code, error.message, error.hint, error.where)


def collect(objects: Iterable[Manifest], source: str) -> Rendered | tuple[Problem, ...]:
    """Put objects in order; two with one identity are a problem."""
    ordered = sorted(objects, key=sort_key)
    seen: set[tuple[str, str, str, str]] = set()
    problems: list[Problem] = []
    for one in ordered:
        key = same_object(one)
        if key in seen:
            what = f"{identity(one)} is there more than once"
            problems.append(Problem("render.duplicate", what, "Remove one, or give it another name.", identity(one)))
        seen.add(key)
    return tuple(problems) or Rendered(tuple(ordered), source)


def _documents(text: str, name: str) -> list[tuple[Any, str]]:
    """Return the documents of a text, each with its `line:column`."""
    found = as_json(text, name)
    if found is not None:
        return found
    check_lines(text, name)
    found = None if "\\/" in text else quick_data(text)
    if found is not None:
        return found
    roots = [root for root in parse(text, name) if root is not None]
    if "\\/" in text:
        check_escapes(text, roots, name)
    return [(plain_data(root, name), root.position) for root in roots]


def _flattened(document: Any) -> list[Any]:
    if document is None:
        return []
    items = document.get("items") if _is_list(document) else None
    return items if isinstance(items, list) else [document]


def _is_list(document: Any) -> bool:
    kind = document.get("kind") if isinstance(document, dict) else None
    return isinstance(kind, str) and kind.endswith("List")


def _fault(document: Any) -> str:
    if not isinstance(document, dict):
        return "is no object: it must be a mapping with apiVersion, kind and metadata"
    if _is_list(document) and isinstance(document.get("items"), list):
        return "holds a list inside a list, which kubectl refuses"
    lacks = [key for key in ("apiVersion", "kind") if not _is_word(document.get(key))]
    meta = document.get("metadata")
    if not isinstance(meta, dict) or not _is_word(meta.get("name")):
        lacks.append("metadata.name")
    elif not isinstance(meta.get("namespace", ""), str):
        return "names a namespace that YAML takes for something else; quote it"
    return f"is no Kubernetes object: it lacks (as a string) {', '.join(lacks)}" if lacks else ""


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _unfit(fault: str, where: str) -> Problem:
    hint = "Keep only Kubernetes manifests in this directory, each with apiVersion, kind and metadata.name."
    return Problem("render.no-object", f"this document {fault}", hint, where)
