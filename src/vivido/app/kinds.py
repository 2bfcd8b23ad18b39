"""Which kinds of gates and targets there are: Vivido's own and those of installed packages.

A package adds one through the entry-point groups `vivido.gates` and `vivido.targets`; the entry point's name is the kind's
name in the file, its object the kind itself (`gates.interface.GateKind`, `targets.interface.TargetKind`).
"""

from typing import TYPE_CHECKING, Any

import msgspec

from vivido.app.offered import offered
from vivido.config.kinds import Kind, Kinds
from vivido.errors import InputError
from vivido.gates.interface import GateKind
from vivido.gates.kinds import KINDS as GATES
from vivido.targets.interface import TargetKind
from vivido.targets.kinds import KINDS as TARGETS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


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
    """Return the kinds of this installation.

    Raises:
        InputError: `kind.plugin`: one cannot be loaded, is no such kind, or takes a name that is taken.
    """
    return Installed(
        _with_foreign("gate", GATES, ("options", "shorthand", "moment", "observe", "judge")),
        _with_foreign("target", TARGETS, ("options", "shorthand", "open")),
    )


def options_of(kind: GateKind | TargetKind, options: dict[str, Any]) -> Any:
    """Turn options that were checked and frozen as plain data into the kind's struct again."""
    return msgspec.convert(options, kind.options)


def _with_foreign(what: str, own: dict[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    kinds = dict(own)
    for point in offered(f"vivido.{what}s"):
        found = _loaded(point, what)
        if point.name in kinds:
            raise _refused(point, what, "takes a name that is taken")
        lacking = next((name for name in needed if not hasattr(found, name)), None)
        if lacking is not None:
            raise _refused(point, what, f"is no {what}: it has no {lacking}")
        kinds[point.name] = found
    return kinds


def _loaded(point: "EntryPoint", what: str) -> Any:
    try:
        return point.load()
    except Exception as e:  # A package of somebody else's may fail in any way while it is imported.
        raise _refused(point, what, f"cannot be loaded: {type(e).__name__}: {e}") from e


def _refused(point: "EntryPoint", what: str, why: str) -> InputError:
    return InputError(
        f"the {what} “{point.name}” from {point.value} {why}",
        code="kind.plugin",
        hint="Mend or uninstall the package that brings it.",
    )


def _known(kinds: dict[str, Any], name: str, what: str) -> Any:
    if name not in kinds:
        raise InputError(
            f"this installation has no {what} of kind “{name}”",
            code="kind.unknown",
            hint="Install the package that brings it, as on the machine that started the promotion.",
        )
    return kinds[name]
