"""What the programs that render are told and allowed: no network, nobody's preferences, so much time, memory and output."""

import os
from pathlib import Path

NOWHERE = "http://127.0.0.1:9"
OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "NO_PROXY": "",
    "no_proxy": "",
    "KUBERC": "off",
    "KUBECONFIG": os.devnull,
    # Most renderings end before garbage would need to be collected: a third of the CPU time for some more memory.
    "GOGC": "off",
    "GOMEMLIMIT": "512MiB",
}
"""Variables for every program that renders."""
MEMORY = 4 * 1024**3
"""Bytes of address space that one rendering may take; Go reserves most of it without using it."""
OUTPUT = 11 * 1024**2
"""Bytes that one rendering may write: a little more than `yamledit.tree.MAX_BYTES`, so that the reader says what is too much."""
_LIMITED = 'ulimit -v "$1" && ulimit -f "$2" && out=$3 && shift 3 && exec "$@" >"$out"'


def limited(command: list[str], output: Path) -> list[str]:
    """Return a command that runs another within `MEMORY` and `OUTPUT`, its output going to a file."""
    # POSIX counts memory in KiB and files in blocks of 512 bytes.
    return ["/bin/sh", "-c", _LIMITED, "sh", str(MEMORY // 1024), str(OUTPUT // 512), str(output), *command]


def for_helm(home: Path) -> dict[str, str]:
    """Return variables under which Helm finds no plugin, repository, login or setting of a user.

    Args:
        home: An empty directory.
    """
    own = {name: "" for name in os.environ if name.startswith("HELM_")}
    folders = {f"HELM_{part}_HOME": str(home / part.lower()) for part in ("CACHE", "CONFIG", "DATA")}
    files = {
        "HELM_PLUGINS": str(home / "plugins"),
        "HELM_REPOSITORY_CACHE": str(home / "cache"),
        "HELM_REPOSITORY_CONFIG": str(home / "repositories.yaml"),
        "HELM_REGISTRY_CONFIG": str(home / "registry.json"),
    }
    # One thread: several renderings run side by side, and one is too short to gain by more.
    return {**OFFLINE, **own, **folders, **files, "GOMAXPROCS": "1"}
