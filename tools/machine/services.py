"""Services that a package starts when it is installed: none may be left behind."""

import subprocess
from pathlib import Path

from machine import say


def enabled() -> set[str]:
    """Return the units that systemd starts by itself; empty where the machine has no systemd."""
    if not Path("/run/systemd/system").is_dir():
        return set()
    command = ["systemctl", "list-unit-files", "--state=enabled", "--plain", "--no-legend"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return {line.split()[0] for line in lines if line.strip()}


def switch_off(before: set[str], prefix: list[str]) -> None:
    """Stop and disable what is enabled now and was not `before`."""
    new = sorted(enabled() - before)
    if new:
        say.line(f"  switched off again, for nothing here needs it: {' '.join(new)}")
        say.run([*prefix, "systemctl", "disable", "--now", *new])
