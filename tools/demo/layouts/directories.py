"""One repository and one branch, an overlay for each environment."""

from pathlib import Path
from typing import TYPE_CHECKING

from demo.layouts.interface import Layout, Source
from demo.story import StoryError, tell

if TYPE_CHECKING:
    from demo.workspace import Workspace


def _arrange(space: "Workspace") -> None:
    """The example is laid out so."""
    space.repository("main")


def _source(home: Path, service: str, environment: str) -> Source:
    return Source(home / "git" / "shop.git", "main", f"deploy/{service}/overlays/{environment}")


def _first_seen(space: "Workspace") -> None:
    tell("In Git it is one commit in production's directory: a line for each image.")
    space.shell.ask("git", "fetch", "--quiet")
    space.shell.type("git log -1 --format=%s --numstat origin/main")
    changed = space.shell.ask("git", "log", "-1", "--format=", "--numstat", "origin/main").split()
    if changed[0::3] + changed[1::3] != ["1"] * 4 or not all("/production/" in path for path in changed[2::3]):
        raise StoryError("the promotion changed something else than a line for each image")


LAYOUT = Layout(
    opening="one repository, a directory for each environment",
    arrange=_arrange,
    source=_source,
    first_seen=_first_seen,
    next=(("git pull --quiet && git log --format=%s -5", "a commit for every change of an environment"),),
)
