"""Texts and numbers as HCL writes them, read and written (hashicorp/hcl, `hclsyntax/spec.md`, “Template Literals”)."""

import re
from collections.abc import Callable

from vivido.errors import InputError

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.|$)|\$\$(?=\{)|%%(?=\{)", re.S)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WRITTEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_HEREDOC = re.compile(r"<<(-?)[^\r\n]*\r?\n")
_LAST_POINT = 0x10FFFF


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
        if len(said) > 1 and int(said[1:], 16) <= _LAST_POINT:
            return chr(int(said[1:], 16))
        raise refuse(("a backslash stands before something that it gives no meaning", "Write \\\\ for a backslash."))

    return _ESCAPE.sub(one, text)


def quoted(text: str) -> str:
    """Return text as a quoted literal that means just that."""
    inner = "".join(_WRITTEN.get(c) or (c if c >= " " else f"\\u{ord(c):04x}") for c in text)
    return '"' + re.sub(r"([$%])(?=\{)", r"\1\1", inner) + '"'


def number(text: str) -> int | float:
    """Return a number."""
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


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
