"""What stands inside a ConfigMap's key: JSON, YAML, Java properties, INI and `.env` as data, so that one value is one difference.

Opening never fails: what is too large, too deep, written twice or not understood stays a text.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

from vivido.errors import InputError

MAX_TEXT = 256 * 1024
"""Characters; longer texts are compared as texts."""
MAX_DEPTH = 40
"""Collections inside each other."""

_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)=(.*)")
_OPTION = re.compile(r"([^=:]+)[=:](.*)")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_UNICODE = re.compile(r"[0-9A-Fa-f]{4}")


class UnreadableError(ValueError):
    """The text is not what its name says, or not only one thing."""


def opened(key: str, left: str, right: str) -> tuple[Any, Any] | None:
    """Return what two texts under one key hold, or None where both cannot be read in the same way.

    Args:
        key: The ConfigMap's key; its ending says what the text is, without one the text itself does.
        left: A text.
        right: A text.
    """
    if len(left) > MAX_TEXT or len(right) > MAX_TEXT:
        return None
    form = _form(key, left)
    if form is None or form != _form(key, right):
        return None
    before, after = _read(form, left), _read(form, right)
    return None if before is None or after is None else (before, after)


def _form(key: str, text: str) -> str | None:
    ending = key.rpartition(".")[2].lower()
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return "env" if len(lines) > 1 and all(_ASSIGNMENT.fullmatch(line.strip()) for line in lines) else None


@lru_cache(256)
def _read(form: str, text: str) -> Any:
    """Return a dict or a list, None where the text holds neither. The value is shared: nobody changes it."""
    try:
        data = _READERS[form](text)
        # Whatever JSON cannot hold cannot be compared or written either.
        msgspec.json.encode(data)
    except (ValueError, InputError, RecursionError, OverflowError):
        return None
    return data if isinstance(data, dict | list) and _is_shallow(data, MAX_DEPTH) else None


def _is_shallow(data: Any, left: int) -> bool:
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return left > 0 and all(_is_shallow(part, left - 1) for part in parts)


def unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a dict.

    Raises:
        UnreadableError: A key is there twice.
    """
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableError(key)
        found[key] = value
    return found


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=unique, parse_constant=_refuse)


def _refuse(word: str) -> Any:
    raise UnreadableError(word)


def _yaml(text: str) -> Any:
    # Here, because few objects hold any, and what reads YAML takes long to load.
    from vivido.drift.opened_yaml import read

    return read(text, MAX_DEPTH)


def _env(text: str) -> dict[str, str]:
    return unique(_assignment(line.strip()) for line in text.splitlines() if _counts(line, "#"))


def _counts(line: str, comments: str) -> bool:
    return bool(line.strip()) and line.lstrip()[0] not in comments


def _assignment(line: str) -> tuple[str, str]:
    match = _ASSIGNMENT.fullmatch(line)
    if match is None:
        raise UnreadableError(line)
    return match[1], match[2].strip()


def _properties(text: str) -> dict[str, str]:
    """Read as `java.util.Properties.load` does."""
    return unique(_property(line) for line in _logical_lines(text))


def _logical_lines(text: str) -> Iterable[str]:
    whole = ""
    for line in re.split(r"\r\n|\r|\n", text):
        part = line.lstrip(" \t\f")
        if not whole and not _counts(part, "#!"):
            continue
        if (len(part) - len(part.rstrip("\\"))) % 2:
            whole += part[:-1]
        else:
            yield whole + part
            whole = ""
    if whole:
        yield whole


def _property(line: str) -> tuple[str, str]:
    at = 0
    while at < len(line) and line[at] not in "=: \t\f":
        at += 2 if line[at] == "\\" else 1
    rest = line[at:].lstrip(" \t\f")
    if rest[:1] in ("=", ":"):
        rest = rest[1:].lstrip(" \t\f")
    return _unescaped(line[:at]), _unescaped(rest)


def _unescaped(text: str) -> str:
    first, *parts = text.split("\\")
    out, index = [first], 0
    while index < len(parts):
        part = parts[index]
        if not part:  # Two in a row stand for one.
            out.append("\\" + (parts[index + 1] if index + 1 < len(parts) else ""))
            index += 2
            continue
        out.append(_escape(part))
        index += 1
    return "".join(out)


def _escape(part: str) -> str:
    if part[0] == "u":
        if not _UNICODE.match(part, 1):
            raise UnreadableError(part)
        return chr(int(part[1:5], 16)) + part[5:]
    return _ESCAPES.get(part[0], part[0]) + part[1:]


def _ini(text: str) -> dict[str, Any]:
    """Read sections of `key = value`; what stands before the first section is on top. Continued lines are not understood."""
    found: dict[str, Any] = {}
    section = found
    for line in text.splitlines():
        if not _counts(line, "#;"):
            continue
        if line[0].isspace():
            raise UnreadableError(line)
        part = line.strip()
        if part.startswith("["):
            name = part[1:-1].strip()
            if not part.endswith("]") or not name or name in found:
                raise UnreadableError(line)
            section = found[name] = {}
            continue
        match = _OPTION.fullmatch(part)
        if match is None or match[1].rstrip() in section:
            raise UnreadableError(line)
        section[match[1].rstrip()] = match[2].strip()
    return found


_ENDINGS = {"ini": "ini", "json": "json", "yaml": "yaml", "yml": "yaml", "properties": "properties", "env": "env"}
_READERS: dict[str, Callable[[str], Any]] = {
    "ini": _ini,
    "json": _json,
    "yaml": _yaml,
    "properties": _properties,
    "env": _env,
}
