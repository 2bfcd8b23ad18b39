"""Stop and remove what the demo made: its containers, its proxies, its registry, its folder."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from demo import registry
from demo.workspace import HOME, NAME

_OWN = ["--filter", f"label=vivido.project={NAME}"]


def clean() -> bool:
    """Remove everything; True where there was something. Twice is harmless."""
    there = HOME.exists()
    environ = {**os.environ, **_containers_environ()}
    if shutil.which("podman"):
        _containers(environ)
    _stop_proxies()
    registry.stop(HOME / "registry")
    shutil.rmtree(HOME, ignore_errors=True)
    return there


def _containers_environ() -> dict[str, str]:
    settings = HOME / "containers" / "containers.conf"
    return {"CONTAINERS_CONF": str(settings)} if settings.exists() else {}


def _containers(environ: dict[str, str]) -> None:
    """Remove what carries the demo's label, in the order in which one thing uses another."""

    def podman(*arguments: str) -> list[str]:
        command = ["podman", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stdout.split()

    podman("pod", "rm", "--force", "--time", "0", *podman("pod", "ps", "--quiet", *_OWN))
    podman("rm", "--force", "--time", "0", *podman("ps", "--all", "--quiet", *_OWN))
    for kind in ("volume", "network"):
        for name in podman(kind, "ls", "--quiet", *_OWN):
            podman(kind, "rm", name)
    for name in podman("secret", "ls", "--format", "{{.Name}}"):
        if name.startswith(f"vivido-{NAME}-"):
            podman("secret", "rm", name)
    port = registry.port(HOME / "registry")
    if port:
        ours = ["--filter", f"reference=localhost:{port}/shop/*"]
        names = podman("images", "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}", *ours)
        for name in (name for name in names if not name.endswith(":<none>")):
            podman("rmi", name)


def _stop_proxies() -> None:
    for kind, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 1)):
        for pid in _proxies():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
        deadline = time.monotonic() + seconds
        while _proxies() and time.monotonic() < deadline:
            time.sleep(0.05)


def _proxies() -> list[int]:
    """Return the processes of the proxies whose configuration lies in this workspace."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            if "haproxy" in words[0] and any(word.startswith(f"{HOME}/state/") for word in words):
                found.append(int(entry.name))
    return found
