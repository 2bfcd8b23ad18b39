"""Everything that can be checked without containers, side by side: `make check`. Prints only what is wrong."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LONGEST = 600
"""Lines of a hand-written file; a longer one has more than one subject."""
GENERATED = (
    "requirements/",
    "src/vivido/config/schema.json",
    "src/vivido/drift/kubernetes.json",
    "docs/reference/commands.md",
    "docs/reference/errors.md",
)
ADDRESSES = r"--(extra-)?index-url |--find-links |\"resolved\": \"https?:|^(index|registry)[-_ ]?(url)? *= *\"?https?:"
"""Addresses of package registries: they differ from place to place and may not be committed."""

PROGRAMS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["pyright"],
    "imports": ["lint-imports", "--no-cache"],
    "docs": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not real", "tests/docs"],
}


def main() -> int:
    """Run every check.

    Returns:
        The number of checks that found something.
    """
    started = time.monotonic()
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(_program, command) for name, command in PROGRAMS.items()}
        complaints = {
            "sizes": _sizes(),
            "addresses": _addresses(),
            **{name: task.result() for name, task in running.items()},
        }
    for name, complaint in complaints.items():
        if complaint:
            print(f"== {name}\n{complaint}\n")
    found = sum(1 for complaint in complaints.values() if complaint)
    verdict = f"{found} of {len(complaints)} checks found something" if found else f"{len(complaints)} checks passed"
    print(f"{verdict} ({', '.join(complaints)}) in {time.monotonic() - started:.0f} s")
    return found


def _program(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"ended with {done.returncode}"


def _tracked() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(name) for name in names if not name.startswith(GENERATED) and Path(name).is_file()]


def _sizes() -> str:
    lengths = {path: path.read_bytes().count(b"\n") for path in _tracked()}
    return "\n".join(
        f"{path}: {lines} lines, more than {LONGEST}" for path, lines in lengths.items() if lines > LONGEST
    )


def _addresses() -> str:
    command = ["git", "grep", "--untracked", "-nIE", "-e", ADDRESSES, "--", ".", ":!tools/check.py"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
