"""Call the `podman` program: arguments in, JSON out, failures as errors."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vivido import process
from vivido.containers import container_environ
from vivido.errors import ToolError
from vivido.text.redact import printable, redact

TIMEOUT = 120.0
"""Seconds that one call may take, where the caller says nothing else."""
RACES = 10
"""Times that a call is repeated when it fell over something that another process removed meanwhile."""
_GONE = re.compile(r"no (?:volume|container|pod) with (?:name|ID) (\S+) found in database")


class Podman:
    """The program with the variables that it needs on this machine."""

    def __init__(self, state: Path, environ: Mapping[str, str]) -> None:
        # Podman 5 complains of cgroups v1 in every call, on the stream where what a container printed comes too.
        self._environ = {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1", **environ, **container_environ(state)}

    @property
    def environ(self) -> dict[str, str]:
        """All variables for a process that is started otherwise."""
        return {**os.environ, **self._environ}

    def attempt(self, *args: str, stdin: bytes = b"", timeout: float = TIMEOUT) -> process.Completed:
        """Run podman and return what it did, also where it failed.

        Raises:
            ToolError: `tool.missing`: podman is not installed.
        """
        done = process.run(["podman", *args], env=self._environ, stdin=stdin, timeout=timeout)
        for _ in range(RACES):
            if not _raced(done):
                break
            done = process.run(["podman", *args], env=self._environ, stdin=stdin, timeout=timeout)
        return done

    def run(self, *args: str, stdin: bytes = b"", timeout: float = TIMEOUT) -> str:
        """Run podman and return what it printed.

        Raises:
            ToolError: `podman.failed` with its complaint, `podman.timeout`, `tool.missing`.
        """
        done = self.attempt(*args, stdin=stdin, timeout=timeout)
        if done.returncode != 0:
            raise failure(done)
        return done.text

    def json(self, *args: str) -> Any:
        """Run podman and return the JSON that it printed.

        Raises:
            ToolError: as `run`, and `podman.unreadable`.
        """
        text = self.run(*args)
        try:
            return msgspec.json.decode(text.encode()) if text.strip() else None
        except msgspec.DecodeError as e:
            raise ToolError(f"podman {args[0]} printed no JSON: {e}", code="podman.unreadable") from e

    def has(self, kind: str, name: str) -> bool:
        """Say whether a container, image, network, pod or volume of that name is there.

        Raises:
            ToolError: `podman.failed`: podman could not tell.
        """
        done = self.attempt(kind, "exists", name)
        if done.returncode not in (0, 1):
            raise failure(done)
        return done.returncode == 0


def labelled(labels: Mapping[str, str]) -> list[str]:
    """Return the arguments that give something labels."""
    return [f"--label={key}={value}" for key, value in labels.items()]


def matching(labels: Mapping[str, str]) -> list[str]:
    """Return the arguments that select by labels."""
    return [f"--filter=label={key}={value}" for key, value in labels.items()]


def failure(done: process.Completed, secrets: Iterable[str] = ()) -> ToolError:
    """Return the error of a call that failed, with podman's own words."""
    verb = " ".join(_verb(done.args[1:]))
    said = printable(redact(done.complaint, tuple(secrets)))[-1500:]
    if done.timed_out:
        return ToolError(f"podman {verb} did not end in time: {said}", code="podman.timeout", retry_after=5)
    hint = "`podman info` and `vivido doctor` say whether Podman works on this machine."
    return ToolError(f"podman {verb} failed: {said}", code="podman.failed", hint=hint)


def _raced(done: process.Completed) -> bool:
    """Say whether Podman missed something that it was not asked about: it lists first and reads then (seen with volumes, 4.3)."""
    gone = _GONE.search(done.complaint) if done.returncode else None
    return gone is not None and gone[1] not in done.args


def _verb(args: Sequence[str]) -> list[str]:
    return [a for a in args[:2] if a.isalpha()]
