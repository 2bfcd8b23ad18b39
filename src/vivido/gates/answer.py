"""What an `http` gate asks and what it hears, as plain values."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

MAX_BODY = 1024 * 1024
"""Bytes of a body that are looked at."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Question(msgspec.Struct, frozen=True):
    """One request, ready to be sent."""

    url: str
    headers: dict[str, str]
    timeout: float
    """Seconds for the whole of it."""
    contains: bytes
    """What to look for in the body; empty: nothing."""
    body: Any
    """What the body must equal; `UNSET`: anything."""
    follow: bool
    hidden: tuple[str, ...]
    """Secrets that must not be in what is kept."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one request."""

    status: int = 0
    """0 where there was no answer."""
    microseconds: int = 0
    """Until its last byte."""
    contains: bool = False
    """The body holds the text that was looked for."""
    equal: bool = False
    """The body is what it must be."""
    cut: bool = False
    """The body is longer than what was looked at."""
    location: str = ""
    """Where it redirects to."""
    excerpt: str = ""
    """The beginning of a body that was not right."""
    fault: str = ""
    """Why there was no answer."""
    blind: bool = False
    """Nothing could be asked, so that the fault says nothing about the release."""


def filled_in(headers: Mapping[str, str], environ: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return headers with `${NAME}` replaced by variables, and why that cannot be done."""
    missing = sorted({n for text in headers.values() for n in _VARIABLE.findall(text) if not environ.get(n)})
    if missing:
        return {}, f"the variable {missing[0]}, which a header needs, is not set"
    return {k: _VARIABLE.sub(lambda m: environ[m[1]], v) for k, v in headers.items()}, ""
