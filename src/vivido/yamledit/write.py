"""Write values as YAML: plain where every reader agrees, quoted where not."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from vivido.errors import InputError
from vivido.yamledit.resolve import reads_as_text

Data = Any
"""A string, integer, boolean or None, or a mapping or list of such."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_INDICATORS = "-?:,[]{}#&*!|>'\"%@`"


def scalar(value: Data, *, style: str = "", flow: bool = False) -> str:
    """Return a scalar's text.

    Args:
        value: A string, integer, boolean or None.
        style: The quotes to keep where they are possible: `'`, `"`, or anything else for none.
        flow: It stands inside braces or brackets, where commas and colons mean more.

    Raises:
        InputError: `yaml.unwritable`: the string has half a surrogate pair, which no UTF-8 can hold.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    _check_encodable(value)
    if style == "'" and not _CONTROL.search(value):
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and _fits_plain(value, flow) and reads_as_text(value):
        return value
    return _double(value)


def _fits_plain(text: str, flow: bool) -> bool:
    if not text or text != text.strip() or _CONTROL.search(text) or text.startswith(("---", "...")):
        return False
    if text[0] in _INDICATORS or ": " in text or " #" in text or text.endswith(":"):
        return False
    # YAML 1.1 readers stumble over a colon inside braces, 1.2 readers do not.
    return not (flow and any(sign in text for sign in ",[]{}:"))


def _double(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _CONTROL.sub(lambda m: f"\\u{ord(m.group()):04x}", quoted)


def _check_encodable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as e:
        raise InputError(
            "a value has half a surrogate pair and cannot be written", code="yaml.unwritable", hint="Correct the value."
        ) from e


def flow(value: Data, *, style: str = "") -> str:
    """Return a value on one line, collections in braces and brackets."""
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{scalar(k, style=style, flow=True)}: {flow(v, style=style)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(v, style=style) for v in value) + "]"
    return scalar(value, style=style, flow=True)


def entry(key: str, value: Data, *, indent: int, dash: int, step: int = 2) -> list[str]:
    """Return the lines of `key: value` in block style.

    Args:
        key: The key.
        value: Its value.
        indent: Columns before the key.
        dash: Columns between a key and the dashes of a list under it; 0 as kubectl writes it.
        step: Columns between a key and the keys under it.
    """
    head = " " * indent + scalar(key) + ":"
    if isinstance(value, Mapping) and value:
        return [head, *mapping(value, indent=indent + step, dash=dash, step=step)]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        items = [item(v, indent=indent + dash, dash=dash, step=step) for v in value]
        return [head, *(line for lines in items for line in lines)]
    return [f"{head} {flow(value) if isinstance(value, Mapping | list | tuple) else scalar(value)}"]


def mapping(value: Mapping[str, Data], *, indent: int, dash: int, step: int = 2) -> list[str]:
    """Return the lines of a mapping in block style."""
    return [line for k, v in value.items() for line in entry(k, v, indent=indent, dash=dash, step=step)]


def item(value: Data, *, indent: int, dash: int, gap: int = 1, step: int = 2) -> list[str]:
    """Return the lines of one item of a list: its dash after `indent` columns, its content `gap` columns behind it."""
    lead = " " * indent + "-" + " " * gap
    if isinstance(value, Mapping) and value:
        lines = mapping(value, indent=indent + 1 + gap, dash=dash, step=step)
        return [lead + lines[0].lstrip(" "), *lines[1:]]
    return [lead + (scalar(value) if not isinstance(value, Mapping | list | tuple) else flow(value))]
