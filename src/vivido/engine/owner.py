"""Who holds a lease: a process, told apart from all others, and known to be gone when it is."""

import os
import socket
from pathlib import Path


def this_owner() -> str:
    """Return `host:pid:start`, where start tells a process from a later one with the same number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Say whether an owner is certainly dead. Of another machine's nothing is known: False."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    pid, start = rest, owner.rpartition(":")[2]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return _started(int(pid)) != start


def _started(pid: int) -> str:
    """Return the start time of a process in clock ticks since boot; empty where there is none (proc(5), field 22)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
