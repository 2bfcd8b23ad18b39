"""Which version of a program renders. Asked once for each program file: asking takes longer than many a rendering."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from vivido import __version__, process
from vivido.errors import ToolError
from vivido.render.environ import OFFLINE

FORMAT = 3
"""Raised when reading, checking or ordering objects changes what comes out of the same files: then nothing older is used."""
_PROGRAMS = ("kubectl", "kustomize", "helm")
_Stamp = tuple[str, int, int, int]
_known: dict[_Stamp, str] = {}
_learned: dict[str, str] = {}


def version_of(program: str) -> str:
    """Return the version of `helm`, `kubectl` (that of the Kustomize in it) or `kustomize`, without `v`.

    Raises:
        ToolError: `tool.missing`, or the program does not say its version.
    """
    path = process.find(program)
    if path is None:
        raise ToolError(f"{program} is not installed, or not on PATH", code="tool.missing", hint=f"Install {program}.")
    key = stamp(Path(path))
    if key not in _known:
        _known[key] = _learned.get(repr(key)) or _ask(program, path)
    return _known[key]


def learn(versions: Mapping[str, str]) -> None:
    """Take the versions of programs from `versions` of another time, so that they need not be asked.

    Args:
        versions: By what `identity` says of a program.
    """
    _learned.update(versions)


def versions() -> dict[str, str]:
    """Return the versions that are known, by identity; without those of scripts, which may start another program tomorrow."""
    return {repr(key): version for key, version in _known.items() if _is_program(Path(key[0]))}


def identity(program: str) -> str:
    """Return what tells one installed program from another, without starting it where its file says enough.

    A script that stands before a program may start another one tomorrow: then it is the version that counts.

    Raises:
        ToolError: As `version_of`.
    """
    path = process.find(program)
    if path is not None and _is_program(Path(path)):
        return repr(stamp(Path(path)))
    return version_of(program)


def tools() -> list[str]:
    """Return what tells the programs that render here from others; empty for one that is missing."""
    return [__version__, *(identity(program) if process.find(program) else "" for program in _PROGRAMS)]


def _is_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def stamp(path: Path) -> _Stamp:
    """Return what tells one program file from another: its real path, inode, size and time of change in nanoseconds."""
    real = Path(os.path.realpath(path))
    found = real.stat()
    return str(real), found.st_ino, found.st_size, found.st_mtime_ns


def _ask(program: str, path: str) -> str:
    if program == "kubectl":
        done = process.run([path, "version", "--client", "--output=json"], env=OFFLINE, timeout=30)
        try:
            version = str(json.loads(done.stdout)["kustomizeVersion"])
        except (ValueError, KeyError, TypeError):
            version = ""
    elif program == "kustomize":
        version = process.run([path, "version"], env=OFFLINE, timeout=30).text.strip()
    else:
        version = process.run([path, "version", "--template", "{{.Version}}"], env=OFFLINE, timeout=30).text.strip()
    if not version:
        raise ToolError(
            f"{program} does not say its version",
            code="tool.version",
            hint=f"Run `{program} version`, and install another.",
        )
    return version.removeprefix("v")
