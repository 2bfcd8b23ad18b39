"""Texts and numbers as HCL writes them, read and written (hashicorp/hcl, `hclsyntax/spec.md`, “Template Literals”)."""

import re
from collections.abc import Callable
from math import isfinite

from vivido.errors import InputError

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.|$)|\$\$(?=\{)|%%(?=\{)", re.S)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WRITTEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_HEREDOC = re.compile(r"<<(-?)[^\r\n]*\r?\n")
_LAST_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_MOST_DIGITS = 1000
"""Terraform itself keeps 512 bits of a number, which are 155 digits."""


def unescaped(text: str, refuse: Callable[[tuple[str, str]], InputError]) -> str:
    """Return what quoted text means.

    Args:
        text: What stands between the quotes, without `${…}`.
        refuse: Makes the error for an escape that means nothing, of what is wrong and what to do.
    """

    def one(match: re.Match[str]) -> str:
        said = match[1]
        if said is None:
            return match[0][0]
        if said in _ESCAPES:
            return _ESCAPES[said]
        if len(said) > 1 and (point := int(said[1:], 16)) <= _LAST_POINT and point not in _SURROGATES:
            return chr(point)
        raise refuse(("a backslash stands before something that it gives no meaning", "Write \\\\ for a backslash."))

    return _ESCAPE.sub(one, text)


def quoted(text: str) -> str:
    """Return text as a quoted literal that means just that."""
    inner = "".join(_WRITTEN.get(c) or (c if c >= " " else f"\\u{ord(c):04x}") for c in text)
    return '"' + re.sub(r"([$%])(?=\{)", r"\1\1", inner) + '"'


def number(text: str) -> int | float | None:
    """Return a number; None where the text is none, or too large to be told from others."""
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    found = int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    return found if isinstance(found, int) or isfinite(found) else None


def heredoc(text: str) -> str | None:
    """Return what a heredoc means; None where it is a template that has to be worked out."""
    head = _HEREDOC.match(text)
    body = re.split(r"(?<=\n)", text[head.end() if head else 0 :])
    lines = body[:-1] if body[-1] == "" else body
    kept = lines[:-1]
    if re.search(r"(?<!\$)\$\{|(?<!%)%\{", "".join(kept)):
        return None
    if head and head[1]:
        margin = min((len(line) - len(line.lstrip(" \t")) for line in kept if line.strip()), default=0)
        kept = [line[margin:] if line.strip() else line.lstrip(" \t") for line in kept]
    return re.sub(r"\$\$(?=\{)|%%(?=\{)", lambda m: m[0][0], "".join(kept))
