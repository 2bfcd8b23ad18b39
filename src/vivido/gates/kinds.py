"""The kinds of gates that Vivido brings; `app.kinds` adds those of installed packages."""

from vivido.gates.approve import ApproveGate
from vivido.gates.http import HttpGate
from vivido.gates.interface import GateKind
from vivido.gates.parity import ParityGate
from vivido.gates.run import RunGate
from vivido.gates.terraform import TerraformGate

KINDS: dict[str, GateKind] = {
    "run": RunGate(),
    "http": HttpGate(),
    "approve": ApproveGate(),
    "parity": ParityGate(),
    "terraform": TerraformGate(),
}
"""Kind → gate, as `vivido.yaml` names them."""
