"""Whether the environments that run are those of the example, whatever the layout: objects, containers and answers.

The layout is asked for nothing but where its files are; what they must come to is rendered from `examples/shop` by `kubectl`, and
what runs is asked from Podman and from the shop itself.
"""

import hashlib
import json
import re
import subprocess
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.story import StoryError
from demo.workspace import ENVIRONMENTS, PROJECT, Workspace

SERVICES = ("web", "api")
_CART = "/cart?items=tea:2,mug:1"
_TOTAL = "20.43"
"""Euros of that cart: two teas at 4.90 and a mug at 12.90, less 10 % from three pieces on."""
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}

State = dict[str, Any]
"""What an environment is: `objects`, `containers`, `answers`."""


def check(space: Workspace, versions: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Compare every environment with the example.

    Args:
        space: The workspace.
        versions: Environment → service → the version that must run there.

    Returns:
        A line for each environment, with a fingerprint that is the same in every layout.

    Raises:
        StoryError: One is otherwise; it names the environment and what differs.
    """
    lines: list[str] = []
    for environment in ENVIRONMENTS:
        wanted, found = expected(environment, versions[environment]), seen(space, environment)
        different = [part for part in wanted if wanted[part] != found[part]]
        if different:
            part = different[0]
            told = f"{json.dumps(found[part], sort_keys=True)}\n  instead of {json.dumps(wanted[part], sort_keys=True)}"
            raise StoryError(f"{', '.join(different)} of {environment} are not those of the example:\n  {told}")
        counts = ", ".join(f"{len(found[part])} {part}" for part in found)
        lines.append(f"{environment:12} {fingerprint(found)}   {counts}")
    return lines


def expected(environment: str, versions: Mapping[str, str]) -> State:
    """Return what the example says of an environment, with these versions of its services."""
    deploy = PROJECT / "examples" / "shop" / "deploy"
    objects = [o for service in SERVICES for o in _rendered(deploy / service / "overlays" / environment)]
    (name,) = {o["data"]["SHOP_NAME"] for o in objects if "SHOP_NAME" in o.get("data", {})}
    return {
        "objects": _plain(objects),
        "containers": sorted((c for o in objects for c in _containers(o, objects)), key=json.dumps),
        "answers": {"name": name, "total": _TOTAL, **versions},
    }


def seen(space: Workspace, environment: str) -> State:
    """Return what Git says of an environment, what runs in it, and what it answers."""
    objects = [o for service in SERVICES for o in _rendered_from_git(space, service, environment)]
    return {
        "objects": _plain(objects),
        "containers": sorted(_running(space, environment, _declared(objects)), key=json.dumps),
        "answers": _answers(json.loads(space.shell.ask("vivido", "open", environment, "-o", "json"))),
    }


def fingerprint(state: State) -> str:
    """Return twelve characters that stand for an environment: the same state, the same characters."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:12]


def _rendered(directory: Path) -> list[State]:
    command = ["kubectl", "kustomize", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoryError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    import yaml  # not at the top: `make demo-clean` runs on any Python

    return list(yaml.safe_load_all(done.stdout))


def _rendered_from_git(space: Workspace, service: str, environment: str) -> list[State]:
    source = space.source(service, environment)
    with tempfile.TemporaryDirectory() as directory:
        archive = Path(directory) / "tree.tar"
        git = ["git", "--git-dir", str(source.repository), "archive", "--output", str(archive), source.branch]
        space.shell.ask(*git, f"deploy/{service}")
        space.shell.ask("tar", "--extract", "--file", str(archive), "--directory", directory)
        return _rendered(Path(directory) / source.directory)


def _plain(objects: list[State]) -> list[str]:
    """Return the objects as text, each image by its service: its digest and this machine's registry differ each time."""
    text = [
        re.sub(r"localhost:\d+/shop/(\w+)(@sha256:\w+|:[\w.-]+)", r"\1", json.dumps(o, sort_keys=True)) for o in objects
    ]
    return sorted(text)


def _declared(objects: list[State]) -> frozenset[str]:
    return frozenset(name for o in objects if o["kind"] == "ConfigMap" for name in o["data"])


def _containers(workload: State, objects: list[State]) -> list[State]:
    """Return the containers that a Deployment stands for: whose they are, their settings, their memory."""
    if workload["kind"] != "Deployment":
        return []
    maps = {o["metadata"]["name"]: o["data"] for o in objects if o["kind"] == "ConfigMap"}
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    settings = {k: v for source in container["envFrom"] for k, v in maps[source["configMapRef"]["name"]].items()}
    one = {
        "service": container["name"],
        "settings": settings,
        "memory": _bytes(container["resources"]["limits"]["memory"]),
    }
    return [one] * workload["spec"].get("replicas", 1)


def _running(space: Workspace, environment: str, declared: frozenset[str]) -> list[State]:
    labels = (f"vivido.project={space.name}", f"vivido.environment={environment}", "vivido.role=pod")
    names = space.shell.ask("podman", "ps", "--quiet", *(f"--filter=label={label}" for label in labels)).split()
    found = json.loads(space.shell.ask("podman", "inspect", *names)) if names else []
    return [
        {
            "service": c["Config"]["Labels"]["vivido.workload"],
            "settings": {k: v for k, _, v in (line.partition("=") for line in c["Config"]["Env"]) if k in declared},
            "memory": c["HostConfig"]["Memory"],
        }
        for c in found
    ]


def _answers(urls: Mapping[str, str]) -> dict[str, str]:
    home, cart = _get(urls["web"] + "/"), _get(urls["web"] + _CART)
    return {
        "name": _one(r"<h1>(.*?)</h1>", home),
        "total": _one(r"<p id=total>&euro; (.*?)</p>", cart),
        **{service: json.loads(_get(urls[service] + "/version"))["version"] for service in SERVICES},
    }


def _one(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found[1] if found else ""


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  the shop's own address
        return answer.read().decode()


def _bytes(quantity: str) -> int:
    number, unit = quantity[:-2], quantity[-2:]
    return int(number) * _UNITS[unit]
