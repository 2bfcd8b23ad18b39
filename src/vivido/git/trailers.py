"""Trailers: the `Key: value` lines at the end of a commit message, read by the rules of `git interpret-trailers`.

The rules, from Git's `trailer.c`: the last paragraph is the trailer block, unless it is the first one (the title). Either all
of its lines are trailers, or one is of Git's own making (`Signed-off-by:`, `(cherry picked from commit …`) and at most three
quarters are not trailers. A line that starts with white space continues the one before. `#` starts a comment.
"""

import re
from collections.abc import Iterator, Mapping

from vivido.errors import InputError
from vivido.text.redact import printable

_KEY = re.compile(r"[A-Za-z0-9-]+")
_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)", re.DOTALL)
_OWN = ("Signed-off-by: ", "(cherry picked from commit ")
# What Git's own isspace() takes for white space: it knows neither \v nor \f.
_SPACE = " \t\n\r"
_FOLD = re.compile(r"\n[ \t\n\r]*")


def trailers(message: str) -> dict[str, tuple[str, ...]]:
    """Return a message's trailers: the values of each key, in order. Keys keep the spelling they were first seen with."""
    found: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    for key, value in _pairs(_block(message)):
        found.setdefault(spelling.setdefault(key.lower(), key), []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def trailer(message: str, key: str) -> str:
    """Return the last value of a trailer, whatever the case of its key; empty where there is none."""
    return next((values[-1] for k, values in trailers(message).items() if k.lower() == key.lower()), "")


def with_trailers(subject: str, body: str, pairs: Mapping[str, str | tuple[str, ...]]) -> str:
    """Compose a commit message.

    Args:
        subject: One line.
        body: Any text, or none. It cannot add trailers: the block at the end is the one of `pairs` alone.
        pairs: Trailers by key; a tuple stands for several of one key.

    Raises:
        InputError: `git.trailer`: a key is no key; a value or the subject is empty, or holds a line break or another control
            character.
    """
    title = _line("subject", subject)
    if not pairs:
        return "\n\n".join(part for part in (title, _clean(body)) if part) + "\n"
    lines = [
        f"{_checked(key)}: {_line(key, value)}"
        for key, values in pairs.items()
        for value in ((values,) if isinstance(values, str) else values)
    ]
    return "\n\n".join(part for part in (title, _clean(body), "\n".join(lines)) if part) + "\n"


def _clean(body: str) -> str:
    return printable(body.replace("\r\n", "\n")).strip()


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise InputError(
            f"“{printable(key)[:100]}” is no trailer's key", code="git.trailer", hint="Use letters, digits and “-”."
        )
    return key


def _line(name: str, value: str) -> str:
    if not value.strip() or value != printable(value) or "\n" in value or "\u2028" in value or "\u2029" in value:
        raise InputError(
            f"the {name} of a commit message must be one line of text, not {printable(ascii(value))[:200]}",
            code="git.trailer",
            hint="Take line breaks and control characters out of the name.",
        )
    return value.strip()


def _block(message: str) -> list[str]:
    lines = message.split("\n")
    while lines and _ignored(lines[-1]):
        lines.pop()
    start = next((i for i, line in enumerate(lines) if not line.strip(_SPACE) and not line.startswith("#")), len(lines))
    end = next((i for i in range(len(lines) - 1, start - 1, -1) if not lines[i].strip(_SPACE)), None)
    if end is None:
        return []
    block = lines[end + 1 :]
    return block if _is_block(block) else []


def _ignored(line: str) -> bool:
    return not line.strip(_SPACE) or line.startswith("#")


def _is_block(lines: list[str]) -> bool:
    good = bad = pending = 0
    recognized = False
    for line in reversed(lines):
        if line.startswith("#"):
            bad, pending = bad + pending, 0
        elif line.startswith(_OWN):
            good, pending, recognized = good + 1, 0, True
        elif _TRAILER.match(line):
            good, pending = good + 1, 0
        elif line[0] in _SPACE:
            pending += 1
        else:
            bad, pending = bad + 1 + pending, 0
    bad += pending
    return (recognized and good * 3 >= bad) or (good > 0 and bad == 0)


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    key, value = "", ""
    for line in lines:
        if key and line and line[0] in _SPACE:
            value += f"\n{line}"
            continue
        if key:
            yield key, _unfolded(value)
        match = None if line.startswith("#") else _TRAILER.match(line)
        key, value = (match[1], match[2]) if match else ("", "")
    if key:
        yield key, _unfolded(value)


def _unfolded(value: str) -> str:
    # As Git's unfold_value(): a line's own white space at its end stays, the break and what indents the next become one space.
    return _FOLD.sub(" ", value.strip(_SPACE)).strip(_SPACE)
