"""Stop and remove what the demo made: its containers, its proxies, its registry, its folder."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from demo import registry
from demo.workspace import HOME

_OWN = ["--filter", "label=vivido.project=shop"]


def clean() -> bool:
    """Remove everything; True where there was something. Twice is harmless."""
    if not HOME.exists():
        return False
    environ = {**os.environ, **_containers_environ()}
    if shutil.which("podman"):
        _containers(environ)
    for pid in _proxies():
        _stop(pid)
    registry.stop(HOME / "registry")
    shutil.rmtree(HOME)
    return True


def _containers_environ() -> dict[str, str]:
    settings = HOME / "containers" / "containers.conf"
    return {"CONTAINERS_CONF": str(settings)} if settings.exists() else {}


def _containers(environ: dict[str, str]) -> None:
    """Remove what carries the demo's label and was made for the state in this workspace."""

    def podman(*arguments: str) -> list[str]:
        command = ["podman", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stdout.split()

    own = f"label=vivido.state={HOME / 'state'}"
    for name in podman("ps", "--all", "--quiet", *_OWN, "--filter", own):
        podman("rm", "--force", "--time", "2", "--volumes", name)
    for kind in ("volume", "network", "secret"):
        for name in podman(kind, "ls", "--quiet", *([] if kind == "secret" else _OWN)):
            if kind != "secret" or name.startswith("vivido-shop-"):
                podman(kind, "rm", name)
    images = podman("images", "--quiet", "--filter", "reference=localhost:*/shop/*")
    if images:
        podman("rmi", "--force", *images)


def _proxies() -> list[int]:
    """Return the processes of the proxies whose configuration lies in this workspace."""
    found: list[int] = []
    for file in HOME.glob("state/**/*.pid"):
        with contextlib.suppress(OSError, ValueError):
            pid = int(file.read_text(encoding="utf-8").split()[0])
            if str(HOME) in Path(f"/proc/{pid}/cmdline").read_bytes().decode():
                found.append(pid)
    return found


def _stop(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    if Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGKILL)
