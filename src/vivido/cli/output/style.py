"""Colour and width, as the terminal and its owner want them (https://no-color.org)."""

import os
import shutil
import sys
from typing import TextIO

_CODES = {"green": "32", "red": "31", "yellow": "33", "blue": "34", "dim": "2", "bold": "1"}
WIDTH = 80
"""Columns that text is laid out for where no terminal says otherwise."""


def coloured(stream: TextIO) -> bool:
    """Say whether a stream wants colour."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Return text in a colour where standard output, or the stream, wants it."""
    if not text or not coloured(stream or sys.stdout):
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def width() -> int:
    """Return how many columns there are; 80 where output is no terminal."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
