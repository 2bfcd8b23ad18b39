"""Selectors: which places of which objects a rule speaks of, as `Kind/name/path` with `*` and `**`.

The spelling is that of `model.difference`: segments between `/`, with `~0` and `~1` for `~` and `/` inside one. `*` stands for any
text within one segment, a whole segment `**` for any number of segments. A selector without `**` at its end selects exactly one
depth: nothing is allowed that was not named.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from vivido.model.difference import Difference, Path, segments

ANY = "**"
"""A segment that stands for any number of segments, none included."""


class Selector(msgspec.Struct, frozen=True, dict=True):
    """A selector, taken apart."""

    text: str
    """As it was written."""

    @cached_property
    def parts(self) -> Path:
        """The segments, kind and name first."""
        return segments(self.text)

    @property
    def kind(self) -> str:
        """The kind of object it speaks of; empty where that is a pattern."""
        first = self.parts[0]
        return "" if "*" in first else first

    def covers(self, difference: Difference) -> bool:
        """Say whether it selects the very place of a difference."""
        return matches(self.parts, (difference.object.kind, difference.object.name, *difference.path))

    def touches(self, difference: Difference) -> bool:
        """Say whether it selects the place of a difference, something below it that one side has, or something that it is below."""
        place = (difference.object.kind, difference.object.name, *difference.path)
        if any(matches(self.parts, place[:end]) for end in range(2, len(place) + 1)):
            return True
        return any(self.found_below(place, side) for side in (difference.left, difference.right))

    def found_below(self, place: Path, value: Any) -> bool:
        """Say whether it selects something inside a value that stands at a place."""
        return any(matches(self.parts, (*place, *below)) for below in _below(value))


def problem(text: str) -> tuple[str, str]:
    """Return what is wrong with a selector and what to do; two empty texts if nothing is."""
    parts = segments(text)
    kind = next(iter(parts), "")
    if len(parts) < 2 and kind != ANY:
        return "has to name a kind and a name", "Write it as Kind/name/path: Deployment/*/spec/replicas."
    if any(not part for part in parts):
        return "has an empty part", "Write one “/” between parts; a “/” that belongs to a name is written ~1."
    if any(ANY in part and part != ANY for part in parts):
        return "has “**” beside other text", "“**” stands alone between two “/”; within a name “*” is enough."
    if kind != ANY and not kind.lstrip("*")[:1].isupper() and kind.strip("*"):
        return "begins with no kind", "Kinds begin with a capital: Deployment/*/spec/replicas."
    return "", ""


def matches(pattern: Path, place: Path) -> bool:
    """Say whether a place fits a pattern. Takes at most the product of both lengths."""
    if ANY in pattern:
        head = pattern.index(ANY)
        return len(place) >= head and _fit(pattern[:head], place) and _reaches(pattern[head:], place[head:])
    return len(pattern) == len(place) and _fit(pattern, place)


def _fit(parts: Path, place: Path) -> bool:
    """Say whether parts without `**` fit the beginning of a place, each the one at its depth."""
    for part, one in zip(parts, place, strict=False):  # noqa: SIM110 - asked of every difference and rule
        if part != one and ("*" not in part or not _fits(part, one)):
            return False
    return True


def _reaches(pattern: Path, place: Path) -> bool:
    """Say whether a place fits a pattern with `**`."""
    # One row of a table: which beginnings of the place the pattern so far can stand for.
    row = [True, *[False] * len(place)]
    for part in pattern:
        if part == ANY:
            reached = False
            row = [reached := reached or here for here in row]
        else:
            row = [False, *(row[i] and _fits(part, one) for i, one in enumerate(place))]
    return row[-1]


def _fits(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return pattern == text
    head, *middle, tail = pattern.split("*")
    if len(text) < len(head) + len(tail) or not text.startswith(head) or not text.endswith(tail):
        return False
    at, end = len(head), len(text) - len(tail)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _below(value: Any) -> Iterator[Path]:
    """Yield the places inside a value, items of lists by their name where they have one, else by number."""
    if isinstance(value, dict):
        parts = [(str(key), part) for key, part in value.items()]
    elif isinstance(value, list):
        parts = [
            (str(item["name"]) if isinstance(item, dict) and isinstance(item.get("name"), str) else str(number), item)
            for number, item in enumerate(value)
        ]
    else:
        return
    for key, part in parts:
        yield (key,)
        yield from ((key, *rest) for rest in _below(part))
