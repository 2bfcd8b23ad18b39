"""What a layout makes of the demo: where the configuration is, what there is to see in it, what to try next."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.workspace import Workspace


def nothing(_: "Workspace") -> None:
    """Do nothing: most layouts have nothing of their own to tell here."""


@dataclass(frozen=True)
class Source:
    """Where the configuration of a service for an environment is.

    Attributes:
        repository: The bare repository.
        branch: Its branch.
        directory: The overlay's path there.
    """

    repository: Path
    branch: str
    directory: str


@dataclass(frozen=True)
class Layout:
    """A layout's part in the story.

    Attributes:
        opening: What is said before it begins.
        arrange: Puts the configuration where it belongs and makes the repositories.
        source: Says where the configuration of a service for an environment is.
        first_seen: Shows what the first release has left behind.
        next: What to try in the workspace: a command and what it shows.
        meanwhile: What happens before the third release goes to production.
        tags: Whether Bob names versions by tags.
    """

    opening: str
    arrange: "Callable[[Workspace], None]"
    source: "Callable[[Path, str, str], Source]"
    first_seen: "Callable[[Workspace], None]"
    next: tuple[tuple[str, str], ...]
    meanwhile: "Callable[[Workspace], None]" = nothing
    tags: bool = False
