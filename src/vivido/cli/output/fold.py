"""Fold text to the terminal's width without breaking what a person copies.

Lines are folded between words, and go on below their own beginning. Ids, addresses, digests and commands stay in one piece, also
where one is longer than a line. Where no terminal and no `COLUMNS` says how wide a line may be, lines stay whole: then a program
reads them.
"""

import os
import re
import sys
import unicodedata
from typing import TextIO

from vivido.cli.output.style import width

_LEAST = 40
"""Columns below which folding would help nobody."""

_PAINT = re.compile(r"\x1b\[[0-9;]*m")
_PIECE = re.compile(
    r"[^\s`]*`[^`\n]+`\S*"  # a command that the text marks
    r"|(?:vivido|git|apt-get|podman|kubectl|pip) [a-z].*?(?=$|[,;.)]? {2,}|[,;.] | \()"  # one at the end of a sentence
    r"|\S+"
)
_MARK = re.compile(r"\s*(?:(?:→|-|✓|✗|…|\?|!|=|\d+\.)\s+)?")


def fold(text: str, stream: TextIO | None = None, *, hang: int | None = None) -> str:
    """Return text in lines no longer than a stream's terminal is wide.

    Args:
        text: One line or several.
        stream: Where it goes; standard output where none is named.
        hang: Columns by which a line's continuation is indented; without it, to where the line's own text begins.
    """
    where = stream or sys.stdout
    if not (os.environ.get("COLUMNS") or where.isatty()):
        return text
    columns = max(_LEAST, width(where))
    return "\n".join(_line(line, columns, hang) for line in text.split("\n"))


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    plain = _PAINT.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


def _line(line: str, columns: int, hang: int | None) -> str:
    if cells(line) <= columns:
        return line
    mark = _MARK.match(line)
    begin = mark[0] if mark else ""
    indent = " " * (hang if hang is not None else cells(begin) or 2)
    lines, room = [begin], columns - cells(begin)
    for gap, piece in _pieces(line[len(begin) :], columns - len(indent)):
        if cells(gap) + cells(piece) <= room or lines[-1] in (begin, indent):
            lines[-1] += gap + piece if lines[-1] != indent else piece
        else:
            lines.append(indent + piece)
        room = columns - cells(lines[-1])
    return "\n".join(lines)


def _pieces(text: str, room: int) -> list[tuple[str, str]]:
    """Return what stays together, each with the space before it; a long sentence that only begins like a command is no command."""
    found: list[tuple[str, str]] = []
    end = 0
    for match in _PIECE.finditer(text):
        gap, piece = text[end : match.start()], match[0]
        words = piece.split(" ") if cells(piece) > room and "`" not in piece else [piece]
        found += [(gap if number == 0 else " ", word) for number, word in enumerate(words)]
        end = match.end()
    return found
