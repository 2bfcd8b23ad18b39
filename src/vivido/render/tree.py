"""Reading a tree of files by two functions, so that the same code works on a directory and on a Git commit."""

import os
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
    # Paths as texts: thousands of directories are looked through, and objects take twice as long.
    top = os.path.realpath(root)
    below = f"{top.rstrip('/')}/"

    def inside(path: str) -> str:
        found = os.path.realpath(os.path.join(top, path))  # noqa: PTH118
        return found if found == top or found.startswith(below) else ""

    def read(path: str) -> bytes | None:
        found = inside(path)
        return Path(found).read_bytes() if found and os.path.isfile(found) else None  # noqa: PTH113

    def listing(path: str) -> tuple[str, ...]:
        found = inside(path)
        if not found or not os.path.isdir(found):  # noqa: PTH112
            return ()
        with os.scandir(found) as entries:
            return tuple(sorted(f"{e.name}/" if _leads_to_directory(e) else e.name for e in entries))

    return read, listing


def _leads_to_directory(entry: "os.DirEntry[str]") -> bool:
    # Of a link that leads to itself the entry would raise.
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()  # noqa: PTH112
