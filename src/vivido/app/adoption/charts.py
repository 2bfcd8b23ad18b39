"""Declaring a value in a chart's values: which value makes it is found by rendering, for a template may do anything with it.

Every value that says now what the object says is changed, one at a time, in the environment's own values file. The one that changes
just this place of the rendered objects, and to just this, is meant.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vivido.app.content import rendered_with
from vivido.errors import Error
from vivido.layouts.interface import Place
from vivido.layouts.values import candidates
from vivido.layouts.wish import LISTS, Wish
from vivido.model.objects import Rendered, plain_name
from vivido.model.problem import Problem
from vivido.model.project import Environment, Service

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_MOST = 24
"""Values that are tried: each is a rendering."""


def by_proof(
    ws: "Workspace",
    environment: Environment,
    where: Place,
    service: Service,
    wish: Wish,
    tip: str,
    files: Mapping[str, bytes],
) -> dict[str, bytes] | Problem:
    """Return the values file that makes a chart say a wish, or why none was found."""
    at = f"{wish.kind}/{wish.name}"
    before = rendered_with(ws, tip, environment, files, [service.name])
    if object_of(before, wish) is None:
        return Problem("drift.not-declarable", f"the chart makes no {at}", where=at)
    old = said(before, wish)
    if old == plain(wish.value):
        return {}
    tree = ws.repository(environment).tree(tip)

    def read(path: str) -> bytes | None:
        return files[path] if path in files else tree.read(path)

    tried = candidates(where, old, wish.value, read, tree.listing) if old is not None else []
    for made in tried[:_MOST]:
        try:
            after = rendered_with(ws, tip, environment, {**files, **made}, [service.name])
        except Error:
            continue  # A value of another kind than the template takes.
        if said(after, wish) == plain(wish.value) and _only(before, after, wish):
            return made
    what = "/".join(wish.path)
    return Problem(
        "drift.not-declarable",
        f"none of {len(tried)} values of the chart makes just {what} of {at} what it shall be",
        "Write it into the values, or into the template, yourself.",
        at,
    )


def object_of(rendered: Rendered, wish: Wish) -> Mapping[str, Any] | None:
    """Return the object that a wish speaks of."""
    for one in rendered.objects:
        name = str((one.get("metadata") or {}).get("name", ""))
        if one.get("kind") == wish.kind and wish.name in (name, plain_name(name)):
            return one
    return None


def said(rendered: Rendered, wish: Wish) -> Any:
    """Return what objects say at a wish's place; None where they say nothing."""
    at: Any = object_of(rendered, wish)
    if not wish.is_config:
        at = _get(at, "spec")
    if wish.is_pods:
        at = _get(_get(at, "template"), "spec")
    if wish.container:
        at = _named(_get(_get(_get(at, "template"), "spec"), "containers"), "name", wish.container)
    path = wish.path
    if path[0] == "env":
        at, path = _named(_get(at, "env"), "name", path[1]), ("value",)
    elif path[0] in LISTS:
        at, path = _named(_get(at, path[0]), LISTS[path[0]], path[1]), path[2:]
    for key in path:
        at = _get(at, key)
    return at


def _only(before: Rendered, after: Rendered, wish: Wish) -> bool:
    """Say whether nothing but the wish's place differs; what follows from it, such as a checksum, may."""
    from vivido.drift.differ import differences

    found = differences(before, after, key=b"the same on both sides")
    direct = [d for d in found if not d.remark and "checksum" not in "/".join(map(str, d.path))]
    return len(direct) == 1 and direct[0].object.kind == wish.kind


def plain(value: Any) -> Any:
    """Return a wish's value as objects say it."""
    return list(value) if isinstance(value, tuple) else value


def _get(at: Any, key: str) -> Any:
    return at.get(key) if isinstance(at, Mapping) else None


def _named(items: Any, key: str, name: str) -> Any:
    return next((i for i in items if _get(i, key) == name), None) if isinstance(items, list) else None
