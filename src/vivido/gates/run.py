"""`run`: a command of the user's decides."""

from pathlib import PurePosixPath
from typing import Any, ClassVar

import msgspec

from vivido.gates.interface import GateContext, Subject
from vivido.gates.option import Duration, Retries, positive
from vivido.model.gate import Judgment


class RunOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Run a command against the environment; exit code 0 passes."""

    command: str
    """A shell command, run in the project's directory. `{url}`, `{environment}` and `{release}` are filled in. These variables
    are set: `VIVIDO_URL`, `VIVIDO_URL_<SERVICE>`, `VIVIDO_ENVIRONMENT`, `VIVIDO_RELEASE`, `VIVIDO_PROMOTION`, `VIVIDO_GATE`,
    `VIVIDO_ATTEMPT`, `VIVIDO_IMAGE_<SERVICE>`, `VIVIDO_DIGEST_<SERVICE>`."""
    timeout: Duration = "10m"
    """How long one try may take. A try that takes longer is killed and counts as failed."""
    junit: str = ""
    """Where the command writes JUnit XML, relative to the project's directory; `*` and `**` are understood. The reports must be
    written by this run, hold at least one test that ran, and no failure."""
    retries: Retries = 0
    """How many further tries a failure gets. A pass after a retry says so."""

    def __post_init__(self) -> None:
        """Refuse what could never be run."""
        if not self.command.strip():
            raise ValueError("command: is empty")
        positive("timeout", self.timeout)
        path = PurePosixPath(self.junit)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("junit: must stay inside the project's directory")


class RunGate:
    """A gate that runs a command."""

    options: ClassVar[type[msgspec.Struct]] = RunOptions
    shorthand: ClassVar[str] = "command"
    moment: ClassVar[str] = "after"

    def observe(self, options: RunOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Run the command."""
        raise NotImplementedError

    def judge(self, options: RunOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Judge it."""
        raise NotImplementedError
