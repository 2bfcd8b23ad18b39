"""Where the file is."""

import os
from collections.abc import Mapping
from pathlib import Path

from vivido.errors import NotFoundError

FILE = "vivido.yaml"
VARIABLE = "VIVIDO_FILE"
_OTHER = ("vivido.yml", ".vivido.yaml", "Vivido.yaml")


def find(start: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the absolute path of `vivido.yaml`: in a directory, or above it up to the top of its Git repository.

    Outside a repository only the directory itself is looked at: a file that somebody else put into `/tmp` says which commands
    run here. `VIVIDO_FILE` names another file.

    Raises:
        NotFoundError: `config.not-found`.
    """
    if named := environ.get(VARIABLE):
        return _named(start, named)
    start = start.absolute()
    directories = _upwards(start)
    for directory in directories:
        if (directory / FILE).is_file():
            return directory / FILE
    for directory in directories:
        for name in _OTHER:
            if (directory / name).is_file():
                raise _missing(f"there is {directory / name}, and no {FILE}", f"Rename it to {FILE}.")
    place = f"{start} or above it up to {directories[-1]}" if len(directories) > 1 else str(start)
    raise _missing(f"there is no {FILE} in {place}", "Run `vivido init`: it looks at the repository and writes one.")


def _named(start: Path, named: str) -> Path:
    path = (start / named).absolute()
    if not path.is_file():
        raise _missing(f"{VARIABLE} names {path}, and there is no such file", f"Correct or unset {VARIABLE}.")
    return path


def _upwards(start: Path) -> list[Path]:
    """Return the directory and those above it up to the repository's top; outside a repository only itself."""
    chain = [start, *start.parents]
    for n, directory in enumerate(chain):
        if (directory / ".git").exists():
            return chain[: n + 1]
    return [start]


def _missing(message: str, hint: str) -> NotFoundError:
    return NotFoundError(message, code="config.not-found", hint=hint)
