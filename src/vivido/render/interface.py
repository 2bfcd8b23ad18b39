"""The port of every renderer: a directory becomes Kubernetes objects, or the problems that stand in the way."""

from pathlib import Path
from typing import ClassVar, Protocol

from vivido.model.objects import Rendered
from vivido.model.problem import Problem


class Renderer(Protocol):
    """Turns one directory into objects. Has no effect outside of it."""

    kind: ClassVar[str]
    """What it renders, as `detect` names it: `kustomize`, `plain`."""

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a directory.

        Args:
            root: The exported tree. Nothing outside of it is read.
            directory: Path below it, `/`-separated; empty for the root itself.

        Raises:
            ToolError: The program it needs is missing, or did not end in time.
        """
        ...
