"""Which kinds installed packages offer, without loading what reads packages' metadata where none offers any."""

import os
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_INFO = (".dist-info", ".egg-info")
_WORD = b"[vivido."


def offered(group: str) -> "Iterable[EntryPoint]":
    """Return the entry points of a group of Vivido's, `vivido.gates`."""
    if not may_be_any():
        return ()
    # Here, because it brings a mail parser, and takes as long as reading the state.
    from importlib.metadata import entry_points

    return entry_points(group=group)


def may_be_any() -> bool:
    """Say whether a package may offer something: where its metadata has such a group, or where that cannot be told by looking."""
    others = [finder for finder in sys.meta_path if finder is not PathFinder]
    return any(hasattr(finder, "find_distributions") for finder in others) or any(map(_may_have_any, sys.path))


def _may_have_any(place: str) -> bool:
    try:
        names = os.listdir(place or ".")  # noqa: PTH208 - a path is looked through for each command
    except NotADirectoryError:
        return True  # An archive, which may hold packages.
    except OSError:
        return False
    infos = [name for name in names if name.lower().endswith(_INFO)]
    return place.endswith(".egg") or any(_mentions(Path(place, name, "entry_points.txt")) for name in infos)


def _mentions(file: Path) -> bool:
    try:
        return _WORD in file.read_bytes()
    except OSError:
        return False
