"""The volumes that containers are given: made, filled, owned, removed."""

import io
import os
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from vivido.crashpoint import crashpoint
from vivido.targets.podman.manifest.blueprint import Volume, Workload
from vivido.targets.podman.names import GENERATION
from vivido.targets.podman.program import Podman, labelled, matching

_ROOM_FOR_ALL = 0o777
"""Permissions of an `emptyDir`: those that Kubernetes gives it."""


def ensure_volume(podman: Podman, name: str, volume: Volume, workload: Workload, labels: dict[str, str]) -> None:
    """Make a volume and fill it, unless it is there. Files and permissions are set again: a crash may have left them out."""
    if not podman.has("volume", name):
        crashpoint("podman.volume.create.before")
        podman.run("volume", "create", *labelled(labels), *_options(volume, workload), name)
        crashpoint("podman.volume.create.after")
    if volume.how == "files":
        podman.run("volume", "import", name, "-", stdin=_archive(volume))
    elif volume.how == "empty":
        _open_to_all(Path(podman.run("volume", "inspect", "--format={{.Mountpoint}}", name).strip()))


def _open_to_all(root: Path) -> None:
    # One that belongs to somebody else was made before volumes had an owner of their own, and that user can write to it.
    if root.stat().st_uid == os.geteuid():
        root.chmod(_ROOM_FOR_ALL)


def _options(volume: Volume, workload: Workload) -> list[str]:
    """Return a volume's options, with its owner where that is known.

    A volume without an owner is given to the user of the first container that starts with it; Podman 5 gives it to root when
    that container is started again while the volume is still empty (`fixVolumePermissions` in its source).
    """
    if volume.how == "memory":
        # No size: Podman 4.3 takes it for a disk quota. The container's memory limit counts what is stored there.
        return ["--opt=type=tmpfs", "--opt=device=tmpfs", f"--opt=o=uid=0,mode={_ROOM_FOR_ALL:04o}"]
    owner = "uid=0" if volume.how == "empty" else _owner(volume, workload)
    return [f"--opt=o={owner}"] if owner else []


def _owner(volume: Volume, workload: Workload) -> str:
    """Return the user that the manifests give the first container of those that mount a claim, as an option."""
    if volume.how != "claim":
        return ""
    first = next((c for c in workload.all_containers if volume.name in (m.volume for m in c.mounts)), None)
    said = [f.partition("=")[2] for f in first.flags if f.startswith("--user=")] if first else []
    user, _, group = (said[0] if said else "").partition(":")
    return ",".join([*([f"uid={user}"] if user else []), *([f"gid={group}"] if group else [])])


def lasting(options: Mapping[str, str]) -> dict[str, str]:
    """Return a volume's options, as Podman lists them, without those that only say whose it was when it was made."""
    rest = [o for o in options.get("o", "").split(",") if o and o.partition("=")[0] not in ("uid", "gid", "mode")]
    kept = {name: value for name, value in options.items() if name not in ("o", "UID", "GID")}
    return {**kept, "o": ",".join(rest)} if rest else kept


def _archive(volume: Volume) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, text in volume.files:
            data = text.encode()
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), volume.mode
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def remove_volumes(podman: Podman, labels: dict[str, str], keep: Iterable[str]) -> None:
    """Remove the volumes of an environment that belong to generations other than the kept; claims carry no generation.

    One that a container still uses stays, and goes the next time.
    """
    found = podman.json("volume", "ls", "--format=json", *matching(labels)) or []
    kept = set(keep)
    doomed = [v["Name"] for v in found if _goes(v.get("Labels") or {}, labels, kept)]
    if doomed:
        podman.attempt("volume", "rm", *doomed)


def claimed(podman: Podman, labels: dict[str, str]) -> tuple[str, ...]:
    """Return the volumes of an environment's claims: those that belong to no generation."""
    found = podman.json("volume", "ls", "--format=json", *matching(labels)) or []
    ours = ((v["Name"], v.get("Labels") or {}) for v in found)
    return tuple(sorted(name for name, has in ours if labels.items() <= has.items() and not has.get(GENERATION)))


def _goes(found: dict[str, str], wanted: dict[str, str], kept: set[str]) -> bool:
    # Podman 4.3 lists volumes that bear any of the labels, where containers have to bear all.
    generation = found.get(GENERATION)
    return wanted.items() <= found.items() and bool(generation) and generation not in kept
