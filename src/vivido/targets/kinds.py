"""The kinds of targets that Vivido brings."""

from vivido.targets.command.target import CommandKind
from vivido.targets.interface import TargetKind
from vivido.targets.none import NoneKind
from vivido.targets.podman.kind import PodmanKind

KINDS: dict[str, TargetKind] = {"none": NoneKind(), "command": CommandKind(), "podman": PodmanKind()}
"""Kind → target, as `vivido.yaml` names them."""
