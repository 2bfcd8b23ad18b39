"""What is wrong with the file, where, why, and what to do: collected, ordered, each mistake once."""

import re
from collections.abc import Iterable
from typing import Protocol

import msgspec

from vivido.errors import InputError
from vivido.text.redact import printable, redact

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PORT_THEN_PATH = re.compile(r"[^/?#\s@]*:[0-9]*[/?#]")
_TOKEN = re.compile(r"gh[opsur]_|github_pat_|glpat-|[A-Za-z0-9_-]{32,}@")
_QUERY = re.compile(r"(?i)[?&](?:password|passwd|pwd|token|secret)=[^&\s]")
_SHOWN = 60

LIMIT = 100
"""Mistakes that are told; whoever made more than that wants to mend the first ones first."""


class Diagnostic(msgspec.Struct, frozen=True):
    """One mistake."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    code: str
    """Stable and dotted: `config.unknown-key`, `yaml.duplicate-key`."""
    message: str
    """What is wrong and why; starts in lower case, no full stop."""
    hint: str = ""
    """What to do: one sentence."""

    def __str__(self) -> str:
        hint = f". {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}"


class ConfigError(InputError):
    """The file cannot be used; `diagnostics` says everything that is wrong with it."""

    default_code = "config.invalid"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        first = diagnostics[0]
        super().__init__(
            "\n".join(map(str, diagnostics)),
            where=f"{first.file}:{first.line}:{first.column}",
            hint="`vivido config check` says it again; `vivido config schema` describes the file.",
        )
        self.diagnostics = diagnostics


class Place(Protocol):
    """Anything with a position in the file."""

    @property
    def line(self) -> int:
        """Return the line, from 1."""
        ...

    @property
    def column(self) -> int:
        """Return the column, from 1."""
        ...


class Report:
    """Collects the mistakes of one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Diagnostic] = []

    def add(self, at: Place, code: str, message: str, hint: str = "") -> None:
        """Note a mistake at a place."""
        if not self.full:
            self._found.append(Diagnostic(self._file, at.line, at.column, code, message, hint))

    @property
    def full(self) -> bool:
        """Whether so much was found that looking on is of no use."""
        return len(self._found) >= LIMIT

    def concerns(self, places: Iterable[Place]) -> bool:
        """Say whether something was noted at one of these places."""
        wanted = {(p.line, p.column) for p in places}
        return any((d.line, d.column) in wanted for d in self._found)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return all, in the file's order, each once.

        Where a value holds a password nothing else is said about it: it has to be written anew anyway.
        """
        secret = {(d.line, d.column) for d in self._found if d.code == "config.password"}
        kept = {d: None for d in self._found if d.code == "config.password" or (d.line, d.column) not in secret}
        return tuple(sorted(kept, key=lambda d: (d.line, d.column)))


def has_password(text: str) -> bool:
    """Say whether text holds a URL with a password or token before its host, or in its query.

    Broader than the URL grammar on purpose: a password with a raw `/` or `@` in it is no valid URL, and still a password.
    """
    for scheme in _SCHEME.finditer(text):
        rest = text[scheme.end() :].split(maxsplit=1)[0] if text[scheme.end() :].strip() else ""
        if _QUERY.search(rest) or _TOKEN.match(rest):
            return True
        if not _PORT_THEN_PATH.match(rest) and re.match(r"[^\s@]*:[^\s]*@", rest):
            return True
    return False


def shown(text: str) -> str:
    """Return text in quotation marks as a message may show it: no secret, no control character, at most 60 characters."""
    if has_password(text):
        return "“***”"
    text = printable(redact(text)).replace("\n", " ")
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"
