"""What the file says of a `command` target, and the variables its commands get."""

import re
from pathlib import Path

import msgspec

from vivido.targets.interface import Desired
from vivido.time.option import Duration, seconds


class CommandOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Shell commands that run in the project's directory.

    `apply` and `check` get `VIVIDO_PROJECT`, `VIVIDO_ENVIRONMENT`, `VIVIDO_RELEASE`, `VIVIDO_PROMOTION`, `VIVIDO_GENERATION`,
    `VIVIDO_IMAGE_<SERVICE>` (repository@sha256:…) and `VIVIDO_MANIFESTS` (path of the rendered YAML), `apply`
    also `VIVIDO_COMMIT` (the commit on the environment's branch); `current` gets the first two.
    """

    apply: str
    """Brings the generation to life and returns when it serves. Exit code 0: it does. It may run again with the same
    `VIVIDO_GENERATION` after a crash, so it must find its own work."""
    check: str = ""
    """Says what stands in the way before anything changes: exit code 0 means nothing, else its output is shown."""
    current: str = ""
    """Prints what runs: lines `service=repository@sha256:…`, or JSON `{"services": {…}, "healthy": true, "urls": {…}}`.
    Without it Vivido cannot tell."""
    pulls: bool = False
    """Whether what runs there follows the branch by itself, so that a commit is live before any promotion brought it."""
    timeout: Duration = "10m"
    """How long each command may take."""

    def __post_init__(self) -> None:
        """Refuse what could never run."""
        if not self.apply.strip():
            raise ValueError("apply: is empty")
        seconds("timeout", self.timeout)


def variables(desired: Desired, manifests: Path) -> dict[str, str]:
    """Return the variables of `apply` and `check`."""
    images = {f"VIVIDO_IMAGE_{_upper(service)}": image for service, image in desired.images.items()}
    return {
        "VIVIDO_PROJECT": desired.project,
        "VIVIDO_ENVIRONMENT": desired.environment,
        "VIVIDO_RELEASE": desired.release,
        "VIVIDO_PROMOTION": desired.promotion,
        "VIVIDO_GENERATION": desired.generation,
        "VIVIDO_MANIFESTS": str(manifests),
        "VIVIDO_COMMIT": desired.commit,
        **images,
    }


def _upper(service: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", service.upper())
