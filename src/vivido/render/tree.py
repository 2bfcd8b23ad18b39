"""Reading a tree of files by two functions, so that the same code works on a directory and on a Git commit."""

from collections.abc import Callable
from pathlib import Path

Read = Callable[[str], bytes | None]
"""Returns a file's content by its path from the tree's root (`deploy/web/a.yaml`), None where there is no such file."""

List = Callable[[str], tuple[str, ...]]
"""Returns the names of the entries directly in a directory, given by its path from the root (`""` is the root itself);
a directory's name may end with `/`. Empty where there is no such directory."""


def names(directory: str, listing: List) -> tuple[str, ...]:
    """Return the names in a directory, sorted, without the slash that marks directories."""
    return tuple(sorted(name.rstrip("/") for name in listing(directory)))


def is_directory(path: str, listing: List) -> bool:
    """Say whether something is in a directory of that path."""
    return bool(listing(path))


def join(directory: str, relative: str) -> str | None:
    """Return where a relative path leads to from a directory of the tree; None where it is absolute or leaves the tree."""
    if relative.startswith("/"):
        return None
    parts: list[str] = []
    for part in (*directory.split("/"), *relative.split("/")):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def of_directory(root: Path) -> tuple[Read, List]:
    """Return the two functions for a directory on disk. What a symbolic link takes out of it is not there."""
    top = root.resolve()

    def inside(path: str) -> Path | None:
        found = (top / path).resolve()
        return found if found.is_relative_to(top) else None

    def read(path: str) -> bytes | None:
        found = inside(path)
        return found.read_bytes() if found is not None and found.is_file() else None

    def listing(path: str) -> tuple[str, ...]:
        found = inside(path)
        if found is None or not found.is_dir():
            return ()
        return tuple(sorted(f"{p.name}/" if p.is_dir() else p.name for p in found.iterdir()))

    return read, listing
