"""How the walker says what it found. One place for the words, so that all messages sound alike."""

from collections.abc import Sequence as Several
from typing import Any

from vivido.config.diagnostic import shown
from vivido.config.node import Mapping, Node, Scalar, Sequence
from vivido.config.scalar import resolve, switch
from vivido.text.nearest import nearest

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "keys with values",
    "array": "a list",
    "null": "nothing",
}


def json_type_of(value: object) -> str:
    """Return what JSON calls the type of a single value."""
    types: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}
    return types.get(type(value), "null")


def json_type(node: Node) -> str:
    """Return what JSON calls the type of a node."""
    if isinstance(node, Mapping):
        return "object"
    if isinstance(node, Sequence):
        return "array"
    return json_type_of(node.value)


def either(words: Several[str], last: str = "or") -> str:
    """Return “a, b or c”."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def wrong_type(where: str, node: Node, wanted: Several[str]) -> tuple[str, str]:
    """Return message and hint for a value of the wrong type. The value itself is not told: it may be a secret."""
    names = either(list(dict.fromkeys(_TYPES[t] for t in wanted)))
    if json_type(node) == "null":
        return f"{where} has no value; it has to be {names}", "Give it one, or leave the key out."
    return f"{where} has to be {names}, not {_found(node)}", _type_hint(node, wanted)


def _found(node: Node) -> str:
    kind = json_type(node)
    return "a switch (true or false)" if kind == "boolean" else _TYPES[kind]


def _type_hint(node: Node, wanted: Several[str]) -> str:
    if isinstance(node, Scalar):
        if "string" in wanted:
            return "Put it in quotes: YAML reads it as something else than text."
        if "boolean" in wanted and (meant := switch(node.text)) is not None:
            return f"Write {str(meant).lower()}: “{node.text}” is a switch to some readers of YAML and text to others."
        if {"integer", "number"} & set(wanted) and not isinstance(resolve(node.text), str):
            return "Write it without quotes."
    ways = {"array": "a list, [ … ]", "object": "“key: value” below it", "boolean": "true or false"}
    return f"Write {either(list(dict.fromkeys(ways.get(t, 'one value') for t in wanted)))}."


def two_numbers(where: str, node: Scalar) -> tuple[str, str]:
    """Return message and hint for a number with a leading zero."""
    message = f"{where}: {node.text[:20]} is octal to some readers of YAML and decimal to others"
    return message, f"Write {node.value}, or {shown(node.text)} in quotes if it is text."


def unknown_key(where: str, key: str, known: Several[str], noun: str, choices: Several[str]) -> tuple[str, str]:
    """Return message and hint for a key that is not known; `noun` and `choices` where the key names a kind."""
    if meant := nearest(key, known):
        hint = f"Did you mean “{meant}”?"
    else:
        hint = f"Known here: {', '.join(choices or known)}." if known else "Nothing can stand here."
    what = f"is no kind of {noun}" if noun and choices else "is no key"
    return f"{shown(key)} {what} {'in' if choices else 'of'} {where}", hint


def not_in(where: str, node: Scalar, allowed: Several[Any], noun: str) -> tuple[str, str]:
    """Return message and hint for a value that is not one of those allowed."""
    words = [str(a) if not isinstance(a, bool) else str(a).lower() for a in allowed]
    meant = nearest(node.text, words)
    hint = f"Did you mean “{meant}”?" if meant else f"Write {either(words)}."
    return f"{where}: {shown(node.text)} is not known{f' as {noun}' if noun else ''}", hint


def not_one(where: str, present: Several[str], choices: Several[str], noun: str) -> tuple[str, str]:
    """Return message and hint where exactly one of several keys has to be there."""
    if present:
        hint = f"Keep one of them, or make each a {noun} of its own." if noun else "Keep one of them."
        return f"{where} has {either(present, 'and')}; it takes exactly one", hint
    return f"{where} lacks what it is: {either(choices)}", "Add one of them."


def unfitting(where: str, told: str, schema: dict[str, Any]) -> tuple[str, str]:
    """Return message and hint for text that does not fit its pattern or length."""
    if told.strip("“ ”") == "":
        return f"{where} is empty", "Give it a value, or leave the key out."
    if title := schema.get("title"):
        example = next(iter(schema.get("examples", ())), "")
        return f"{where}: {told} is not {title}", f"Write for example {example}." if example else "Write it so."
    lengths = f"{schema.get('minLength', 0)} to {schema.get('maxLength', 'any number of')} characters"
    form = schema.get("description") or f"It has to fit {schema.get('pattern', lengths)}."
    return f"{where}: {told} does not fit", form
