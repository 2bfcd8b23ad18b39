"""The flags that every command takes, and opening the project they mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.engine.runner import Listener

Format = Literal["text", "json", "yaml", "name", "markdown"]


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Flags of every command."""

    file: Annotated[Path | None, Parameter(name=["--file", "-f"], show_default=False)] = None
    """vivido.yaml, where it is not here or above."""

    output: Annotated[Format, Parameter(name=["--output", "-o"])] = "text"
    """text for people; json and yaml with every field; name for one id a line; markdown where a command has it."""

    def open(self, listener: "Listener | None" = None) -> "Workspace":
        """Open the project."""
        from vivido.app.workspace import open_workspace

        return open_workspace(Path.cwd(), self.file, listener=listener)


PLAIN = Common()
"""What a command gets where no flag is given."""


@Parameter(name="*")
@dataclass(frozen=True)
class Driving:
    """Flags of every command that brings a promotion on."""

    wait: Annotated[bool, Parameter(negative="--no-wait")] = True
    """Drive it here, with progress. --no-wait leaves it to `vivido run`."""

    timeout: float = 3600
    """Seconds to wait; afterwards it stays as it is and can be gone on with."""

    quiet: bool = False
    """No progress."""


DRIVING = Driving()
"""What such a command does where no flag is given."""
