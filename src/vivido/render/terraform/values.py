"""What expressions come to, as far as the files alone say it. What only Terraform can work out stays `Unknown`, and says why."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from vivido.render.terraform.literals import number
from vivido.render.terraform.nodes import Computed, Expression, File, Items, Literal, Object, Template, Traversal

_MOST_LOCALS = 50
"""Local values that are made of each other, one of the next."""
_MOST_PARTS = 50_000
"""Of one local value; lists that hold another one twice, and so on, would have more parts than anybody can walk through."""
_MOST_TEXT = 100_000
"""Characters of one text; templates that put themselves together could grow without end."""


class Unknown(NamedTuple):
    """A value that cannot be told.

    Attributes:
        why: For people: `calls the function lookup`.
        where: `file:line:column`.
    """

    why: str
    where: str


class Written(NamedTuple):
    """An expression and the file that it stands in."""

    value: Expression
    file: File

    @property
    def where(self) -> str:
        """`file:line:column`."""
        return self.file.where(self.value)


class Scope:
    """What names mean in one module.

    Args:
        variables: Their values, as far as they are known.
        local: The module's local values, as they are written.
        workspace: What `terraform.workspace` is; empty where that is not told.
    """

    def __init__(self, variables: Mapping[str, Any], local: Mapping[str, Written], workspace: str = "") -> None:
        self._variables = variables
        self._local = local
        self._workspace = workspace
        self._known: dict[str, Any] = {}
        self._active: set[str] = set()

    def local(self, name: str) -> Any:
        """Return a local value."""
        if name not in self._known:
            written = self._local[name]
            if name in self._active:
                return Unknown(f"local.{name} is made of itself", written.where)
            if len(self._active) >= _MOST_LOCALS:
                return Unknown(f"is made of more than {_MOST_LOCALS} local values, one of the next", written.where)
            self._active.add(name)
            value = self.evaluate(written.value, written.file)
            if _is_endless(value):
                value = Unknown(f"has more than {_MOST_PARTS} parts", written.where)
            self._known[name] = value
            self._active.discard(name)
        return self._known[name]

    def evaluate(self, expression: Expression, file: File) -> Any:
        """Return what an expression comes to: plain data, with an `Unknown` in each place that cannot be told."""
        match expression:
            case Literal(value=value):
                return value
            case Template():
                return self._template(expression, file)
            case Items(items=items):
                return [self.evaluate(one, file) for one in items]
            case Object(entries=entries):
                return {self._key(key, file): self.evaluate(value, file) for key, value in entries}
            case Traversal(path=path):
                return self._named(path, file.where(expression))
            case Computed(why=why):
                return Unknown(f"is {why}", file.where(expression))
            case _:
                return Unknown("is an expression", file.where(expression))

    def _key(self, key: str | Expression, file: File) -> str:
        if isinstance(key, str):
            return key
        found = self.evaluate(key, file)
        return text_of(found) or f"({file.source(key)})"

    def _template(self, template: Template, file: File) -> Any:
        made = ""
        for part in template.parts:
            found = part if isinstance(part, str) else self.evaluate(part, file)
            if isinstance(found, Unknown):
                return found
            text = text_of(found)
            if text is None or len(made) + len(text) > _MOST_TEXT:
                return Unknown("puts something together that is no text", file.where(template))
            made += text
        return made

    def _named(self, path: tuple[str | int, ...], where: str) -> Any:
        match path:
            case ("var", str() as name, *rest) if name in self._variables:
                return _below(self._variables[name], rest, where)
            case ("var", name, *_):
                return Unknown(f"is var.{name}, which no file gives a value", where)
            case ("local", str() as name, *rest) if name in self._local:
                return _below(self.local(name), rest, where)
            case ("terraform", "workspace") if self._workspace:
                return self._workspace
            case _:
                return Unknown(f"is {'.'.join(map(str, path))}, which is known when Terraform runs", where)


def _below(value: Any, path: list[str | int], where: str) -> Any:
    for step in path:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return Unknown(f"takes {step} from something that does not have it", where)
    return value


def _is_endless(value: Any) -> bool:
    todo, seen = [value], 0
    while todo and seen <= _MOST_PARTS:
        one = todo.pop()
        seen += 1
        if isinstance(one, dict | list):
            todo += one.values() if isinstance(one, dict) else one
    return seen > _MOST_PARTS


def text_of(value: Any) -> str | None:
    """Return a single value as Terraform puts it into a template; None for everything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


def is_known(value: Any) -> bool:
    """Say whether a value is known in all its parts."""
    if isinstance(value, dict):
        return all(is_known(one) for one in value.values())
    if isinstance(value, list):
        return all(is_known(one) for one in value)
    return not isinstance(value, Unknown)


def unknowns(value: Any) -> list[Unknown]:
    """Return what of a value cannot be told."""
    if isinstance(value, Unknown):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for part in parts for one in unknowns(part)]


def known(value: Any) -> Any:
    """Return a value without the keys of objects that are unknown; a list that is not wholly known is left out."""
    if isinstance(value, dict):
        return {
            k: known(v) for k, v in value.items() if not isinstance(v, Unknown) and (is_known(v) or isinstance(v, dict))
        }
    return value


def converted(value: Any, kind: str) -> Any:
    """Return a value as a variable of a simple type has it; other types, and what does not fit, stay as they are written."""
    if kind == "string" and not isinstance(value, str) and (text := text_of(value)) is not None:
        return text
    if kind == "bool" and value in ("true", "false"):
        return value == "true"
    if kind == "number" and isinstance(value, str):
        found = number(value)
        return value if found is None else found
    return value
