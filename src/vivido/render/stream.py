"""How `kubectl` takes a file apart before any of it is YAML: apimachinery `pkg/util/yaml/decoder.go`.

A file that begins with `{` is JSON, one object after the other; what cannot be read so is tried as YAML. Everything else is cut at
lines that begin with `---`, whatever YAML makes of them; so a document has no directives, and nothing stands beside the dashes.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from vivido.errors import InputError
from vivido.yamledit.tree import Node, Scalar, children

_BESIDE = re.compile(r"^---(?=[^\S\n]*[^\s#])", re.M)
_DIRECTIVE = re.compile(r"^%", re.M)
_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_INT64 = range(-(2**63), 2**63)


def as_json(text: str, name: str) -> list[tuple[Any, str]] | None:
    """Return the objects of JSON text, each with its `line:column`; None where it is none, and may be YAML.

    Raises:
        InputError: `yaml.duplicate-key`, `yaml.value`: it is JSON that `kubectl` refuses, or of which it loses a part.
    """
    if not text.lstrip().startswith("{"):
        return None
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_float, parse_int=_int)
    found: list[tuple[Any, str]] = []
    at = _next(text, 0)
    while at < len(text):
        position = f"{text.count(chr(10), 0, at) + 1}:{at - (text.rfind(chr(10), 0, at) + 1) + 1}"
        try:
            value, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            return None
        except InputError as e:
            raise InputError(e.message, code=e.code, hint=e.hint, where=f"{name}:{position}") from None
        found.append((value, position))
        at = _next(text, end)
    return found


def check_lines(text: str, name: str) -> None:
    """Refuse what YAML allows and the cut at `---` does not.

    Raises:
        InputError: `yaml.separator`, `yaml.directive`, with the position.
    """
    if beside := _BESIDE.search(text):
        what, hint = "something stands beside “---”, which kubectl refuses", "Put it on a line of its own."
        raise InputError(what, code="yaml.separator", hint=hint, where=_where(text, beside.start(), name))
    if directive := _DIRECTIVE.search(text):
        what, hint = "kubectl takes a directive for a document of its own, and refuses it", "Remove the line."
        raise InputError(what, code="yaml.directive", hint=hint, where=_where(text, directive.start(), name))


def check_escapes(text: str, roots: Iterable[Node], name: str) -> None:
    r"""Refuse `\/`, which JSON has and go-yaml v2 does not.

    Raises:
        InputError: `yaml.invalid`, with the position.
    """
    todo = list(roots)
    while todo:
        node = todo.pop()
        if isinstance(node, Scalar) and node.style == '"' and _SLASH.search(text[node.start : node.end]):
            what, hint = "kubectl does not know the escape “\\/”", "Write the slash alone."
            raise InputError(what, code="yaml.invalid", hint=hint, where=f"{name}:{node.position}")
        todo.extend(children(node))


def _where(text: str, at: int, name: str) -> str:
    return f"{name}:{text.count(chr(10), 0, at) + 1}:1"


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            what, hint = f"the key “{key[:100]}” stands here a second time", "Remove one of the two."
            raise InputError(what, code="yaml.duplicate-key", hint=hint)
        if any("\ud800" <= c <= "\udfff" for text in (key, value) if isinstance(text, str) for c in text):
            what, hint = "half a character is written here, and kubectl would replace it", "Write the whole of it."
            raise InputError(what, code="yaml.value", hint=hint)
        made[key] = value
    return made


def _no_number(text: str) -> Any:
    raise InputError(f"{text} is no JSON", code="yaml.value", hint="Quote it if a string is meant.")


def _float(text: str) -> int | float:
    number = float(text)
    if math.isinf(number):
        raise InputError("this number is too large", code="yaml.value", hint="Quote it if a string is meant.")
    return int(number) if number.is_integer() and int(number) in _INT64 else number


def _int(text: str) -> int | float:
    return int(text) if len(text) < 21 and int(text) in _INT64 else _float(text)
