"""How much of the core the tests of its rooms run: `make coverage`. Fails where a room is below the goal.

The rooms are those whose judgments everything else relies on. Only tests that need no container are run, so what only a whole
promotion reaches does not count.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOMS = ("model", "engine", "config", "gates")
TESTS = (*ROOMS, "identity", "signing", "drift")
GOAL = 95.0
"""Per cent of the branches, and of the lines, of each room."""


def main(arguments: list[str]) -> int:
    """Run the tests and judge every room; further arguments go to pytest.

    Returns:
        0 where every test passed and every room reaches the goal.
    """
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "coverage.json"
        data = {"COVERAGE_FILE": str(Path(directory) / "data")}
        measured = [f"--cov=vivido.{room}" for room in ROOMS]
        command = [sys.executable, "-m", "pytest", "-q", *measured, "--cov-branch", "--cov-report="]
        command += [f"--cov-report=json:{report}", *arguments, *(f"tests/{name}" for name in TESTS)]
        code = subprocess.run(["env", *(f"{k}={v}" for k, v in data.items()), *command], check=False).returncode
        if code or not report.is_file():
            return code or 1
        files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    poor = [room for room in ROOMS if not _judge(room, files)]
    print(f"below {GOAL:g} %: {', '.join(poor)}" if poor else f"every room reaches {GOAL:g} %")
    return 1 if poor else 0


def _judge(room: str, files: dict[str, Any]) -> bool:
    """Print a room's figures, and what is missing where it is too much; say whether it reaches the goal."""
    own = {name: found for name, found in files.items() if f"/vivido/{room}/" in f"/{name}"}
    figures = [
        _share(own, f"covered_{what}", whole)
        for what, whole in (("branches", "num_branches"), ("lines", "num_statements"))
    ]
    print(f"{room:8} branches {figures[0]:6.2f} %   lines {figures[1]:6.2f} %")
    good = min(figures) >= GOAL
    for line in () if good else _missing(own):
        print(f"  {line}")
    return good


def _share(files: dict[str, Any], part: str, whole: str) -> float:
    total = sum(found["summary"][whole] for found in files.values())
    return 100.0 * sum(found["summary"][part] for found in files.values()) / total if total else 100.0


def _missing(files: dict[str, Any]) -> Iterator[str]:
    for name, found in sorted(files.items()):
        lines, branches = found["missing_lines"], found["missing_branches"]
        if lines or branches:
            yield f"{name}: lines {lines}, branches {[f'{a}→{b}' for a, b in branches]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
