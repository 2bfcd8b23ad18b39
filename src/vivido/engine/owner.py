"""Who holds a lease: a process, told apart from all others, and known to be gone when it is."""

import os
import socket
from pathlib import Path

from vivido.model.canonical import sha256


def this_owner() -> str:
    """Return `host#kernel:pid:start`, where start tells a process from a later one with the same number.

    The kernel's part names the boot and the process namespace in which the number means something: two containers may well have
    the same host name, and a process 7 each.
    """
    return f"{_place()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Say whether an owner is certainly dead. Of another machine's or container's nothing is known: False."""
    rest, _, start = owner.rpartition(":")
    place, _, pid = rest.rpartition(":")
    if place != _place() or not pid.isdigit():
        return False
    return _started(int(pid)) != start


def _place() -> str:
    boot = _line("/proc/sys/kernel/random/boot_id")
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return f"{socket.gethostname()}#{sha256(f'{boot} {namespace}'.encode())[:8]}"


def _line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return the start time of a process in clock ticks since boot; empty where there is none (proc(5), field 22)."""
    fields = _line(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return "" if not fields or fields[0] in ("Z", "X") else fields[19]
