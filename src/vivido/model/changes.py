"""Which services a change concerns: paths that changed, held against the paths that services depend on."""

from collections.abc import Iterable, Iterator

import msgspec

BUILD = "build"
CONFIGURATION = "configuration"
DECLARATION = "declaration"
REASONS = (BUILD, CONFIGURATION, DECLARATION)
"""What a path is to a service: its image is made of it, its objects are rendered from it, or the project's file says it."""


class Interest(msgspec.Struct, frozen=True, order=True):
    """One path that a service depends on, with everything below it."""

    path: str
    """From the repository's top; empty for all of it."""
    service: str
    reason: str
    """One of `REASONS`."""


class Concern(msgspec.Struct, frozen=True):
    """One service that a change concerns."""

    service: str
    build: tuple[str, ...] = ()
    """Changed paths that its image is made of."""
    configuration: tuple[str, ...] = ()
    """Changed paths that its objects are rendered from."""
    declaration: bool = False
    """What the project's file says of it changed."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Those of `REASONS` that hold."""
        found = (bool(self.build), bool(self.configuration), self.declaration)
        return tuple(reason for reason, holds in zip(REASONS, found, strict=True) if holds)


def concerned(
    changed: Iterable[str], interests: Iterable[Interest], redeclared: Iterable[str] = ()
) -> tuple[Concern, ...]:
    """Return the services that a change concerns, by name. Takes time for each changed path, not for each service.

    Args:
        changed: Paths of files that differ.
        interests: What services depend on.
        redeclared: Services of which the project's file says something else than before.
    """
    by_path: dict[str, list[Interest]] = {}
    for interest in interests:
        by_path.setdefault(interest.path, []).append(interest)
    hits: dict[tuple[str, str], dict[str, None]] = {}
    for path in changed:
        for around in _around(path):
            for interest in by_path.get(around, ()):
                hits.setdefault((interest.service, interest.reason), {})[path] = None
    again = frozenset(redeclared)
    names = sorted({service for service, _ in hits} | again)
    return tuple(
        Concern(n, tuple(hits.get((n, BUILD), ())), tuple(hits.get((n, CONFIGURATION), ())), n in again) for n in names
    )


def _around(path: str) -> Iterator[str]:
    """Yield a path and every directory that it is in, the top (an empty path) last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
