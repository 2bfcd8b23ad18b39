"""What the shop's manifests come to: objects that can be held against each other, and the containers that they stand for."""

import json
import re
import subprocess
from collections.abc import Iterable, Set
from pathlib import Path
from typing import Any

from demo.story import StoryError

State = dict[str, Any]
_IMAGE = re.compile(r"localhost:\d+/shop/(\w+)(@sha256:\w+|:[\w.-]+)")


def rendered(directories: Iterable[Path]) -> list[State]:
    """Return the objects of overlays, as `kubectl` renders them.

    Raises:
        StoryError: One of them cannot be rendered.
    """
    return [found for directory in directories for found in _rendered(directory)]


def plain(objects: list[State]) -> dict[str, State]:
    """Return kind and name → object, each image by its service: its digest and this machine's registry differ each time."""
    return {f"{o['kind']}/{o['metadata']['name']}": json.loads(_IMAGE.sub(r"\1", json.dumps(o))) for o in objects}


def settings(objects: list[State]) -> frozenset[str]:
    """Return the names of all settings: keys of ConfigMaps."""
    return frozenset(name for o in objects if o["kind"] == "ConfigMap" for name in o["data"])


def containers(objects: list[State], there: Set[str] | None = None) -> list[State]:
    """Return the containers that the Deployments stand for: whose they are, their settings, memory in bytes, processors.

    Args:
        objects: As `kubectl` rendered them.
        there: The cgroup controllers that containers can have; without one there is no such limit. None for all.
    """
    found = [c for o in objects if o["kind"] == "Deployment" for c in _of_workload(o, objects)]
    lacking = [
        limit
        for limit, name in (("memory", "memory"), ("processors", "cpu"))
        if there is not None and name not in there
    ]
    return sorted(({**c, **dict.fromkeys(lacking, 0)} for c in found), key=json.dumps)


def _rendered(directory: Path) -> list[State]:
    command = ["kubectl", "kustomize", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoryError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    import yaml  # not at the top: `make demo-clean` runs on any Python

    return list(yaml.safe_load_all(done.stdout))


def _of_workload(workload: State, objects: list[State]) -> list[State]:
    maps = {o["metadata"]["name"]: o["data"] for o in objects if o["kind"] == "ConfigMap"}
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    limits = container["resources"]["limits"]
    one = {
        "service": container["name"],
        "settings": {k: v for source in container["envFrom"] for k, v in maps[source["configMapRef"]["name"]].items()},
        "memory": int(_number(limits["memory"])),
        "processors": _number(limits["cpu"]),
    }
    return [one] * workload["spec"].get("replicas", 1)


def _number(text: str) -> float:
    from vivido.text.quantity import quantity  # not at the top, as above

    number = quantity(text)
    if number is None:
        raise StoryError(f"“{text}” is no quantity")
    return float(number)
