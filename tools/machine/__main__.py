"""Prepare this machine: say what is missing, bring it, and be quick where nothing is.

Changes nothing outside the project but through the package manager, and leaves no service running.
"""

import sys
import time
from pathlib import Path

from machine import apt, environment, golang, packages, programs, say, services, stamp

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"


def main(arguments: list[str]) -> int:
    """Run the set-up. `--python`: the Python environment alone. `--tests`: what only the tests need, too.

    Returns:
        0 where Vivido can run, even if a program for the demo or the tests is missing and only an administrator can install it.
    """
    started = time.monotonic()
    archive = apt.Archive(TOOLS / "apt")
    steps = [_python] if "--python" in arguments else [_install, _unpack, _python]
    steps += [_build] if "--tests" in arguments else []
    did = [step(archive) for step in steps]
    archive.forget()
    if any(did):
        say.line(f"The set-up took {time.monotonic() - started:.0f} s. Everything it made is in .tools and .venv.")
    return 0


def _install(_archive: apt.Archive) -> bool:
    names = list(packages.missing().values())
    if not names:
        return False
    prefix = apt.rights() if apt.there() else None
    if prefix is None:
        _ask_for(names)
        return False
    say.line(f"Installing with the package manager: {' '.join(names)}")
    before = services.enabled()
    if not apt.install(names, prefix):
        raise SystemExit("The package manager could not install them; the lines above say why.")
    services.switch_off(before, prefix)
    return True


def _ask_for(names: list[str]) -> None:
    say.line(
        "These packages are missing, and this user may not install any. What needs them will be skipped, or say so."
    )
    say.line("Ask somebody who administers this machine for:")
    say.line(f"    apt-get install --no-install-recommends {' '.join(names)}")


def _unpack(archive: apt.Archive) -> bool:
    mark, wanted = TOOLS / "programs.stamp", stamp.wanted(ROOT)
    if programs.ready(TOOLS) and stamp.kept(mark) == wanted:
        return False
    if not apt.there():
        say.line(f"There is no apt-get here. Put these programs on PATH yourself: {' '.join(packages.UNPACKED)}")
        return False
    named = " ".join(dict.fromkeys(packages.UNPACKED.values()))
    say.line(f"Unpacking into .tools, without installing or starting: {named}")
    programs.bring(TOOLS, archive)
    stamp.keep(mark, wanted)
    return True


def _python(archive: apt.Archive) -> bool:
    mark, wanted = TOOLS / "python.stamp", stamp.wanted(ROOT, environment.LOCK, "pyproject.toml")
    if environment.ready(ROOT) and stamp.kept(mark) == wanted:
        return False
    say.line(f"Making the Python environment .venv from {environment.LOCK}, every package checked against its hash")
    environment.bring(ROOT, archive)
    stamp.keep(mark, wanted)
    return True


def _build(archive: apt.Archive) -> bool:
    names = golang.missing(ROOT)
    if names:
        golang.bring(ROOT, archive, names)
    return bool(names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
