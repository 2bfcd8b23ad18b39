"""Where Vivido keeps things on this machine: the one place that reads the environment's directories."""

import os
from pathlib import Path

from vivido.model.canonical import sha256
from vivido.model.project import Project


def state_directory(project: Project) -> Path:
    """Return the directory of a project's state: `$XDG_STATE_HOME/vivido/<project>-<8 characters>`.

    `VIVIDO_STATE` names another one. The suffix tells two checkouts of one project apart.
    """
    given = os.environ.get("VIVIDO_STATE")
    if given:
        return Path(given).absolute()
    root = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return root / "vivido" / f"{project.name}-{sha256(project.file.encode())[:8]}"


def cache_directory() -> Path:
    """Return the directory of what can be fetched again: `$XDG_CACHE_HOME/vivido`, or `VIVIDO_CACHE`."""
    given = os.environ.get("VIVIDO_CACHE")
    if given:
        return Path(given).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vivido"


def state_url(project: Project) -> str:
    """Return the database's URL: what the file says, or SQLite in the state directory."""
    return project.state or f"sqlite://{state_directory(project)}/state.db"
