"""Stop and remove what the demo made: its containers, its proxies, its registry, its folder."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from demo import githost, registry
from demo.workspace import HOME, NAME


def layout_here(home: Path = HOME) -> str:
    """Return the layout of the demo that is here; empty where there is none."""
    file = home / "layout"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def clean(home: Path = HOME, name: str = NAME) -> bool:
    """Remove everything; True where there was something. Twice is harmless."""
    there = home.exists()
    environ = {**os.environ, **_containers_environ(home)}
    if shutil.which("podman"):
        _containers(environ, name, registry.port(home / "registry"))
    _stop_proxies(home)
    registry.stop(home / "registry")
    githost.stop(home / "servers")
    shutil.rmtree(home, ignore_errors=True)
    return there


def _containers_environ(home: Path) -> dict[str, str]:
    settings = home / "containers" / "containers.conf"
    return {"CONTAINERS_CONF": str(settings)} if settings.exists() else {}


def _containers(environ: dict[str, str], project: str, port: int) -> None:
    """Remove what carries the demo's label, in the order in which one thing uses another."""
    own = ["--filter", f"label=vivido.project={project}"]

    def podman(*arguments: str) -> list[str]:
        command = ["podman", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stdout.split()

    podman("pod", "rm", "--force", "--time", "0", *podman("pod", "ps", "--quiet", *own))
    podman("rm", "--force", "--time", "0", *podman("ps", "--all", "--quiet", *own))
    for kind in ("volume", "network"):
        for name in podman(kind, "ls", "--quiet", *own):
            podman(kind, "rm", name)
    for name in podman("secret", "ls", "--format", "{{.Name}}"):
        if name.startswith(f"vivido-{project}-"):
            podman("secret", "rm", name)
    if port:
        ours = ["--filter", f"reference=localhost:{port}/shop/*"]
        names = podman("images", "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}", *ours)
        for name in (name for name in names if not name.endswith(":<none>")):
            podman("rmi", name)


def _stop_proxies(home: Path) -> None:
    for kind, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 1)):
        for pid in _proxies(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
        deadline = time.monotonic() + seconds
        while _proxies(home) and time.monotonic() < deadline:
            time.sleep(0.05)


def _proxies(home: Path) -> list[int]:
    """Return the processes of the proxies whose configuration lies in this workspace."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            if "haproxy" in words[0] and any(word.startswith(f"{home}/state/") for word in words):
                found.append(int(entry.name))
    return found
