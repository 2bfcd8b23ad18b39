"""Debian's `docker-registry` on a free port of 127.0.0.1, started and stopped by whoever needs a real registry.

The kernel chooses the port and the registry writes it to its log, so that nothing races for a free one.
The in-memory registry, which can lie and fail on demand, is `vivido.testing.registry_memory`.
"""

import base64
import json
import re
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vivido.errors import ToolError
from vivido.process import find

PROGRAM = "docker-registry"
_LISTENING = re.compile(r"listening on (127\.0\.0\.1:[0-9]+)")
_ACCESS = re.compile(r'^\S+ - \S* \[[^]]*\] "([A-Z]+) (\S+) HTTP/[0-9.]+" ([0-9]{3}) ', re.MULTILINE)


@dataclass(frozen=True)
class Login:
    """A user of a test registry.

    Attributes:
        user: The name.
        password: The password in clear: it protects nothing.
        bcrypt: The password's bcrypt hash, as `htpasswd -B` writes it.
    """

    user: str
    password: str
    bcrypt: str

    def auths(self, host: str) -> dict[str, object]:
        """Return the content of a Docker `config.json` that logs in to `host` as this user."""
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"auths": {host: {"auth": pair}}}

    def write_config(self, path: Path, host: str) -> Path:
        """Write a Docker `config.json` for `host` and return its path; Podman, Skopeo and Buildah read it as `--authfile`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.auths(host)), encoding="utf-8")
        return path


LOGIN = Login("promoter", "correct horse", "$2y$04$Hvvm3RcZHxFxdcje5H1tBOfTBDxaNrbeG.jbc2PHVTrpa/J0hfj8S")
"""The one user that the test registries know."""


@dataclass(frozen=True)
class Server:
    """A running registry.

    Attributes:
        host: `127.0.0.1:port`; it speaks plain HTTP.
        pid: Its process.
        directory: Where its configuration, its log and its blobs are.
        login: Whom it lets in; None where it lets everybody in.
    """

    host: str
    pid: int
    directory: Path
    login: Login | None = None

    def requests(self) -> list[tuple[str, str, int]]:
        """Return what it answered until now, as its access log says: method, path with query, status."""
        log = (self.directory / "registry.log").read_text(encoding="utf-8", errors="replace")
        return [(method, path, int(status)) for method, path, status in _ACCESS.findall(log)]


@contextmanager
def registry_server(directory: Path, *, auth: Login | None = None, port: int = 0) -> Generator[Server]:
    """Run `docker-registry` as long as the context lasts. Deletion by digest is on; there is no referrers API (2.8).

    Args:
        directory: Its files, made where it is missing. The same directory again serves the same images.
        auth: The only user it lets in (basic authentication); None lets everybody in.
        port: A port to take; 0 lets the kernel choose.

    Raises:
        ToolError: `tool.missing`: the program is not on PATH; `tool.not-started`: it ended, or did not listen within 20 s.
    """
    program = find(PROGRAM)
    if program is None:
        raise ToolError(
            f"{PROGRAM} is not on PATH", code="tool.missing", hint="Run `make tools` of Vivido's repository."
        )
    directory.mkdir(parents=True, exist_ok=True)
    config, log = directory / "config.yml", directory / "registry.log"
    config.write_text(json.dumps(_configuration(directory, auth, port)), encoding="utf-8")
    with log.open("wb") as out:
        child = subprocess.Popen([program, "serve", str(config)], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield Server(_wait_until_listening(child, log), child.pid, directory, auth)
    finally:
        child.terminate()
        child.wait()


def _configuration(directory: Path, auth: Login | None, port: int) -> dict[str, object]:
    """Return the registry's configuration; it is YAML, of which JSON is a part."""
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info"},
        "storage": {
            "filesystem": {"rootdirectory": str(directory / "storage")},
            "delete": {"enabled": True},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        "http": {"addr": f"127.0.0.1:{port}", "secret": "for tests only"},
    }
    if auth is not None:
        users = directory / "htpasswd"
        users.write_text(f"{auth.user}:{auth.bcrypt}\n", encoding="utf-8")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(users)}}
    return config


def _wait_until_listening(child: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8", errors="replace")
        if match := _LISTENING.search(text):
            return match[1]
        if child.poll() is not None:
            raise ToolError(f"{PROGRAM} ended with {child.returncode}: {text[-500:]}", code="tool.not-started")
        time.sleep(0.01)
    raise ToolError(f"{PROGRAM} did not listen within 20 s", code="tool.not-started")
