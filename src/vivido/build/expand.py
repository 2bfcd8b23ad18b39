"""Expanding variables in the words of a Containerfile, as BuildKit's `shell.Lex` does.

Quotes are taken off on the way: single quotes keep `$` as it is, double quotes do not.
"""

import re
from collections.abc import Callable

Lookup = Callable[[str], str | None]
"""A variable's name → its value, None where it is not set."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USED = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*))")


def expand(text: str, lookup: Lookup, escape: str = "\\") -> str:
    """Return text with `$name`, `${name}`, `${name:-word}` and `${name:+word}` replaced and quotes taken off.

    A variable that is not set gives nothing. Of the patterns (`${name#…}`, `${name%…}`, `${name/…}`) the value is given
    unchanged: enough to judge, and no builder's result is made of it.
    """
    return _Expansion(text, lookup, escape).run("")


def used(text: str) -> tuple[str, ...]:
    """Return the names of the variables that text mentions, in order, each once. Quotes are not looked at."""
    return tuple(dict.fromkeys(plain or braced for plain, braced in _USED.findall(text)))


class _Expansion:
    def __init__(self, text: str, lookup: Lookup, escape: str) -> None:
        self.text, self.lookup, self.escape, self.at = text, lookup, escape, 0

    def run(self, stop: str) -> str:
        """Expand up to an unquoted `stop` character, which is consumed; an empty one means the end."""
        out, double = list[str](), False
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == stop and not double:
                break
            if char == '"':
                double = not double
            elif char == "'" and not double:
                out.append(self._single())
            elif char == self.escape and self.at < len(self.text):
                out.append(self.text[self.at])
                self.at += 1
            else:
                out.append(self._variable() if char == "$" else char)
        return "".join(out)

    def _single(self) -> str:
        end = self.text.find("'", self.at)
        end = len(self.text) if end < 0 else end
        inner, self.at = self.text[self.at : end], end + 1
        return inner

    def _variable(self) -> str:
        if self.text.startswith("{", self.at):
            return self._braced()
        name = _NAME.match(self.text, self.at)
        if name is None:
            return "$"
        self.at = name.end()
        return self.lookup(name[0]) or ""

    def _braced(self) -> str:
        name = _NAME.match(self.text, self.at + 1)
        if name is None:
            return "$"
        self.at = name.end()
        value = self.lookup(name[0])
        colon = self.text.startswith(":", self.at)
        operator = self.text[self.at + colon : self.at + colon + 1]
        if operator == "}" and not colon:
            self.at += 1
            return value or ""
        self.at += colon + len(operator)
        word = self.run("}")
        present = bool(value) if colon else value is not None
        if operator == "-":
            return (value or "") if present else word
        if operator == "+":
            return word if present else ""
        return value or ""
