"""Files that look like an environment's own, where environments are branches. Pure."""

import re
from collections.abc import Collection

_IMAGE = re.compile(rb"""\b((?:\w+_)?(?:image|tag|digest)|newTag|newName)(["']?\s*[:=]\s*)[^\s,}]+""")
"""Where manifests, kustomizations, values and variables say which image is meant."""


def differs(one: bytes, other: bytes) -> bool:
    """Say whether two files differ in more than in the images that they name: those are what promotions write."""
    return _IMAGE.sub(rb"\1\2", one) != _IMAGE.sub(rb"\1\2", other)


def patterns(own: Collection[str], files: Collection[str]) -> tuple[str, ...]:
    """Return the shortest patterns, as `own:` takes them, that fit these files and none of the others.

    One directory's name becomes `*` where what several services have is alike: `deploy/*/limits.yaml`.

    Args:
        own: The files.
        files: All files of the branch.
    """
    found: dict[str, None] = {}
    todo = sorted(own)
    for path in todo:
        if not any(_fits(pattern, path) for pattern in found):
            found[_widest(path, todo, files)] = None
    return tuple(found)


def _widest(path: str, own: Collection[str], files: Collection[str]) -> str:
    """Return the pattern that fits this file and most others of its own, and nobody else's."""
    parts = path.split("/")
    candidates = ["/".join((*parts[:n], "*", *parts[n + 1 :])) for n in range(len(parts) - 1)]
    reach = {c: {file for file in files if _fits(c, file)} for c in candidates}
    good = [c for c in candidates if len(reach[c]) > 1 and reach[c] <= set(own)]
    return max(good, key=lambda c: len(reach[c]), default=path)


def _fits(pattern: str, path: str) -> bool:
    parts, names = pattern.split("/"), path.split("/")
    return len(parts) == len(names) and all(a in ("*", b) for a, b in zip(parts, names, strict=True))
