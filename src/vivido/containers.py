"""How Podman and Buildah are called on this machine: root, rootless, or restricted.

Where root lacks CAP_SYS_RESOURCE (CI containers, microVMs), containers cannot be given the higher limits that Podman asks for, and
every run fails with “error setting rlimit type 7”. crun does not start on hybrid cgroups (v1 beside v2); runc does. A configuration
file of Vivido's own, named by `CONTAINERS_CONF`, mends both without touching the system's files.
"""

import json
import os
import resource
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vivido.errors import ToolError

CAP_SYS_RESOURCE = 24
"""Bit of the capability (linux/capability.h)."""

MOST_FILES = 65_536
"""Open files of a container where the machine would allow more."""


def container_environ(state: Path) -> dict[str, str]:
    """Return the variables that `podman` and `buildah` need on this machine, writing their file under `state`.

    Empty where nothing is needed, or where `CONTAINERS_CONF` is set already: who sets it knows the machine.

    Raises:
        ToolError: `containers.state`: the file could not be written.
    """
    if os.environ.get("CONTAINERS_CONF"):
        return {}
    limits = _limits() if os.geteuid() == 0 and not _has_capability(CAP_SYS_RESOURCE) else []
    runtime = "runc" if _hybrid_cgroups() and shutil.which("runc") else ""
    if not limits and not runtime:
        return {}
    settings = _present_settings()
    if limits:
        settings.setdefault("containers", {}).setdefault("default_ulimits", limits)
    if runtime:
        settings.setdefault("engine", {}).setdefault("runtime", runtime)
    path = state / "containers.conf"
    try:
        _write(path, _toml(settings))
    except OSError as e:
        raise ToolError(
            f"{path} cannot be written: {e.strerror}",
            code="containers.state",
            hint="Make the state directory writable: Podman needs a configuration of its own on this machine.",
        ) from e
    return {"CONTAINERS_CONF": str(path)}


def _has_capability(bit: int) -> bool:
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return True
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "f" * 16)
    return bool(int(effective, 16) >> bit & 1)


def _hybrid_cgroups(root: Path = Path("/sys/fs/cgroup")) -> bool:
    return (root / "unified").is_dir() and not (root / "cgroup.controllers").exists()


def _limits() -> list[str]:
    """Return limits that this process may hand on without the capability.

    A number of processes above the kernel's `pid_max` was refused although the hard limit allowed it (measured, Podman 4.3).
    """
    pids = int(Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii"))
    highest = (("nofile", resource.RLIMIT_NOFILE, MOST_FILES), ("nproc", resource.RLIMIT_NPROC, pids))
    hard = ((name, resource.getrlimit(which)[1], most) for name, which, most in highest)
    values = ((name, most if limit < 0 else min(limit, most)) for name, limit, most in hard)
    return [f"{name}={value}:{value}" for name, value in values]


def _present_settings() -> dict[str, Any]:
    """Return what the machine's own files say: `CONTAINERS_CONF` replaces them all, so ours has to carry them."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    merged: dict[str, Any] = {}
    for path in (Path("/usr/share/containers"), Path("/etc/containers"), home / "containers"):
        try:
            found = tomllib.loads((path / "containers.conf").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        _merge(merged, found)
    return merged


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def _toml(settings: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Write tables of strings, numbers, booleans and lists; JSON spells those as TOML does."""
    plain = [f"{json.dumps(k)} = {json.dumps(v)}" for k, v in settings.items() if not isinstance(v, dict)]
    head = [f"[{'.'.join(json.dumps(p) for p in path)}]"] if path and plain else []
    tables = [_toml(v, (*path, k)) for k, v in settings.items() if isinstance(v, dict)]
    return "\n".join([*head, *plain, *tables]) + ("" if path else "\n")


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
