"""The file as it is on disk; the door to this room: `find`, `load`, `check`."""

from pathlib import Path

from vivido.config.check import check
from vivido.config.diagnostic import ConfigError
from vivido.config.file import read_file, shown_path
from vivido.config.find import find
from vivido.config.kinds import Kinds
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
