"""What is wrong with the file, where, why, and what to do: collected, ordered, each mistake once."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from vivido.config.facts import Fact
from vivido.errors import InputError
from vivido.text.redact import holds_password, printable, redact

_SHOWN = 60
_LONGEST = 300

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
            hint="Mend the file; `vivido config check` says all of this again.",
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
        self._facts: dict[Fact, None] = {}

    def add(self, at: Place, code: str, message: str, hint: str = "") -> None:
        """Note a mistake at a place."""
        if not self.full:
            self._found.append(Diagnostic(self._file, at.line, at.column, code, message[:_LONGEST], hint[:_LONGEST]))

    def rely(self, fact: Fact) -> None:
        """Note what was found on disk, and has to stay so for the file to be right."""
        self._facts[fact] = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All that was found on disk."""
        return tuple(self._facts)

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


def shown(text: str) -> str:
    """Return text in quotation marks as a message may show it: no secret, no control character, at most 60 characters."""
    if holds_password(text):
        return "“***”"
    text = printable(redact(text)).replace("\n", " ")
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"
