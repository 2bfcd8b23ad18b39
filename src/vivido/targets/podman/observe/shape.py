"""The names of the fields that both sides have, what each is about, and how values are spelled on both."""

from collections.abc import Mapping
from typing import Any

from vivido.model.difference import Group, ObjectIdentity
from vivido.targets.podman.manifest.blueprint import Workload

POD = "(pod)"
"""Beside a replica's containers: what they share. No container can be called so."""

GROUPS = {
    "image": Group.IMAGE,
    "limits": Group.CAPACITY,
    "env": Group.CONFIGURATION,
    "command": Group.CONFIGURATION,
    "directory": Group.CONFIGURATION,
    "secrets": Group.CONFIGURATION,
    "content": Group.CONFIGURATION,
    "security": Group.SECURITY,
    "user": Group.SECURITY,
    "ports": Group.SECURITY,
    "mounts": Group.SECURITY,
    "networks": Group.SECURITY,
    "flags": Group.SECURITY,
    "files": Group.SECURITY,
}
"""Field → what a difference in it is about; the rest is structure."""

PAGE = 4096
"""Bytes: the kernel keeps memory limits in whole pages."""

ANOTHER = "(another value)"
"""What stands for a secret value that is not the one from its source."""


def identity(workload: Workload) -> ObjectIdentity:
    """Return the object that a workload's pods belong to."""
    group = "batch" if workload.kind == "Job" else "apps"
    return ObjectIdentity(group, workload.kind, workload.name)


def stray(name: str) -> ObjectIdentity:
    """Return the object for a container that nobody declared."""
    return ObjectIdentity("", "Container", name)


def volume(name: str) -> ObjectIdentity:
    """Return the object for a volume."""
    return ObjectIdentity("", "Volume", name)


def stored(name: str) -> ObjectIdentity:
    """Return the object for a secret in Podman's store."""
    return ObjectIdentity("", "Secret", name)


def network(name: str) -> ObjectIdentity:
    """Return the object for the environment's network."""
    return ObjectIdentity("", "Network", name)


TRAFFIC = ObjectIdentity("", "Traffic", "haproxy")
"""The object for what HAProxy does."""


def memory(limit: int) -> int:
    """Return a memory limit in bytes as the kernel keeps it; 0 for none."""
    return limit // PAGE * PAGE


def cpus(limit: float) -> float:
    """Return a limit of processors as it survives the kernel's microseconds; 0 for none."""
    return round(limit, 3)


def without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out fields that say nothing: absent, empty and zero are one."""
    return {k: v for k, v in fields.items() if v is not None and v not in ("", 0, False, [], {})}
