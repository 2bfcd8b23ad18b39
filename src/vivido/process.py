"""Run programs: argument lists, never a shell, always with a time limit, output capped and decoded.

The only module that starts a process and waits for it. Users' own commands (checks, `run` gates, `command` targets) go
through `/bin/sh -c` by the callers' choice, as an argument list that says so.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vivido.errors import ToolError

OUTPUT_LIMIT = 4 * 1024 * 1024
"""Bytes of each stream that are kept; what comes after is dropped and said so."""


@dataclass(frozen=True)
class Completed:
    """What a program did.

    Attributes:
        args: The argument list it was started with.
        returncode: Its exit code; negative for a signal; 124 where `timed_out`.
        stdout: Its output, at most `OUTPUT_LIMIT` bytes.
        stderr: The same of its error stream.
        timed_out: It was killed, with its whole process group, after the time limit.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    timed_out: bool = False

    @property
    def text(self) -> str:
        """Its output as text; what is no UTF-8 is replaced."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """Its error stream as text, or its output where it wrote no error."""
        return (self.stderr or self.stdout).decode("utf-8", "replace").strip()


def find(program: str) -> str | None:
    """Return the path of a program, None where it is not on PATH."""
    return shutil.which(program)


def run(
    args: Sequence[str],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = 600,
    terminal: bool = False,
) -> Completed:
    """Run a program and wait for it.

    Args:
        args: Program and arguments; nothing is interpreted.
        cwd: Where it runs.
        env: Variables added to this process's; a name with an empty value stays set and empty.
        stdin: What it reads.
        timeout: Seconds after which it and its children are killed.
        terminal: It keeps this process's terminal, so that it can ask for a passphrase; then only it is killed, not its children.

    Raises:
        ToolError: `tool.missing`: the program is not there; `tool.not-started`: the system refused to start it.
    """
    full = {**os.environ, **env} if env is not None else None
    try:
        child = subprocess.Popen(
            list(args),
            cwd=cwd,
            env=full,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not terminal,
        )
    except FileNotFoundError as e:
        if cwd is not None and not Path(cwd).is_dir():
            raise ToolError(f"the directory {cwd} is not there", code="tool.not-started") from e
        raise ToolError(
            f"{args[0]} is not installed, or not on PATH",
            code="tool.missing",
            hint=f"Install {Path(args[0]).name}; `vivido doctor` lists what is needed and how to get it.",
        ) from e
    except OSError as e:
        raise ToolError(f"{args[0]} could not be started: {e.strerror}", code="tool.not-started") from e
    return _finish(child, tuple(args), stdin, timeout, terminal)


def _finish(
    child: "subprocess.Popen[bytes]", args: tuple[str, ...], stdin: bytes, timeout: float, terminal: bool
) -> Completed:
    try:
        out, err = child.communicate(stdin, timeout)
        timed_out = False
    except subprocess.TimeoutExpired:
        _kill(child, terminal)
        out, err = child.communicate()
        timed_out = True
    except BaseException:
        _kill(child, terminal)
        child.wait()
        raise
    code = 124 if timed_out else child.returncode
    return Completed(args, code, _cap(out), _cap(err), timed_out)


def _kill(child: "subprocess.Popen[bytes]", terminal: bool) -> None:
    if terminal:
        child.kill()
        return
    with contextlib.suppress(ProcessLookupError):  # It ended by itself in this very moment.
        os.killpg(child.pid, signal.SIGKILL)


def _cap(data: bytes) -> bytes:
    if len(data) <= OUTPUT_LIMIT:
        return data
    return data[:OUTPUT_LIMIT] + b"\n[output cut here: it was longer than 4 MiB]\n"
