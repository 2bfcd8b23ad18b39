"""Where a root module names a service's image: single values, values that belong together, and texts put together of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from vivido.layouts.matching import Matcher, split
from vivido.layouts.spots import Spot, at, owner
from vivido.layouts.spots import found as by_keys
from vivido.model.reference import PINNED
from vivido.render.terraform.images import IMAGE, groups
from vivido.render.terraform.module import Module
from vivido.render.terraform.nodes import Body, Expression, File, Template, Traversal, inside
from vivido.render.terraform.values import Scope, text_of
from vivido.yamledit.edit import Path

_JOINED = {"@sha256:": "sha", "@": "digest", ":": "tag"}
"""What stands before a part that a template puts in → which part that is."""


def found(service: str, module: Module, values: Mapping[str, Any], scope: Scope, matcher: Matcher) -> Iterator[Spot]:
    """Yield the spots of a service's image.

    Args:
        service: Its name.
        module: The root module.
        values: What is written out: variables, and `local` and `module` values below these names.
        scope: What names mean.
        matcher: Knows whose an image is.
    """
    seen: set[Path] = set()
    for spot in (*_grouped(values), *_single(values), *_put_together(module, values, scope)):
        new = {part: path for part, path in spot.parts.items() if path not in seen}
        if owner(spot, matcher) == service and (new.keys() - {"repository", "registry"}):
            seen.update(spot.parts.values())
            yield spot


def _grouped(values: Mapping[str, Any]) -> Iterator[Spot]:
    for level, here in _levels(values):
        for group in groups(here):
            yield Spot(
                {p: (*level, n) for p, n in group.items()}, {p: text_of(here[n]) or "" for p, n in group.items()}
            )


def _levels(values: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the variables, the local values, and the arguments of each module."""
    yield (), {name: value for name, value in values.items() if name not in ("local", "module")}
    yield ("local",), values["local"]
    for call, arguments in values["module"].items():
        yield ("module", call), arguments


def _single(values: Mapping[str, Any]) -> Iterator[Spot]:
    parts = {(*level, name) for level, here in _levels(values) for group in groups(here) for name in group.values()}
    for spot in by_keys(dict(values)):
        if not parts.intersection(spot.parts.values()):
            yield spot
    yield from _texts(values, (), parts)


def _texts(values: Any, path: Path, parts: set[Path]) -> Iterator[Spot]:
    for key, value in values.items():
        here = (*path, str(key))
        if isinstance(value, dict):
            yield from _texts(value, here, parts)
        elif isinstance(value, str) and here not in parts and (IMAGE.search(str(key)) or PINNED.fullmatch(value)):
            yield Spot({"reference": here}, {"reference": value})


def _put_together(module: Module, values: Mapping[str, Any], scope: Scope) -> Iterator[Spot]:
    for expression, file in _expressions(module):
        if isinstance(expression, Template):
            spot = _of_template(expression, file, values, scope)
            if spot is not None:
                yield spot


def _of_template(template: Template, file: File, values: Mapping[str, Any], scope: Scope) -> Spot | None:
    """Return the spot of `"…/web:${var.tag}"`: what the last part is, and whether all before it is a value too."""
    *before, last = template.parts
    path = _written(last, values)
    texts = [p if isinstance(p, str) else text_of(scope.evaluate(p, file)) for p in before]
    if path is None or not all(isinstance(t, str) for t in texts):
        return None
    whole = "".join(t for t in texts if t is not None)
    sign = next((sign for sign in _JOINED if whole.endswith(sign)), None)
    if sign is None:
        return None
    part, repository = _JOINED[sign], split(whole.removesuffix(sign)).name
    parts, said = {part: path}, {part: text_of(at(values, path)) or "", "repository": repository}
    first = _written(before[0], values) if len(before) == 2 and before[1] == sign else None
    return Spot({"repository": first, **parts} if first is not None else parts, said)


def _written(part: str | Expression, values: Mapping[str, Any]) -> Path | None:
    """Return where the value of a name is written out; None where it is no name, or made of others."""
    if not isinstance(part, Traversal):
        return None
    match part.path:
        case ("var", *rest):
            path: Path = tuple(rest)
        case ("local", *rest):
            path = ("local", *rest)
        case _:
            return None
    return path if isinstance(at(values, path), str) else None


def _expressions(module: Module) -> Iterator[tuple[Expression, File]]:
    todo: list[tuple[Expression, File]] = [(one.value, one.file) for one in module.locals.values()]
    for block in module.blocks:
        todo += _of_body(block.body)
    while todo:
        one, file = todo.pop()
        yield one, file
        todo += [(part, file) for part in inside(one)]


def _of_body(body: Body) -> list[tuple[Expression, File]]:
    found = [(one.value, one.file) for one in body.attributes.values()]
    return [*found, *(pair for block in body.blocks for pair in _of_body(block.body))]
