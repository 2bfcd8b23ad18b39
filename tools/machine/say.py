"""What the set-up tells the person who waits, and the commands that it shows before it runs them."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path


def line(text: str = "") -> None:
    """Print one line at once."""
    print(text, flush=True)


def run(command: list[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> bool:
    """Run a command; what it printed is shown only where it failed.

    Returns:
        Whether it ended well.
    """
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        line(f"    {shlex.join(command)[:200]}")
        line("    failed: " + "\n    ".join(done.stdout.strip().splitlines()[-15:]))
    return done.returncode == 0
