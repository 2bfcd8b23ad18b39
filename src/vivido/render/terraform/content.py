"""Blocks as plain data, in the form that Terraform's JSON syntax has: what is no literal is its source inside `${…}`.

So layout, comments and the order of blocks make no difference, and everything else does.
"""

import re
from typing import Any

from vivido.render.terraform.nodes import Block, Body, Expression, File, Items, Literal, Object, Template

_MARKED = re.compile(r"([$%])(?=\{)")


def plain(expression: Expression, file: File) -> Any:
    """Return a value as plain data."""
    match expression:
        case Literal(value=str() as text):
            return _escaped(text)
        case Literal(value=value):
            return value
        case Items(items=items):
            return [plain(one, file) for one in items]
        case Object(entries=entries):
            return {
                key if isinstance(key, str) else f"${{{file.source(key)}}}": plain(value, file)
                for key, value in entries
            }
        case Template(parts=parts):
            return "".join(_escaped(p) if isinstance(p, str) else f"${{{file.source(p)}}}" for p in parts)
        case _:
            return f"${{{file.source(expression)}}}"


def body(one: Body) -> dict[str, Any]:
    """Return attributes and blocks; blocks of one type are a list, by label where they have one."""
    found: dict[str, Any] = {name: plain(a.value, a.file) for name, a in one.attributes.items()}
    for block in one.blocks:
        found.setdefault(block.type, []).append(labelled(block))
    return found


def labelled(block: Block) -> Any:
    """Return a block's body, below its labels."""
    made: Any = body(block.body)
    for label in reversed(block.labels):
        made = {label: made}
    return made


def named(blocks: list[Block]) -> dict[str, Any]:
    """Return blocks by their labels with a point between; those that share them are a list."""
    found: dict[str, Any] = {}
    for block in blocks:
        name, made = ".".join(block.labels), body(block.body)
        if name not in found:
            found[name] = made
        else:
            found[name] = [*found[name], made] if isinstance(found[name], list) else [found[name], made]
    return found


def _escaped(text: str) -> str:
    return _MARKED.sub(r"\1\1", text)
