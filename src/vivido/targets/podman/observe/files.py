"""Files in a container that are not as in its image: which of them somebody changed, and which its program writes. Pure."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec

_WRITTEN = "/tmp /var/tmp /run /var/run /var/log /var/cache /var/lock /var/spool /dev /proc /sys /root/.cache"  # noqa: S108
WRITTEN = tuple(_WRITTEN.split())
"""Where programs write while they run, by the Filesystem Hierarchy Standard 3.0 (chapter 5: variable data)."""
BYTE_CODE = "__pycache__"
MADE_BY_PODMAN = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/etc/passwd", "/etc/group")
"""Mounted or written by Podman; accounts where a user without one was asked for. Changed ones are told all the same where the image
brought them (`/etc/passwd`)."""


class Touched(msgspec.Struct, frozen=True):
    """What `podman diff` prints."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def counting(touched: Touched, mounts: Iterable[str], writes: Iterable[str] = ()) -> dict[str, str]:
    """Return the files that somebody changed, added or deleted.

    Args:
        touched: All that differs from the image, directories included.
        mounts: Where something is mounted: the places themselves are made by Podman.
        writes: Further directories in which the program may write.
    """
    places = tuple(mounts)
    free = (*WRITTEN, *writes)
    told = (("added", touched.added), ("changed", touched.changed), ("deleted", touched.deleted))
    everything = {path: how for how, paths in told for path in paths}
    found = {path: how for path, how in everything.items() if not _harmless(path, how, places, free)}
    return {path: how for path, how in found.items() if not _only_holds(path, how, everything)}


def _harmless(path: str, how: str, mounts: tuple[str, ...], free: tuple[str, ...]) -> bool:
    if any(_inside(path, place) for place in (*free, *mounts)) or BYTE_CODE in PurePosixPath(path).parts:
        return True
    if how == "added" and path in MADE_BY_PODMAN:
        return True
    # Directories that Podman had to make so that something can be mounted in them, or that hold what is harmless.
    return how != "deleted" and any(
        place != path and _inside(place, path) for place in (*mounts, *free, *MADE_BY_PODMAN)
    )


def _only_holds(path: str, how: str, everything: Mapping[str, str]) -> bool:
    """Say whether a directory is told only because of something below it."""
    return how != "deleted" and any(other != path and _inside(other, path) for other in everything)


def _inside(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory.rstrip('/')}/")
