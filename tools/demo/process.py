"""Processes that outlive the demo: started apart from it, found again and stopped by the id that they were started with."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def spawn(command: Sequence[str], home: Path, environ: Mapping[str, str]) -> int:
    """Start a program in a session of its own, its output in `home/log` and its id in `home/pid`; return the id."""
    # Not a subprocess.Popen: it shall outlive this program.
    pid = os.posix_spawnp(
        command[0],
        list(command),
        dict(environ),
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(home / "log"), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    (home / "pid").write_text(f"{pid}\n", encoding="utf-8")
    return pid


def stop(home: Path, word: str) -> bool:
    """Stop what `spawn` started under `home`; True where there was something.

    A process of that number whose command line does not have `word` is another program, and left alone.
    """
    try:
        pid = int((home / "pid").read_text(encoding="utf-8"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (OSError, ValueError):
        return False
    if word not in command:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    if runs(pid):
        os.kill(pid, signal.SIGKILL)
    return True


def runs(pid: int) -> bool:
    """Say whether a process is there; one of this program's own that has ended is taken leave of."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return Path(f"/proc/{pid}").exists()
