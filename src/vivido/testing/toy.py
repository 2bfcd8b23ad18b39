"""A target that a package brings: two files stand for what runs and for its data. It can be emptied, which `command` cannot.

    install(tmp_path / "package")
    mini.environ["PYTHONPATH"] = str(tmp_path / "package")

`target: {toy: {}}` is known then to every `vivido` that is started with that variable.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec

from vivido.targets.interface import Contents, Desired, Live

if TYPE_CHECKING:
    from vivido.model.problem import Problem
    from vivido.targets.interface import TargetContext


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """None."""


class Toy:
    """The target of one environment.

    Args:
        state: The environment's directory: `up` holds the release that runs, `data` what it has stored.
    """

    def __init__(self, state: Path) -> None:
        self._up, self._data = state / "up", state / "data"

    def check(self, desired: Desired) -> "tuple[Problem, ...]":
        """Find nothing wrong."""
        return ()

    def stage(self, desired: Desired) -> None:
        """Store data."""
        self._data.write_text("precious", encoding="utf-8")

    def switch(self, desired: Desired) -> None:
        """Let the release run."""
        self._up.write_text(desired.release, encoding="utf-8")

    def settle(self, keep: str) -> None:
        """Stop what runs, where nothing is kept."""
        if not keep:
            self._up.unlink(missing_ok=True)

    def current(self) -> Live:
        """Say what runs."""
        return Live("", self._up.read_text(encoding="utf-8") if self._up.exists() else "", {}, None)

    def contents(self, *, volumes: bool) -> Contents:
        """Say what emptying would remove."""
        goes = ("a toy",) if self._up.exists() else ()
        data = ("its data",) if self._data.exists() else ()
        return Contents((*goes, *data)) if volumes else Contents(goes, data)

    def empty(self, *, volumes: bool) -> None:
        """Remove it."""
        self._up.unlink(missing_ok=True)
        if volumes:
            self._data.unlink(missing_ok=True)


class ToyKind:
    """The kind `toy`."""

    options: ClassVar[type[Options]] = Options
    shorthand: ClassVar[str] = ""

    def open(self, options: object, context: "TargetContext", environment: str, environ: Mapping[str, str]) -> Toy:
        """Open an environment's target."""
        return Toy(Path(context.state))


KIND = ToyKind()
"""What the package's entry point names."""


def install(directory: Path) -> None:
    """Write a package's metadata, so that a Python that has the directory on its path knows the target."""
    info = directory / "toy_target-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-target\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[vivido.targets]\ntoy = vivido.testing.toy:KIND\n", encoding="utf-8")
