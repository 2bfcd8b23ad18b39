"""A secret from a command of the user's: a password manager, a vault's client."""

from pathlib import Path

from vivido.errors import InputError
from vivido.process import run
from vivido.secrets.value import as_value

TIMEOUT = 60.0
"""Seconds; a password manager that asks a person would never end."""


def from_command(command: str, root: Path) -> str:
    """Return what the command prints, without its last line feed.

    Raises:
        InputError: `secret.command` where it fails, and as `as_value`. Nothing that it printed is repeated: it may be the secret.
    """
    program = command.strip().partition(" ")[0]
    done = run(["/bin/sh", "-c", command], cwd=root, timeout=TIMEOUT)
    if done.timed_out or done.returncode != 0:
        what = "did not end in time" if done.timed_out else f"failed with exit code {done.returncode}"
        raise InputError(
            f"the secret's command “{program} …” {what}",
            code="secret.command",
            hint="Run it by hand in the project's directory; what it printed is not repeated here.",
        )
    return as_value(done.stdout, f"the command “{program} …”")
