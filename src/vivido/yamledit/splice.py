"""Replace pieces of a text, all at once: offsets are those from before any of them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from vivido.errors import InputError


class Splice(NamedTuple):
    """Put `text` where the characters from `start` to before `end` are."""

    start: int
    end: int
    text: str


def splice(text: str, splices: Iterable[Splice]) -> str:
    """Return text with all splices made; insertions at one place keep their order.

    Raises:
        InputError: `yaml.edits-overlap`: two of them replace the same characters.
    """
    ordered = sorted(splices, key=lambda s: (s.start, s.end))
    if any(before.end > after.start for before, after in pairwise(ordered)):
        raise InputError(
            "two edits change the same place", code="yaml.edits-overlap", hint="Make them one after the other."
        )
    pieces: list[str] = []
    done = 0
    for one in ordered:
        pieces += [text[done : one.start], one.text]
        done = one.end
    return "".join(pieces) + text[done:]
