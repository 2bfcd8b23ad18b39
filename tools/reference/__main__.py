"""`python -m reference`: write the pages; with `--check` only say which are not current."""

import sys
from pathlib import Path

from reference.pages import pages

HOME = Path(__file__).resolve().parents[2] / "docs" / "reference"


def main(arguments: list[str]) -> int:
    """Write or check; returns how many pages were not current, where they are only checked."""
    stale = [name for name, text in pages().items() if _read(HOME / name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/reference/{name} is not current: run `PYTHONPATH=tools python -m reference`")
        return len(stale)
    HOME.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (HOME / name).write_text(pages()[name], encoding="utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
