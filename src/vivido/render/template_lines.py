"""Where in a template a line stands that Helm made of it. Pure; a template may do anything, so it is told only where it is plain.

A line's text around its actions (`{{ … }}`) is found again in what was made. Of several lines that would do the neighbours decide;
where they do not, or what was made came out of an action with many lines, that action is meant, or nothing is told.
"""

import re
from typing import NamedTuple

_ACTION = re.compile(r"\{\{.*?\}\}")
_CONTROL = re.compile(r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|define|block|template|break|continue)\b|\$\w*\s*:?=)")
_FAR = 200
"""Lines above one that is not found, among which the last one that is found is looked for."""


class _Line(NamedTuple):
    number: int
    """From 0."""
    text: str
    parts: tuple[str, ...]
    """What stands around its actions, without blanks at both ends."""

    @property
    def weight(self) -> int:
        return sum(len(part) for part in self.parts)

    def fits(self, made: str) -> bool:
        first, *middle = self.parts
        if not middle:
            return made == first
        if not made.startswith(first) or not made.endswith(middle[-1]):
            return False
        at, end = len(first), len(made) - len(middle[-1])
        for part in middle[:-1]:
            found = made.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return at <= end


def source(template: str, made: list[str], line: int, column: int = 1) -> tuple[int, int] | None:
    """Return line and column of a template, from 1; None where it cannot be told.

    Args:
        template: Its text.
        made: Lines that it made.
        line: Which of them, from 1.
        column: Which place in that line, from 1.
    """
    lines = [_read(number, text) for number, text in enumerate(template.split("\n"))]
    plain = [one for one in lines if one.weight]
    if not 0 < line <= len(made):
        return None
    found = _find(plain, made, line - 1)
    if found is not None:
        return found.number + 1, _column(found.text, made[line - 1], column)
    for above in range(line - 2, max(-1, line - 2 - _FAR), -1):
        before = _find(plain, made, above)
        if before is not None:
            return _action_after(lines, before.number)
    return None


def _read(number: int, text: str) -> _Line:
    stripped = text.strip()
    # What is between a control and the line's end is no line of its own; the control alone makes none.
    stripped = "" if _CONTROL.match(stripped) and not _ACTION.sub("", stripped).strip() else stripped
    return _Line(number, text, tuple(_ACTION.split(stripped)))


def _find(plain: list[_Line], made: list[str], index: int) -> _Line | None:
    text = made[index].strip()
    fitting = [one for one in plain if one.fits(text)] if text else []
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    scored = sorted(((_context(plain, one, made, index), one.weight), one.number, one) for one in fitting)
    return scored[-1][2] if scored[-1][0] != scored[-2][0] else None


def _context(plain: list[_Line], one: _Line, made: list[str], index: int) -> int:
    """Return how many of the two lines around one that was made are those around a line of the template."""
    at = plain.index(one)
    around = ((at - 1, index - 1), (at + 1, index + 1))
    inside = [(p, m) for p, m in around if 0 <= p < len(plain) and 0 <= m < len(made)]
    return sum(plain[p].fits(made[m].strip()) for p, m in inside)


def _column(text: str, made: str, column: int) -> int:
    before = text.partition("{{")[0]
    # Up to its first action a line is as it was made; behind it, the action is meant.
    return column if made.startswith(before) and column <= len(before) + ("{{" not in text) else len(before) + 1


def _action_after(lines: list[_Line], number: int) -> tuple[int, int] | None:
    for one in lines[number + 1 :]:
        if one.weight and "{{" not in one.text:
            return None  # What was made comes from something else than the lines here.
        if "{{" in one.text and not _CONTROL.match(one.text.strip()):
            return one.number + 1, one.text.index("{{") + 1
    return None
