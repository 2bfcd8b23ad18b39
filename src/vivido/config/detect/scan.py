"""The repository's files, as far as they matter here."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from vivido.config.detect.found import Context
from vivido.config.detect.names import made_valid

MAX_FILES = 20_000
MAX_DEPTH = 8
MAX_BYTES = 1024 * 1024

# Copies of other people's files, results of builds, and what is only there for tests.
_SKIPPED = re.compile(
    "node_modules|vendor|third_party|venv|__pycache__|dist|build|target|testdata|tests?|fixtures|examples|docs"
)
_SAYS_NOTHING = frozenset(("", "src", "app", "docker", "container", "build", "image", "cmd"))
_CONTAINERFILE = re.compile(
    r"(?:Containerfile|Dockerfile)(?:\.([A-Za-z0-9_-]+))?|([A-Za-z0-9_-]+)\.(?:Containerfile|Dockerfile)"
)
_NO_CONTAINERFILE = frozenset(("dockerignore", "containerignore", "dev", "test", "ci", "debug", "local"))
_EXPOSE = re.compile(r"(?im)^[ \t]*EXPOSE[ \t]+(.+)$")


def files(root: Path) -> list[str]:
    """Return relative paths in a stable order, at most `MAX_FILES`: no hidden directories, symbolic links, pipes or devices."""
    found: list[str] = []
    for directory, names, inside in os.walk(root):
        relative = Path(directory).relative_to(root)
        deep = len(relative.parts) >= MAX_DEPTH
        names[:] = [] if deep else sorted(n for n in names if not n.startswith(".") and _wanted(n, relative))
        found += [(relative / n).as_posix() for n in sorted(inside) if _is_plain(Path(directory, n))]
        if len(found) >= MAX_FILES:
            break
    return found[:MAX_FILES]


def _is_plain(path: Path) -> bool:
    # A pipe would keep whoever opens it waiting for ever.
    return path.is_file() and not path.is_symlink()


def _wanted(name: str, above: Path) -> bool:
    # `deploy/test` is an environment, `test` at the top is not.
    return not _SKIPPED.fullmatch(name) or (name in ("test", "build") and bool(above.parts))


def text(root: Path, path: str) -> str:
    """Return a file's text; empty where it is too large, no UTF-8 or cannot be read."""
    try:
        whole = root / path
        return "" if whole.stat().st_size > MAX_BYTES else whole.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def contexts(root: Path, paths: list[str], project: str) -> Iterator[Context]:
    """Yield the build contexts; one directory may hold several Containerfiles."""
    seen: set[tuple[str, str]] = set()
    for path in paths:
        directory, _, name = path.rpartition("/")
        match = _CONTAINERFILE.fullmatch(name)
        suffix = (match[1] or match[2] or "") if match else ""
        if not match or suffix.lower() in _NO_CONTAINERFILE or (directory, suffix) in seen:
            continue
        seen.add((directory, suffix))
        called = suffix or next((p for p in reversed(directory.split("/")) if p not in _SAYS_NOTHING), project)
        yield Context(directory or ".", made_valid(called), path if suffix else "", _ports(text(root, path)))


def _ports(containerfile: str) -> tuple[int, ...]:
    words = " ".join(_EXPOSE.findall(containerfile)).split()
    return tuple(
        dict.fromkeys(int(n) for w in words if (n := w.split("/")[0]).isascii() and n.isdigit() and len(n) < 6)
    )
