"""HAProxy's runtime socket: what a living process does, and changes to it without a reload."""

import csv
import os
import socket
from contextlib import suppress
from pathlib import Path

import msgspec

from vivido.errors import UnreachableError

TIMEOUT = 5.0
"""Seconds that one exchange may take."""


class Backend(msgspec.Struct, frozen=True):
    """A server as the living process sees it."""

    route: str
    name: str
    port: int
    status: str
    """`UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`…"""
    sessions: int
    """Requests (or connections, of TCP) under way."""


class Runtime:
    """The socket of one environment's process."""

    def __init__(self, directory: Path, socket: str) -> None:
        self._directory = directory
        self._socket = socket

    def command(self, *commands: str) -> str:
        """Send commands in one go, return what was answered.

        Raises:
            UnreachableError: `haproxy.unreachable`: no process answers.
        """
        try:
            return self._exchange(";".join(commands)).decode("utf-8", "replace")
        except OSError as e:
            raise UnreachableError(
                f"HAProxy does not answer: {e.strerror or type(e).__name__}", code="haproxy.unreachable", retry_after=1
            ) from e

    def structure(self) -> str | None:
        """Return the name of the configuration's structure that the process runs with; None where none answers."""
        with suppress(UnreachableError):
            for line in self.command("show info").splitlines():
                key, _, value = line.partition(":")
                if key.lower() == "description":
                    return value.strip()
        return None

    def backends(self) -> tuple[Backend, ...]:
        """Return every server of the process.

        Raises:
            UnreachableError: `haproxy.unreachable`.
        """
        text = self.command("show stat -1 4 -1").removeprefix("# ")
        return tuple(_backend(row) for row in csv.DictReader(text.strip().splitlines()))

    def _exchange(self, text: str) -> bytes:
        # A path through a descriptor is short however deep the directory is.
        directory = os.open(self._directory, os.O_PATH | os.O_DIRECTORY)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT)
                connection.connect(f"/proc/self/fd/{directory}/{self._socket}")
                connection.sendall(text.encode() + b"\n")
                return b"".join(iter(lambda: connection.recv(65536), b""))
        finally:
            os.close(directory)


def _backend(row: dict[str, str]) -> Backend:
    port = row.get("addr", "").rpartition(":")[2]
    return Backend(
        route=row["pxname"],
        name=row["svname"],
        port=int(port) if port.isdecimal() else 0,
        status=row.get("status", ""),
        sessions=int(row.get("scur") or 0) + int(row.get("qcur") or 0),
    )
