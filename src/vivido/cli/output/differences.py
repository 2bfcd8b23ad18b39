"""Differences as text, grouped by what they are about, in one column or side by side."""

import difflib
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from vivido.cli.output.style import paint
from vivido.cli.output.value import in_a_line, pair_of
from vivido.model.difference import ABSENT, Difference, Group, Sort, path_text

_FOLD = "… "
_CONTEXT = 2
"""Lines shown around a changed one."""


def count(found: Sequence[Difference]) -> str:
    """Return how many there are in how many objects: `3 differences in 2 objects`."""
    objects = len({d.object for d in found})
    return f"{_number(len(found), 'difference')} in {_number(objects, 'object')}"


def told(found: Sequence[Difference], columns: int, *, side_by_side: bool = False) -> str:
    """Return differences for a person. Nothing is cut off: what is too long goes on in the next line.

    Args:
        found: As the differ returns them.
        columns: Width in characters.
        side_by_side: The left side in the left half, the right one beside it.
    """
    lines: list[str] = []
    for group in Group:
        members = [d for d in found if d.group is group]
        if members:
            lines += ["", paint(group.value, "bold")]
        for title, of_object in groupby(members, key=lambda d: d.object.text):
            lines += ["  " + line for line in folded(in_a_line(title), columns - 2)]
            for one in of_object:
                lines += _beside(one, columns) if side_by_side else _below(one, columns)
    return "\n".join(lines[1:])


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _below(one: Difference, columns: int) -> Iterator[str]:
    title = _title(one)
    old, new = pair_of(one)
    if len(old) <= 1 and len(new) <= 1 and one.path:
        short = f"    {title}: {' → '.join([*old, *new])}"
        if len(short) <= columns and old and new:
            yield f"    {title}: {paint(old[0], 'red')} → {paint(new[0], 'green')}"
            return
    yield from ("    " + line for line in folded(title + ":", columns - 4))
    for sign, line in changed_lines(old, new):
        colour = {"-": "red", "+": "green"}.get(sign, "dim")
        for part in folded(line, columns - 8):
            yield paint(f"      {sign} {part}".rstrip(), colour)


def _title(one: Difference) -> str:
    where = in_a_line(path_text(one.path))
    if not one.path:
        where = "the whole object"
    if one.sort is Sort.ORDER:
        where += " (order)"
    return where + (f" ({one.remark})" if one.remark else "")


def changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield signs (`-`, `+`, a blank, `…` between parts) and lines: what changed, with a little of what is around it."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for number, part in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if number:
            yield "…", ""
        for tag, a, b, c, d in part:
            if tag == "equal":
                yield from ((" ", line) for line in old[a:b])
            else:
                yield from (("-", line) for line in old[a:b])
                yield from (("+", line) for line in new[c:d])


def _beside(one: Difference, columns: int) -> Iterator[str]:
    yield from ("    " + line for line in folded(_title(one) + ":", columns - 4))
    half = (columns - 9) // 2
    left = "nothing" if one.left is ABSENT else ""
    right = "nothing" if one.right is ABSENT else ""
    old, new = pair_of(one)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for part in matcher.get_grouped_opcodes(_CONTEXT):
        for tag, a, b, c, d in part:
            for first, second in zip_longest(old[a:b] or [left], new[c:d] or [right], fillvalue=""):
                colours = ("dim", "dim") if tag == "equal" else ("red", "green")
                yield from _row(first, second, half, colours)


def _row(left: str, right: str, half: int, colours: tuple[str, str]) -> Iterator[str]:
    for first, second in zip_longest(folded(left, half), folded(right, half), fillvalue=""):
        yield f"      {paint(first.ljust(half), colours[0])} │ {paint(second, colours[1])}".rstrip()


def folded(line: str, width: int) -> Iterator[str]:
    """Yield a line in parts that fit; each but the first begins with `… `."""
    yield line[:width]
    step = max(1, width - len(_FOLD))
    for at in range(width, len(line), step):
        yield _FOLD + line[at : at + step]
