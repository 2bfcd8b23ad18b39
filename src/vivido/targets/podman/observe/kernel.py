"""The limits that the kernel has for a container: read from its control group, for Podman 4.3 tells only those it was made with."""

from pathlib import Path
from typing import Any

from vivido.targets.podman.observe.found import Limits

ROOT = Path("/sys/fs/cgroup")
NONE = 1 << 60
"""Bytes from which on a limit of version 1 means none: it is the largest number of pages."""


def limits(inspect: dict[str, Any], root: Path = ROOT) -> Limits:
    """Return the limits of a running container; what cannot be read is None.

    Args:
        inspect: What Podman says of it; the group's path is in its state.
        root: Where control groups are mounted.
    """
    group = str((inspect.get("State") or {}).get("CgroupPath") or "").lstrip("/")
    if not group:
        return Limits()
    new = root / group
    if (new / "memory.max").is_file() or (new / "cpu.max").is_file():
        return Limits(_memory(_read(new / "memory.max")), _share(_read(new / "cpu.max")))
    quota, period = (_read(root / "cpu" / group / f"cpu.cfs_{what}_us") for what in ("quota", "period"))
    return Limits(_memory(_read(root / "memory" / group / "memory.limit_in_bytes")), _share(f"{quota} {period}"))


def _memory(text: str) -> int | None:
    if text == "max":
        return 0
    return None if not text.isdecimal() else 0 if int(text) >= NONE else int(text)


def _share(text: str) -> float | None:
    """Read `quota period`, both in microseconds."""
    quota, _, period = text.partition(" ")
    if not period.isdecimal() or int(period) == 0:
        return None
    if quota in ("max", "-1"):
        return 0.0
    return int(quota) / int(period) if quota.isdecimal() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
