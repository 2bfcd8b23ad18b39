"""The `vivido` command as a process of its own, without waiting each time until Python has loaded it.

A keeper, one for each test process, has loaded every module and forks for each command: own memory, own directory and variables,
own streams, killed like any other. Vivido reads its variables when it runs, never when it is imported, so nothing is left of
another command. Where a variable is one that Python itself reads when it starts, a new Python is started. What a command costs
from cold, and that its modules can be imported in any order, is measured and tested elsewhere.
"""

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import msgspec

from vivido.testing.keeper import Request

WHOLE = "from vivido.cli.app import main; main()"
_KEEP = "import sys; from vivido.testing.keeper import keep; keep(int(sys.argv[1]))"
_ASKING = Lock()
"""Two requests at once would be mixed up on their way."""
_READ_AT_START = ("PYTHON", "LC_", "LANG", "MALLOC_", "LD_")


@dataclass(frozen=True)
class Ran:
    """What one command did: exit code (negative for a signal), output, error stream."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Read what `-o json` printed."""
        return json.loads(self.out)


def own_environ(root: Path) -> dict[str, str]:
    """Return variables that keep state, cache and home below a directory, and the output plain."""
    own = {"VIVIDO_STATE": str(root / "state"), "VIVIDO_CACHE": str(root / "cache"), "HOME": str(root)}
    return {**own, "NO_COLOR": "1", "COLUMNS": "", "SSH_AUTH_SOCK": ""}


def vivido(args: Sequence[str], *, cwd: Path, environ: Mapping[str, str], timeout: float = 120) -> Ran:
    """Run `vivido` with nothing on its standard input, and wait for it and for all that holds its streams.

    Args:
        args: Its arguments.
        cwd: Where it runs.
        environ: All of its variables.
        timeout: Seconds.

    Raises:
        subprocess.TimeoutExpired: It took longer, and was killed.
    """
    if _at_start(environ) != _at_start(os.environ):
        done = subprocess.run(
            [sys.executable, "-c", WHOLE, *args],
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, _text(done.stdout), _text(done.stderr))
    request = msgspec.json.encode(Request(list(args), str(cwd), dict(environ)))
    ends = [os.pipe() for _ in range(3)]
    with _ASKING, socket.socket(fileno=os.dup(_keeper(os.getpid()))) as keeper:
        keeper_ends = [write for _, write in ends]
        socket.send_fds(keeper, [len(request).to_bytes(8, "big")], keeper_ends)
        keeper.sendall(request)
    for end in keeper_ends:
        os.close(end)
    out, err, told = _read([read for read, _ in ends], args, timeout)
    return Ran(int(told.split()[-1]), _text(out), _text(err))


def _at_start(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_READ_AT_START)}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")


@cache
def _keeper(_: int) -> int:
    """Start this process's keeper, which ends with it, and return the descriptor of the socket to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with theirs:
        number = theirs.fileno()
        keeper = subprocess.Popen(
            [sys.executable, "-c", _KEEP, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL
        )
    atexit.register(_end, keeper, ours)
    return ours.fileno()


def _end(keeper: "subprocess.Popen[bytes]", ours: socket.socket) -> None:
    ours.close()
    keeper.wait()


def _read(ends: Sequence[int], args: Sequence[str], timeout: float) -> list[bytes]:
    """Read until everybody has closed the streams."""
    found, deadline = dict.fromkeys(ends, b""), monotonic() + timeout
    with selectors.DefaultSelector() as waiting:
        for end in ends:
            waiting.register(end, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(max(0.0, deadline - monotonic()))
            if not ready:
                _kill(int(found[ends[-1]].split()[0]), ends[-1])
                raise subprocess.TimeoutExpired(["vivido", *args], timeout, found[ends[0]], found[ends[1]])
            for key, _ in ready:
                more = os.read(key.fd, 1 << 16)
                found[key.fd] += more
                if not more:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return list(found.values())


def _kill(pid: int, told: int) -> None:
    """Kill a command, and wait until it is gone: nobody tells any more then."""
    os.kill(pid, signal.SIGKILL)
    while os.read(told, 64):
        pass
