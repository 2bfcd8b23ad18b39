"""Measure the command line from cold: `python bench/cli.py [repetitions]`.

Each figure is the median over fresh processes with byte code compiled; “cpu” is user and system time of the process, the rest
is the wall clock. The peers start in the same run: `kubectl version --client`, a compiled program, and an empty Python.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from vivido.testing.miniature import Miniature, miniature

VIVIDO = [sys.executable, "-c", "from vivido.cli.app import main; main()"]


def main(repetitions: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, miniature(Path(folder)) as mini:
        fill(mini)
        environ = {**os.environ, **mini.environ, "PYTHONDONTWRITEBYTECODE": ""}
        bare = show("python, empty (cpu)", [sys.executable, "-c", "pass"], environ, mini, repetitions, cpu=True)
        show("vivido --version (cpu)", [*VIVIDO, "--version"], environ, mini, repetitions, cpu=True, peer=bare, goal=90)
        peer = None
        if shutil.which("kubectl"):
            kubectl = ["kubectl", "version", "--client"]
            peer = show("kubectl version --client", kubectl, environ, mini, repetitions)
        show("vivido status, 3 environments", [*VIVIDO, "status"], environ, mini, repetitions, peer=peer, goal=200)
        show("vivido status (cpu)", [*VIVIDO, "status"], environ, mini, repetitions, cpu=True)
        show("vivido why production", [*VIVIDO, "why", "production"], environ, mini, repetitions, peer=peer)
        diff = ["diff", "web", "staging", "production"]
        show("vivido diff web staging production", [*VIVIDO, *diff], environ, mini, repetitions, peer=peer, goal=250)
        show("vivido diff web staging production (cpu)", [*VIVIDO, *diff], environ, mini, repetitions, cpu=True)
        show("vivido --help", [*VIVIDO, "--help"], environ, mini, repetitions, peer=peer)


def fill(mini: Miniature) -> None:
    """Give the project a history, with a promotion that waits."""
    mini.to_production(mini.release("v1"))
    mini.release("v2")
    for environment in ("dev", "staging", "production"):
        mini.run("promote", environment, "--yes")


def show(
    name: str,
    command: list[str],
    environ: dict[str, str],
    mini: Miniature,
    repetitions: int,
    *,
    cpu: bool = False,
    peer: float | None = None,
    goal: float | None = None,
) -> float:
    """Measure one command, print its line, return its median in milliseconds."""
    once(command, environ, mini.clone)
    times = [once(command, environ, mini.clone)[cpu] for _ in range(repetitions)]
    median = statistics.median(times)
    notes = ([f"{median / peer:.1f}x of the peer"] if peer else []) + ([f"goal <= {goal:.0f}"] if goal else [])
    print(f"cli: {name} {median:.0f} ms {', '.join(notes)}".rstrip())
    return median


def once(command: list[str], environ: dict[str, str], where: Path) -> tuple[float, float]:
    """Run a command; return wall clock and processor time in milliseconds."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=where, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = 0
    return wall * 1000, (used.ru_utime + used.ru_stime) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
