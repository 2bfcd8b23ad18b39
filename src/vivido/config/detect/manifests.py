"""Manifests and kustomizations: which directories hold them, which images they mention. Read with care, never trusted."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from vivido.config.detect.found import Use
from vivido.config.detect.scan import text

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_RUNS = frozenset(
    ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet", "Service", "Rollout")
)
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*(?:/[A-Za-z0-9._-]+)*")
_DEPTH = 40


class Directory(msgspec.Struct):
    """A directory with manifests of its own."""

    path: str
    kustomize: bool = False
    component: bool = False
    """A piece that overlays include, never deployed by itself."""
    refers: list[str] = []
    """Other directories whose manifests are part of it."""
    files: list[str] = []
    """Manifests that its kustomization names."""
    uses: list[Use] = []
    ports: list[int] = []
    workloads: bool = False
    objects: bool = False
    """It has a manifest, of whatever kind."""


def directories(root: Path, paths: list[str]) -> dict[str, Directory]:
    """Return every directory with Kubernetes manifests or a kustomization."""
    present = frozenset(paths)
    charts = tuple(p.removesuffix("Chart.yaml") for p in paths if p.endswith("/Chart.yaml"))
    found: dict[str, Directory] = {}
    for path in paths:
        directory, _, name = path.rpartition("/")
        if path.startswith(charts) if charts else False:
            continue
        where = directory or "."
        if name in KUSTOMIZATIONS:
            _kustomization(found.setdefault(where, Directory(where)), _documents(text(root, path)), present)
        elif name.endswith((".yaml", ".yml")):
            for document in _documents(text(root, path)):
                if document.get("kind") and document.get("apiVersion"):
                    _manifest(found.setdefault(where, Directory(where)), document)
    return found


def _documents(content: str) -> list[dict[str, Any]]:
    # The base loader makes no objects, dates or numbers: all is text, so no tag and no digit can do harm.
    try:
        loaded = list(yaml.load_all(content, Loader=yaml.CBaseLoader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    return [d for d in loaded if isinstance(d, dict)]


def _kustomization(directory: Directory, documents: list[dict[str, Any]], present: frozenset[str]) -> None:
    directory.kustomize = True
    for document in documents:
        directory.component = directory.component or document.get("kind") == "Component"
        for key in ("resources", "bases", "components"):
            for entry in _texts(document.get(key)):
                path = posixpath.normpath(posixpath.join(directory.path, entry))
                (directory.files if path in present else directory.refers).append(path)
        for image in _dicts(document.get("images")):
            names = [str(image.get(k) or "") for k in ("name", "newName")]
            directory.uses += [Use(n) for n in names if _IMAGE.fullmatch(n)]


def _manifest(directory: Directory, document: dict[str, Any]) -> None:
    kind, metadata = str(document.get("kind")), document.get("metadata")
    name = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
    directory.workloads = directory.workloads or kind in _RUNS
    directory.objects = True
    if kind == "Service":
        spec = document.get("spec")
        ports = [str(p.get("port")) for p in _dicts(spec.get("ports") if isinstance(spec, dict) else None)]
        directory.ports += [int(p) for p in ports if p.isascii() and p.isdigit() and len(p) < 6]
    for container in _containers(document, 0):
        image = without_tag(str(container.get("image", "")))
        if _IMAGE.fullmatch(image):
            directory.uses.append(Use(image, name, str(container.get("name", ""))))


def _containers(part: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEPTH:
        return
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("containers", "initContainers"):
                yield from _dicts(value)
            else:
                yield from _containers(value, depth + 1)
    elif isinstance(part, list):
        for item in part:
            yield from _containers(item, depth + 1)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str) and "://" not in v] if isinstance(value, list) else []


def without_tag(image: str) -> str:
    """Return an image's name as it is written, without tag and digest."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name


def whole(found: Mapping[str, Directory], path: str) -> list[Directory]:
    """Return a directory with all that its kustomization includes, each once."""
    seen: dict[str, Directory] = {}
    waiting = [path]
    while waiting:
        name = waiting.pop()
        if name in found and name not in seen:
            seen[name] = found[name]
            waiting += found[name].refers
            waiting += [posixpath.dirname(f) or "." for f in found[name].files]
    return list(seen.values())
