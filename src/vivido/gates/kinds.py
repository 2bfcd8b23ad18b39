"""The kinds of gates that Vivido brings, and those that installed packages add."""

from importlib.metadata import entry_points

from vivido.errors import InputError
from vivido.gates.approve import ApproveGate
from vivido.gates.http import HttpGate
from vivido.gates.interface import GateKind
from vivido.gates.run import RunGate

KINDS: dict[str, GateKind] = {"run": RunGate(), "http": HttpGate(), "approve": ApproveGate()}
"""Kind → gate, as `vivido.yaml` names them."""

GROUP = "vivido.gates"
"""The entry-point group in which packages offer a kind: `name = "package.module:gate"`, an object that is a `GateKind`."""


def installed_kinds() -> dict[str, GateKind]:
    """Return `KINDS` and what installed packages add. Looking through the packages takes some milliseconds.

    Raises:
        InputError: `gates.plugin`: one cannot be loaded, is no gate, or takes a name that is taken.
    """
    kinds = dict(KINDS)
    for offered in entry_points(group=GROUP):
        try:
            gate = offered.load()
        except Exception as e:  # A package of somebody else's may fail in any way while it is imported.
            raise _refused(offered.name, f"cannot be loaded from {offered.value} ({type(e).__name__}: {e})") from e
        if offered.name in kinds:
            raise _refused(offered.name, f"from {offered.value} takes a name that is taken")
        lacking = [a for a in ("options", "shorthand", "moment", "observe", "judge") if not hasattr(gate, a)]
        if lacking:
            raise _refused(offered.name, f"from {offered.value} is no gate: it has no {lacking[0]}")
        kinds[offered.name] = gate
    return kinds


def _refused(name: str, why: str) -> InputError:
    return InputError(
        f"the gate {name} {why}", code="gates.plugin", hint="Mend or uninstall the package that brings it."
    )
