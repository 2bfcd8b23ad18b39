"""The file as it is on disk; the door to this room: `find`, `load`, `check`."""

import stat
from pathlib import Path

from vivido.config.check import check
from vivido.config.diagnostic import ConfigError
from vivido.config.find import find
from vivido.config.kinds import Kinds
from vivido.config.read import MAX_BYTES
from vivido.errors import InputError
from vivido.model.project import Project

__all__ = ["check", "find", "load", "read_file", "shown_path"]


def load(path: Path, kinds: Kinds) -> Project:
    """Read, check and return the project of a file. Its paths are held against the directory it is in.

    Raises:
        ConfigError: `config.invalid`, with all diagnostics.
        InputError: `config.unreadable`: the file is not there, or is no file.
    """
    project, found = check(read_file(path), shown_path(path), kinds, path.absolute().parent)
    if project is None:
        raise ConfigError(found)
    return project


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
