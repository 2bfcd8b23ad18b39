"""Rendered Kubernetes objects: what an environment really gets, and its hash."""

import re
from typing import Any

import msgspec

from vivido.model.canonical import fingerprint

Manifest = dict[str, Any]
"""One Kubernetes object as plain data, as YAML 1.2/JSON would give it."""

_HASH_SUFFIX = re.compile(r"(.+)-[2456789bcdfghkmt]{10}")
"""Kustomize ends generated names with ten characters of this alphabet (`api/hasher`, `encode`)."""


class Rendered(msgspec.Struct, frozen=True):
    """All objects of one environment for one release."""

    objects: tuple[Manifest, ...]
    """Sorted by (apiVersion, kind, namespace, name), so that the order of files means nothing."""
    source: str = ""
    """What rendered them: `kubectl kustomize 5.8.1`, `plain`."""

    @property
    def hash(self) -> str:
        """SHA-256 (64 hexadecimal characters) over the objects: the promotion's content."""
        return fingerprint(list(self.objects))


def identity(manifest: Manifest) -> str:
    """Return `Kind/name`, or `Kind/namespace/name` where a namespace is given."""
    meta = manifest.get("metadata") or {}
    parts = [manifest.get("kind", "?"), meta.get("namespace"), meta.get("name", "?")]
    return "/".join(str(p) for p in parts if p)


def sort_key(manifest: Manifest) -> tuple[str, str, str, str]:
    """Return what rendered objects are sorted by."""
    meta = manifest.get("metadata") or {}
    return (
        str(manifest.get("apiVersion", "")),
        str(manifest.get("kind", "")),
        str(meta.get("namespace", "")),
        str(meta.get("name", "")),
    )


def same_object(manifest: Manifest) -> tuple[str, str, str, str]:
    """Return what tells objects apart on a server: (API group, kind, namespace, name); versions of a group are one."""
    version, kind, namespace, name = sort_key(manifest)
    return version.rpartition("/")[0], kind, namespace, name


def plain_name(name: str) -> str:
    """Return an object's name without the hash that Kustomize appends to generated ConfigMaps and Secrets."""
    match = _HASH_SUFFIX.fullmatch(name)
    return match.group(1) if match else name
