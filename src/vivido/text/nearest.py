"""The nearest word of a list: what “did you mean” is made of."""

from collections.abc import Iterable
from itertools import islice

LONGEST = 40
"""Characters beyond which a word is not compared: the cost is quadratic."""

MOST = 200
"""Choices that are compared."""


def distance(one: str, other: str) -> int:
    """Return how many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.

    The “optimal string alignment” distance: a swap counts once, and its letters are not edited again.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that was probably meant, None where none is near.

    Case and `_` for `-` cost nothing. A third of the letters may be wrong, at least one and at most three; of two
    equally near choices the earlier wins. A choice that begins with the word (`prod`, `production`) counts as near.
    """
    if not word or len(word) > LONGEST:
        return None
    plain = _plain(word)
    allowed = max(1, min(3, len(plain) // 3))
    known = [c for c in islice(choices, MOST) if len(c) <= LONGEST]
    near = [c for c in known if abs(len(c) - len(plain)) <= allowed]
    found = min(near, key=lambda c: distance(plain, _plain(c)), default=None)
    if found is not None and distance(plain, _plain(found)) <= allowed and len(plain) > 1:
        return found
    return next((c for c in known if len(plain) > 2 and _plain(c).startswith(plain)), None)


def _plain(word: str) -> str:
    return word.lower().replace("_", "-")
