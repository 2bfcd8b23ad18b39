"""The file's bytes, and how its path is shown. Light: who has kept what a file declared needs nothing else of this room."""

import stat
from pathlib import Path

from vivido.errors import InputError

MAX_BYTES = 1024 * 1024
"""Larger files are refused."""


def read_file(path: Path) -> bytes:
    """Return a file's bytes, one more than the limit at most: enough for `check` to refuse it.

    Raises:
        InputError: `config.unreadable`.
    """
    try:
        # A pipe or a device would keep the reader waiting, or never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{path} is no file", code="config.unreadable", hint="Name the file itself.")
        with path.open("rb") as source:
            return source.read(MAX_BYTES + 1)
    except OSError as e:
        hint = (
            "Run `vivido init` to have one written." if isinstance(e, FileNotFoundError) else "Check its permissions."
        )
        raise InputError(f"{path} cannot be read: {e.strerror}", code="config.unreadable", hint=hint) from e


def shown_path(path: Path) -> Path:
    """Return a path as short as it can be told from here."""
    here = Path.cwd()
    absolute = path.absolute()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
