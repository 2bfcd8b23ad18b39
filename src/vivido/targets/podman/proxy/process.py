"""The HAProxy process of one environment: in the background, supervised by nobody, found again by its command line.

No file with a process id is trusted: the id may have gone to another program. The path of the configuration stands in the command
line, and is the environment's own.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from vivido import process
from vivido.errors import ConflictError, ToolError
from vivido.text.redact import printable

TIMEOUT = 30.0
"""Seconds that starting or stopping may take."""


class Proxy:
    """Starts, reloads and stops the process whose directory this is."""

    def __init__(
        self,
        directory: Path,
        environ: Mapping[str, str],
        *,
        name: str = "haproxy",
        inside: Sequence[str] = (),
    ) -> None:
        """Name a process without touching it.

        Args:
            directory: Where its files are.
            environ: Variables for it; `VIVIDO_HAPROXY` names the program.
            name: Of its configuration and its socket, without their suffix.
            inside: The command that starts it somewhere else than here: in rootless Podman's network.
        """
        self.directory = directory
        self.socket = f"{name}.sock"
        self._name = name
        self._environ = dict(environ)
        self._inside = list(inside)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / f"{self._name}.cfg"

    @property
    def program(self) -> str:
        """The program: `VIVIDO_HAPROXY`, or `haproxy` on PATH."""
        return self._environ.get("VIVIDO_HAPROXY") or os.environ.get("VIVIDO_HAPROXY") or "haproxy"

    def running(self) -> tuple[int, ...]:
        """Return the ids of this environment's processes: usually one, more while an old one finishes after a reload."""
        return tuple(sorted(int(p.name) for p in Path("/proc").iterdir() if p.name.isdecimal() and self._is_ours(p)))

    def start(self, *, take_over: bool) -> None:
        """Start a process with the configuration that is there.

        Args:
            take_over: The one that runs hands its listeners over and finishes what it has; else it is stopped first.

        Raises:
            ConflictError: `podman.port-taken`: an address is somebody else's.
            ToolError: `haproxy.failed`, `tool.missing`.
        """
        old = self.running()
        if old and not take_over:
            self.stop()
        handing = ["-x", self.socket, "-sf", *map(str, old)] if old and take_over else []
        args = [*self._inside, self.program, "-D", "-C", str(self.directory), "-f", str(self.config), *handing]
        done = process.run(args, env=self._environ, timeout=TIMEOUT)
        if done.returncode != 0:
            raise _failure(done.complaint)

    def stop(self) -> None:
        """End every process of this environment."""
        pids = self.running()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        self.wait_for_end(pids, TIMEOUT)

    def wait_for_end(self, pids: tuple[int, ...], timeout: float) -> bool:
        """Wait until processes are gone; say whether they are."""
        deadline = time.monotonic() + timeout
        while set(pids) & set(self.running()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _is_ours(self, entry: Path) -> bool:
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return b"haproxy" in words[0] and os.fsencode(self.config) in words


def _failure(complaint: str) -> ToolError | ConflictError:
    said = printable(complaint)[-1000:]
    if "cannot bind" in said.lower():
        return ConflictError(
            f"HAProxy cannot listen: {said}",
            code="podman.port-taken",
            hint="Stop what listens there, or choose other ports under the target's `ports:`.",
        )
    return ToolError(f"HAProxy did not start: {said}", code="haproxy.failed", hint="HAProxy 2.6 or newer is needed.")
