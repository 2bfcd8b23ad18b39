"""Paths as Git has them: parts with `/` between, the empty one for the top."""

from collections.abc import Iterable


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that lie in none of the others, sorted; of all paths where the top, the empty one, is among them, that."""
    wanted = set(paths)
    return tuple(sorted(p for p in wanted if wanted.isdisjoint(upwards(p)[1:])))


def upwards(path: str) -> list[str]:
    """Return a path with all directories above it, the top too."""
    found = [path]
    while path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found
