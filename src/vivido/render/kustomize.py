"""Kustomize, as part of kubectl or on its own, run so that it reads nothing but the exported tree.

No remote bases (see `kustomization`), no files from outside a kustomization's directory (kustomize's own load restrictor), no
plugins, no Helm, no proxy that would lead to a network, no user's kubectl preferences.
"""

import re
import tempfile
from pathlib import Path
from typing import ClassVar

from vivido import process
from vivido.errors import ToolError
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.render.environ import OFFLINE
from vivido.render.known import values_in_clear
from vivido.render.kustomization import closure
from vivido.render.objects import collect, read_objects
from vivido.render.tool import version_of
from vivido.render.tree import of_directory
from vivido.text.redact import printable, redact

PROGRAMS = {"kubectl": ("kubectl", "kustomize"), "kustomize": ("kustomize", "build")}
"""Programs that render kustomizations, the first that is there first, with how they are called."""
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_COMPLAINT = 2000
"""Characters of kustomize's complaint that are shown."""


class Kustomize:
    """Runs `kubectl kustomize`, or `kustomize build` where kubectl is not installed."""

    kind: ClassVar[str] = "kustomize"

    def __init__(self, *, timeout: float = 120, allow_remote: bool = False) -> None:
        """Set it up.

        Args:
            timeout: Seconds after which a rendering is given up.
            allow_remote: Let kustomizations name things on the network; off wherever content must stay what was tested.
        """
        self._timeout = timeout
        self._allow_remote = allow_remote

    def render(self, root: Path, directory: str) -> Rendered | tuple[Problem, ...]:
        """Render a directory; see `Renderer`."""
        read, listing = of_directory(root)
        _, problems = closure(directory, read, listing, allow_remote=self._allow_remote)
        if problems:
            return problems
        with tempfile.TemporaryDirectory(prefix="vivido-render-") as scratch:
            output = Path(scratch) / "objects.yaml"
            fault = self._build(root, directory, output)
            if fault:
                return (fault,)
            objects, faults = read_objects(output.read_bytes(), f"what kustomize made of {directory or '.'}")
        return faults or collect(objects, source())

    def _build(self, root: Path, directory: str, output: Path) -> Problem | None:
        top = root.resolve()
        env = None if self._allow_remote else OFFLINE
        done = process.run(command(top / directory, output), cwd=top, env=env, timeout=self._timeout)
        if done.timed_out:
            raise ToolError(
                f"kustomize did not render {directory or '.'} within {self._timeout:g} s",
                code="render.timeout",
                hint="Look for a generator or a base that is very large.",
            )
        if done.returncode == 0:
            return None
        said = redact(printable(done.complaint), values_in_clear(*of_directory(root)))
        said = _steady(said.replace(f"{top}/", ""))[:_COMPLAINT]
        where = directory or "."
        return Problem(
            "render.kustomize", f"kustomize refused {where}: {said}", f"Run: kubectl kustomize {where}", where
        )


def _steady(said: str) -> str:
    """Return the complaint alone and in the same words each time: without warnings before it and addresses in memory."""
    lines = said.splitlines()
    told = [line for line in lines if not line.startswith("# Warning:")]
    return _ADDRESS.sub("0x…", "\n".join(told or lines).strip().removeprefix("error: "))


def command(directory: Path, output: Path) -> list[str]:
    """Return the command that renders a directory into a file, reading nothing from outside of its kustomizations.

    Raises:
        ToolError: `tool.missing`.
    """
    options = ["--load-restrictor=LoadRestrictionsRootOnly", "--output", str(output), "--", str(directory)]
    return [*PROGRAMS[program()], *options]


def program() -> str:
    """Return which program renders here.

    Raises:
        ToolError: `tool.missing`.
    """
    for name in PROGRAMS:
        if process.find(name):
            return name
    raise ToolError(
        "neither kubectl nor kustomize is installed, or on PATH",
        code="tool.missing",
        hint="Install kubectl; `vivido doctor` says how.",
    )


def source() -> str:
    """Return what renders here: `kubectl kustomize 5.8.1`, or `kustomize 5.8.1`.

    Raises:
        ToolError: `tool.missing`.
    """
    name = program()
    return f"{'kubectl ' if name == 'kubectl' else ''}kustomize {version_of(name)}"
