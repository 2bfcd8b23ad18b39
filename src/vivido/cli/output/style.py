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


def width(stream: TextIO | None = None) -> int:
    """Return how many columns there are: `COLUMNS`, else the terminal's; 80 where standard output, or the stream, is none."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said) > 0:
        return int(said)
    where = stream or sys.stdout
    return shutil.get_terminal_size((WIDTH, 24)).columns if where.isatty() else WIDTH


def brief(image: str) -> str:
    """Return an image reference for reading, its digest cut short; what is copied or signed is shown whole."""
    name, at, digest = image.partition("@sha256:")
    return f"{name}{at}{digest[:12]}…" if at and len(digest) > 12 else image
