"""Running a page's commands as its reader would: one directory, one home, a registry of their own."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from doc_pages import Command, matches

ROOT = Path(__file__).resolve().parents[2]

_BACKGROUND = re.compile(r"(?<![&>])&(?![&0-9])")
"""A command that goes on in the background: `serve & echo $! >pid`, and neither `a && b` nor `2>&1`."""

PORT = ":5000"
"""Pages speak of a registry on this port; what is run uses the port of the session's own."""


def clean_environ(home: Path) -> dict[str, str]:
    """Return the variables of somebody who has nothing set but the paths of the programs."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("GIT_", "VIVIDO_", "XDG_", "SSH_", "COLUMNS"))}
    return {
        **kept,
        "HOME": str(home),
        "NO_COLOR": "1",
        # What goes to both streams comes in the order in which a person sees it on a terminal.
        "PYTHONUNBUFFERED": "1",
        # Pages show what a machine with cgroups v2 prints.
        "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        "PROJECT": str(ROOT),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": f"{ROOT / '.tools/bin'}:{ROOT / '.venv/bin'}:{os.environ['PATH']}",
    }


class Session:
    """A directory and a home of its own; `cd` lasts from one command to the next, variables do not.

    Args:
        directory: Of the session; commands begin in `here` below it.
        port: What `:5000` stands for.
        environ: Further variables.
        here: Where commands begin instead.
    """

    def __init__(
        self, directory: Path, *, port: int = 5000, environ: Mapping[str, str] | None = None, here: Path | None = None
    ) -> None:
        self._directory, self._port = directory, port
        self._here = here or directory / "here"
        self._where = directory / "where"
        home = directory / "home"
        for folder in (self._here, home):
            folder.mkdir(exist_ok=True)
        self._environ = {**clean_environ(home), **(environ or {})}

    def write(self, name: str, text: str) -> None:
        file = self._here / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self._here_and_now(text), encoding="utf-8")

    def run(self, page: Path, command: Command) -> None:
        typed = self._here_and_now(command.command)
        script = f"{typed}\ncode=$?\npwd >'{self._where}'\nexit $code\n"
        expected = tuple(map(self._here_and_now, command.output))
        code, printed = self._sh(script)
        said = f"{page}:{command.line}: $ {typed}\nprinted\n{printed}\nthe page says\n" + "\n".join(expected)
        assert code == command.code, f"{said}\nexit code {code}, not {command.code}"
        assert matches(expected, printed), said
        self._here = Path(self._where.read_text(encoding="utf-8").strip())
        if _BACKGROUND.search(typed):
            self._wait_for_port()

    def _sh(self, script: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self._here,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    def _here_and_now(self, text: str) -> str:
        return text.replace(PORT, f":{self._port}")

    def _wait_for_port(self) -> None:
        """A reader types slowly; a server that was started in the background is up by then."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if listens(self._port):
                return
            time.sleep(0.02)
        raise AssertionError(f"nothing listens on port {self._port}")

    def end(self) -> None:
        """Stop what the commands left running: processes that name this session's directory, and its containers."""
        self._containers()
        left = processes_in(self._directory)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            deadline = time.monotonic() + 10
            while (left := [pid for pid in left if _lives(pid)]) and time.monotonic() < deadline:
                time.sleep(0.02)

    def _containers(self) -> None:
        for config in self._directory.rglob("environments/*/haproxy/haproxy.cfg"):
            own = f"--filter label=vivido.state={config.parent.parent}"
            self._sh(f"podman ps --all --quiet {own} | xargs -r podman rm --force --time 0 --volumes")


def _lives(pid: int) -> bool:
    """Say whether a process is there and no zombie: a zombie's sockets are closed, those of one that is still ending may not be."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def processes_in(directory: Path) -> list[int]:
    """Return the processes whose command line, or working directory, is in a directory; never this one."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
            inside = (entry / "cwd").readlink().is_relative_to(directory)
        except OSError:
            continue
        if inside or f"{directory}/" in words:
            found.append(int(entry.name))
    return found


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
