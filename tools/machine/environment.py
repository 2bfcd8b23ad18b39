"""The Python environment `.venv`: every package from the lock, each checked against its hash, and Vivido itself from `src`.

Needs neither `python3-venv` nor a pip on the machine: an environment without pip is made by the standard library, and
pip runs out of its wheel, which Python or Debian's `python3-pip-whl` brings.
"""

import sys
import sysconfig
from pathlib import Path

from machine import say
from machine.apt import Archive

LOCK = "requirements/dev.txt"


def ready(root: Path) -> bool:
    """Say whether the environment stands and belongs to this Python."""
    config = root / ".venv" / "pyvenv.cfg"
    if not (root / ".venv" / "bin" / "vivido").exists():
        return False
    version = f"{sys.version_info.major}.{sys.version_info.minor}."
    return any(
        line.partition("=")[0].strip() in ("version", "version_info")
        and line.partition("=")[2].strip().startswith(version)
        for line in config.read_text(encoding="utf-8").splitlines()
    )


def bring(root: Path, archive: Archive) -> None:
    """Make the environment, or bring the one that stands up to the lock.

    Raises:
        SystemExit: A package cannot be had, or its hash is not the one in the lock.
    """
    venv = root / ".venv"
    if not ready(root):
        _must([sys.executable, "-m", "venv", "--without-pip", "--clear", str(venv)])
    tool = pip(root, archive)
    _must([*tool, "install", "--require-hashes", "--only-binary", ":all:", "-r", str(root / LOCK)])
    _must([*tool, "install", "--no-deps", "--no-build-isolation", "-e", str(root)])


def pip(root: Path, archive: Archive) -> list[str]:
    """Return the beginning of pip's command line. The environment's Python must be there."""
    program = str(_pip(root / ".tools", archive) / "pip")
    return [str(root / ".venv" / "bin" / "python"), program, "--quiet", "--disable-pip-version-check"]


def _pip(tools: Path, archive: Archive) -> Path:
    """Return a pip wheel: Python's own, Debian's, or one that is unpacked here."""
    bundled = Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"
    unpacked = tools / "pip"
    for folder in (bundled, Path("/usr/share/python-wheels"), unpacked / "usr/share/python-wheels"):
        for wheel in sorted(folder.glob("pip-*.whl")):
            return wheel
    archive.wants(["python3-pip-whl"])
    archive.unpack(["python3-pip-whl"], unpacked)
    return next((unpacked / "usr/share/python-wheels").glob("pip-*.whl"))


def _must(command: list[str]) -> None:
    if not say.run(command):
        raise SystemExit("The Python environment could not be made; the lines above say why.")
