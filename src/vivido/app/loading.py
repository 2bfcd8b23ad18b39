"""The project that `vivido.yaml` declares: what was checked once is kept, and need not be read and checked again.

It is kept under a hash of the file's bytes, of where it lies, and of Vivido's version; and it counts only where all that its paths
were found to lead to is still so. So what is kept can be old but never wrong. Nothing is kept where packages may bring kinds,
for what they make of their options may change without a sign. Mistakes are never kept.
"""

import os
from pathlib import Path

import msgspec

from vivido import __version__
from vivido.app.offered import may_be_any
from vivido.app.places import cache_directory
from vivido.config.facts import Fact, hold
from vivido.config.file import MAX_BYTES, read_file, shown_path
from vivido.model.canonical import fingerprint, sha256
from vivido.model.project import Project
from vivido.store.cache import ContentCache
from vivido.time.clock import Now

FORMAT = 1
"""Raised when checking the same file comes to something else: then nothing older is used."""
_LIMIT = 32 * 1024 * 1024


class Kept(msgspec.Struct, frozen=True):
    """A project with what it relies on."""

    project: Project
    facts: tuple[Fact, ...]


def load(path: Path, now: Now) -> Project:
    """Return the project of a file, checked now or when it was read before.

    Args:
        path: The file.
        now: Where the time comes from.

    Raises:
        ConfigError: `config.invalid`, with all diagnostics.
        InputError: `config.unreadable`: the file is not there, or is no file; `kind.plugin`.
    """
    data = read_file(path)
    if may_be_any() or len(data) > MAX_BYTES:
        return _checked(data, path).project
    cache = ContentCache(cache_directory() / "projects.db", _LIMIT)
    try:
        return _kept(cache, data, path, now()) or _keep(cache, data, path, now())
    finally:
        cache.close()


def _kept(cache: ContentCache, data: bytes, path: Path, now: int) -> Project | None:
    key = _key(data, path)
    body = cache.get([key], now).get(key)
    if body is None:
        return None
    known = msgspec.json.decode(body, type=Kept)
    return known.project if hold(known.facts, os.path.realpath(path.absolute().parent)) else None


def _keep(cache: ContentCache, data: bytes, path: Path, now: int) -> Project:
    made = _checked(data, path)
    body = msgspec.json.encode(made)
    # What JSON cannot give back as it was is checked each time.
    if msgspec.json.decode(body, type=Kept) == made:
        cache.put({_key(data, path): body}, now)
    return made.project


def _key(data: bytes, path: Path) -> str:
    return fingerprint(["project", FORMAT, __version__, str(path.absolute()), sha256(data)])


def _checked(data: bytes, path: Path) -> Kept:
    # Here, because loading what reads YAML, and all kinds, costs more than all the rest of a quick command.
    from vivido.app.kinds import installed
    from vivido.config.check import checked
    from vivido.config.diagnostic import ConfigError

    made = checked(data, shown_path(path), installed().for_config(), path.absolute().parent)
    if made.project is None:
        raise ConfigError(made.diagnostics)
    return Kept(made.project, made.facts)
