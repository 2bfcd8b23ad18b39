"""The process that has loaded Vivido and forks for each command that `vivido.testing.command` asks it for."""

import gc
import importlib
import os
import pkgutil
import signal
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO

import msgspec


class Request(msgspec.Struct, frozen=True):
    """A command that is asked for: its arguments, where it runs, and all of its variables."""

    args: list[str]
    cwd: str
    environ: dict[str, str]


def modules() -> list[str]:
    """Return the names of all modules that Vivido ships, without those for tests and those that are programs."""
    import vivido

    found = [m.name for m in pkgutil.walk_packages(vivido.__path__, "vivido.")]
    return [n for n in found if not n.startswith("vivido.testing") and not n.endswith("__main__")]


def keep(number: int) -> None:
    """Load everything, and fork for each request until the other side is gone.

    Args:
        number: The descriptor of a stream socket. A request is eight bytes of its length together with three descriptors
            (standard output, standard error, and where the command's process id and then its exit code are told), and then a
            `Request` as JSON.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in modules():
        importlib.import_module(name)
    gc.collect()
    # What is frozen is not looked at by the collector of a child, so its pages stay shared.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=number) as asked:
        while True:
            head, ends, _, _ = socket.recv_fds(asked, 8, 3)
            if not head:
                return
            request = msgspec.json.decode(_exactly(asked, int.from_bytes(head, "big")), type=Request)
            if os.fork() == 0:
                asked.close()
                _mind(request, ends)
            for end in ends:
                os.close(end)


def _exactly(asked: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        found += asked.recv(size - len(found))
    return found


def _mind(request: Request, ends: Sequence[int]) -> NoReturn:
    """Fork once more for the command; tell its process id and, when it has ended, its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out, err, told = ends
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _be(request, out, err)
    os.close(out)
    os.close(err)
    os.write(told, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _be(request: Request, out: int, err: int) -> NoReturn:
    """Be the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout, sys.stderr = _stream(out, 1, sys.stdout), _stream(err, 2, sys.stderr)
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update(request.environ)
    sys.argv = ["vivido", *request.args]
    importlib.import_module("vivido.cli.app").main()
    raise AssertionError("the command line ends its process")


def _stream(end: int, number: int, old: TextIO) -> TextIO:
    """Put a pipe in the place of a standard stream; what was made for a file or a terminal does not fit a pipe."""
    os.dup2(end, number)
    os.close(end)
    buffering = 1 if number == 2 else -1
    return open(number, "w", buffering, encoding=old.encoding, errors=old.errors, closefd=False)
