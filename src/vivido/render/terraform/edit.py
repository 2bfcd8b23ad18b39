"""Change values in a file while every other byte stays; see `vivido.yamledit` for the same in YAML.

What came out is read again and compared: an edit that changed more than was asked never leaves this module.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vivido.errors import InputError
from vivido.render.terraform.literals import quoted
from vivido.render.terraform.nodes import Body, Expression, File, Literal, Object, inside
from vivido.render.terraform.syntax import read
from vivido.yamledit.lines import at_end
from vivido.yamledit.splice import Splice, splice


def replaced(file: File, values: Sequence[tuple[Expression, str]], added: Mapping[str, Any] | None = None) -> bytes:
    """Return a file with some quoted texts replaced, and attributes added at its end.

    Args:
        file: As it was read.
        values: Expressions of this file with what each shall be.
        added: Attributes of the file itself, by name.

    Raises:
        InputError: `terraform.not-editable`: a value is no quoted text, or the edit would change something else.
    """
    splices: list[Splice] = []
    for expression, text in values:
        if not isinstance(expression, Literal) or expression.style == "<<" or not isinstance(expression.value, str):
            what = "this is no quoted text, and cannot be replaced by one"
            hint = "Write the image in quotes, or tell `image:` of the service another place."
            raise InputError(what, code="terraform.not-editable", where=file.where(expression), hint=hint)
        # Parentheses around a value are part of it, and stay.
        lead = file.text.index('"', expression.start)
        tail = file.text.rindex('"', expression.start, expression.end) + 1
        splices.append(Splice(lead, tail, quoted(text)))
    text = splice(file.text, splices)
    lines = [f"{name} = {written(value)}" for name, value in (added or {}).items()]
    if lines:
        text = splice(text, [at_end(text, [line for one in lines for line in one.split("\n")])])
    made = (file.bom + text).encode("utf-8")
    _check(file, made, {id(e): t for e, t in values}, added or {})
    return made


def written(value: Any, indent: int = 0) -> str:
    """Return plain data as HCL, objects one key a line."""
    pad = "  " * (indent + 1)
    if isinstance(value, dict):
        lines = [f"{pad}{_key(key)} = {written(part, indent + 1)}" for key, part in value.items()]
        return "\n".join(["{", *lines, "  " * indent + "}"]) if lines else "{}"
    if isinstance(value, list):
        return f"[{', '.join(written(one, indent) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else "null" if value is None else str(value)


def at(expression: Expression, path: Sequence[str | int]) -> Expression | None:
    """Return what stands at a path of keys inside an object that is written there; None where it is not."""
    for step in path:
        found = dict(expression.entries).get(str(step)) if isinstance(expression, Object) else None
        if found is None:
            return None
        expression = found
    return expression


def _key(name: str) -> str:
    return name if name.replace("_", "a").replace("-", "a").isalnum() and not name[0].isdigit() else quoted(name)


def _check(before: File, made: bytes, values: Mapping[int, str], added: Mapping[str, Any]) -> None:
    after = read(made, before.name)
    mine = {name: one for name, one in after.body.attributes.items() if name not in added}
    shape = list(_shape(Body(mine, after.body.blocks), after, {}))
    if shape != list(_shape(before.body, before, values)) or not added.keys() <= after.body.attributes.keys():
        what = "this cannot be changed without changing something else"
        hint = "Write that part of the file in a plainer way, one attribute per line."
        raise InputError(what, code="terraform.not-editable", where=before.name, hint=hint)


def _shape(body: Body, file: File, values: Mapping[int, str]) -> Iterator[Any]:
    for name, one in body.attributes.items():
        yield name
        yield from _leaves(one.value, file, values)
    for block in body.blocks:
        yield (block.type, block.labels)
        yield from _shape(block.body, file, values)
        yield "}"


def _leaves(expression: Expression, file: File, values: Mapping[int, str]) -> Iterator[Any]:
    parts = inside(expression)
    if isinstance(expression, Literal):
        yield "literal", values.get(id(expression), expression.value)
    elif not parts:
        yield file.source(expression)
    else:
        yield type(expression).__name__
    for part in parts:
        yield from _leaves(part, file, values)
