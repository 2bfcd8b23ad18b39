"""Which images a root module names, wherever they are written: variables, local values, arguments, texts inside functions.

Nobody tells Terraform what an image is. What counts is a text under a name that ends like `image` or `image_uri`, one with
`@sha256:` and 64 letters, and values that are put together by their names (`image_repository` with `image_tag`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vivido.model.reference import PINNED
from vivido.render.images import put_together
from vivido.render.terraform.module import Module
from vivido.render.terraform.nodes import Body, Expression, File, Object, inside
from vivido.render.terraform.values import Scope, text_of

IMAGE = re.compile(r"(?i)(?:^|[_-])image(?:[_-](?:uri|url|ref|reference|name))?$|(?<=[a-z])Image$")
"""Names under which a whole image stands."""
_PARTS = {
    "registry": "registry",
    "repository": "repository",
    "repo": "repository",
    "name": "repository",
    "tag": "tag",
    "version": "tag",
    "digest": "digest",
    "sha": "sha",
    "sha256": "sha",
}
_FLAT = re.compile(rf"(?i)^(?:(.*?)[_-])?(?:image[_-])?({'|'.join(_PARTS)})$")
_OF_IMAGE = re.compile(r"(?i)image[_-][a-z0-9]+$")


def named(module: Module, scope: Scope, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the images that can be told, by where they are.

    Args:
        module: The root module.
        scope: What its names mean.
        values: Its variables, as far as they are known.
    """
    found: dict[str, str] = {}
    parts = {name for group in groups(values) for name in group.values()}
    for name, value in values.items():
        if name not in parts:
            found.update(_in_value(f"var.{name}", name, value))
    for group in groups(values):
        at = f"var.{group['repository']}"
        found[at] = put_together(lambda part, group=group: str(values.get(group.get(part, ""), "")))
    for name, written in module.locals.items():
        found.update(_in_expression(f"local.{name}", name, written.value, written.file, scope))
    for block in module.blocks:
        if block.type in ("module", "resource", "data"):
            at = ".".join((*((block.type,) if block.type != "resource" else ()), *block.labels))
            found.update(_in_body(at, block.body, scope))
    return found


def groups(values: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what belongs together by its names: part (`repository`, `tag`, `digest`, …) → name.

    `web_image_repository` and `web_image_tag` do, and so do `repository` and `tag`; a `name` or `version` only after `image`.
    """
    by_stem: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        match = _FLAT.match(name)
        if match is None or not isinstance(value, str):
            continue
        part = match[2].lower()
        if part in ("name", "version", "registry", "sha") and not _OF_IMAGE.search(name):
            continue
        by_stem.setdefault((match[1] or "").lower(), {}).setdefault(_PARTS[part], name)
    yield from (one for one in by_stem.values() if "repository" in one and one.keys() & {"tag", "digest", "sha"})


def _in_value(at: str, name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value and IMAGE.search(name) and not re.search(r"\s", value):
            yield at, value
            return
        for number, image in enumerate(dict.fromkeys(PINNED.findall(value))):
            yield f"{at}.{number}" if image != value else at, image
    elif (
        isinstance(value, dict) and isinstance(value.get("repository"), str) and value.keys() & {"tag", "digest", "sha"}
    ):
        yield at, put_together(lambda part: str(value.get(part) or ""))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _in_value(f"{at}.{key}", str(key), part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _in_value(f"{at}.{number}", name, part)


def _in_body(at: str, body: Body, scope: Scope) -> Iterator[tuple[str, str]]:
    for name, one in body.attributes.items():
        if name not in ("source", "version"):
            yield from _in_expression(f"{at}.{name}", name, one.value, one.file, scope)
    for block in body.blocks:
        yield from _in_body(f"{at}.{'.'.join((block.type, *block.labels))}", block.body, scope)


def _in_expression(at: str, name: str, expression: Expression, file: File, scope: Scope) -> Iterator[tuple[str, str]]:
    if isinstance(expression, Object):
        for key, value in expression.entries:
            called = key if isinstance(key, str) else file.source(key)
            yield from _in_expression(f"{at}.{called}", called, value, file, scope)
        return
    value = scope.evaluate(expression, file)
    text = text_of(value) if isinstance(value, str) else None
    if text is not None:
        yield from _in_value(at, name, text)
        return
    for number, part in enumerate(inside(expression)):
        yield from _in_expression(f"{at}.{number}", name, part, file, scope)
