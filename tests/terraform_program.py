"""The real Terraform, or OpenTofu, where one is on this machine. The set-up cannot bring either."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PROGRAM = shutil.which("terraform") or shutil.which("tofu")
needed = pytest.mark.skipif(PROGRAM is None, reason="neither terraform nor tofu is on PATH")


def terraform(directory: Path, *args: str) -> str:
    """Run it in a directory, without a word to anybody on the network; returns what it printed."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(directory), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        [str(PROGRAM), f"-chdir={directory}", *args],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outputs(directory: Path, *args: str) -> dict[str, Any]:
    """Apply a module and return its outputs. Only what Terraform has built in may be in it."""
    terraform(directory, "init", "-input=false", "-no-color")
    terraform(directory, "apply", "-auto-approve", "-input=false", "-no-color", *args)
    return {name: one["value"] for name, one in json.loads(terraform(directory, "output", "-json")).items()}
