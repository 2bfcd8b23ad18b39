"""Which kinds of gates and targets there are: Vivido's own and those of installed packages.

A package adds one through the entry-point groups `vivido.gates` and `vivido.targets`; the entry point's name is the kind's
name in the file, its object the kind itself (`gates.interface.GateKind`, `targets.interface.TargetKind`).
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from vivido.config.kinds import Kind, Kinds
from vivido.errors import InputError
from vivido.gates.interface import GateKind
from vivido.gates.kinds import KINDS as GATES
from vivido.targets.interface import TargetKind
from vivido.targets.kinds import KINDS as TARGETS


class Installed(msgspec.Struct, frozen=True):
    """The kinds of this installation."""

    gates: dict[str, GateKind]
    targets: dict[str, TargetKind]

    def for_config(self) -> Kinds:
        """Return what `config` needs to know of them: options, shorthand, moment."""
        return Kinds(
            gates={name: Kind(k.options, k.shorthand, k.moment) for name, k in self.gates.items()},
            targets={name: Kind(k.options, k.shorthand, "") for name, k in self.targets.items()},
        )

    def gate(self, name: str) -> GateKind:
        """Return a gate's kind.

        Raises:
            InputError: `kind.unknown`: the plan names a kind that this installation lacks.
        """
        return _known(self.gates, name, "gate")

    def target(self, name: str) -> TargetKind:
        """Return a target's kind.

        Raises:
            InputError: `kind.unknown`.
        """
        return _known(self.targets, name, "target")


def installed() -> Installed:
    """Return the kinds of this installation; Vivido's own names cannot be taken over."""
    return Installed({**_foreign("vivido.gates"), **GATES}, {**_foreign("vivido.targets"), **TARGETS})


def options_of(kind: GateKind | TargetKind, options: dict[str, Any]) -> Any:
    """Turn options that were checked and frozen as plain data into the kind's struct again."""
    return msgspec.convert(options, kind.options)


def _foreign(group: str) -> dict[str, Any]:
    return {point.name: _loaded(point) for point in entry_points(group=group)}


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as e:  # A package of somebody else's may fail in any way while it is imported.
        raise InputError(
            f"the kind “{point.name}” cannot be loaded from {point.value}: {type(e).__name__}: {e}",
            code="kind.plugin",
            hint="Mend or uninstall the package that brings it.",
        ) from e


def _known(kinds: dict[str, Any], name: str, what: str) -> Any:
    if name not in kinds:
        raise InputError(
            f"this installation has no {what} of kind “{name}”",
            code="kind.unknown",
            hint="Install the package that brings it, as on the machine that started the promotion.",
        )
    return kinds[name]
