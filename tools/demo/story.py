"""How the story is told: headings, what people think, the commands they type and what those print."""

import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 300.0
"""Seconds after which a command of the story is given up."""
_COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


class StoryError(Exception):
    """Something did not go as the story says it must."""


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    text: str


def act(number: int, title: str) -> None:
    """Begin a part of the story."""
    _line()
    _line(_paint("1;36", f"{number}. {title}"))


def tell(text: str) -> None:
    """Say what happens, and why."""
    _line(f"   {text}")


def show(lines: Sequence[str]) -> None:
    """Show a table or a result."""
    for line in lines:
        _line(f"     {line}")


class Shell:
    """Types commands in one directory and shows them, with what they print."""

    def __init__(self, directory: Path, environ: dict[str, str]) -> None:
        """Commands run in `directory`, with `environ` added to this process's variables."""
        self.directory = directory
        self.environ = {**os.environ, **environ}

    def type(self, command: str, *, expect: Sequence[int] = (0,)) -> Said:
        """Show a command, run it, show what it prints as it comes.

        Raises:
            StoryError: It ended with an exit code that is not in `expect`.
        """
        started = time.monotonic()
        _line(f"   {_paint('1', f'$ {command}')}")
        lines: list[str] = []
        with self.start(command) as child:
            limit = threading.Timer(LONGEST, child.kill)
            limit.start()
            for line in child.stdout or ():
                lines.append(line)
                _line(f"     {line.rstrip()}")
            limit.cancel()
        code = child.returncode
        _line(_paint("2", f"     ({time.monotonic() - started:.1f} s{f', exit code {code}' if code else ''})"))
        if code not in expect:
            raise StoryError(f"`{command}` ended with {code}, expected {' or '.join(map(str, expect))}")
        return Said(code, "".join(lines))

    def start(self, command: str) -> "subprocess.Popen[str]":
        """Start a command and go on; whoever started it reads its output."""
        return subprocess.Popen(
            shlex.split(command),
            cwd=self.directory,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, *command: str) -> str:
        """Run a command without showing it and return its output.

        Raises:
            StoryError: It failed.
        """
        done = subprocess.run(
            command, cwd=self.directory, env=self.environ, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode != 0:
            raise StoryError(f"`{shlex.join(command)}` failed: {(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout


def _line(text: str = "") -> None:
    print(text, flush=True)


def _paint(code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if _COLOUR else text
