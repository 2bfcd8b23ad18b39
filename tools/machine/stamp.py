"""Whether there is anything to do: a hash of everything that the set-up depends on, kept from the last time."""

import hashlib
import sys
from pathlib import Path


def wanted(root: Path, *files: str) -> str:
    """Return the hash of the set-up's own code, the given files, this Python, and the place where the project lies."""
    seen = hashlib.sha256(f"{root}\0{sys.version}\0".encode())
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *(root / file for file in files)]:
        seen.update(path.name.encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()


def kept(file: Path) -> str:
    """Return the hash of the last time, empty where there was none."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def keep(file: Path, value: str) -> None:
    """Keep it for the next time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(value, encoding="utf-8")
