"""What runs in an environment, as Podman and the shop itself tell it; Vivido is asked for the addresses alone."""

import json
import re
import urllib.request
from collections.abc import Mapping

from demo.rendered import State
from demo.shop import SERVICES
from demo.workspace import Workspace

CART = "/cart?items=tea:2,mug:1"
_IMAGE = ("Cmd", "Entrypoint", "Env", "User", "WorkingDir", "ExposedPorts")
"""What an image says of how it is run. Its labels and dates are those of a commit, which is another in every demo."""


def inspected(space: Workspace, environment: str) -> list[State]:
    """Return what Podman says of the containers of services that run in an environment."""
    labels = (f"vivido.project={space.name}", f"vivido.environment={environment}", "vivido.role=pod")
    names = space.shell.ask("podman", "ps", "--quiet", *(f"--filter=label={label}" for label in labels)).split()
    return json.loads(space.shell.ask("podman", "inspect", *names)) if names else []


def containers(inspected: list[State], settings: frozenset[str]) -> list[State]:
    """Return the containers of services: whose they are, their settings, memory in bytes, processors. Pure.

    Args:
        inspected: What Podman says of them.
        settings: The names of the variables that manifests set; the others are an image's, or secret.
    """
    found = [
        {
            "service": c["Config"]["Labels"]["vivido.workload"],
            "settings": {k: v for k, _, v in (line.partition("=") for line in c["Config"]["Env"]) if k in settings},
            "memory": c["HostConfig"]["Memory"],
            "processors": _processors(c["HostConfig"]),
        }
        for c in inspected
    ]
    return sorted(found, key=json.dumps)


def controllers(space: Workspace) -> frozenset[str] | None:
    """Return the cgroup controllers that containers can have for whoever runs the demo; None for all."""
    from vivido.targets.podman.limiting import (
        controllers as ask,
    )  # not at the top: `make demo-clean` runs on any Python
    from vivido.targets.podman.program import Podman

    return ask(Podman(space.home, {}))


def programs(space: Workspace, inspected: list[State]) -> list[State]:
    """Return what each container runs: its command, how its image is run, and a hash of every file in its `/app`.

    Images of two demos have different digests, for labels and dates are those of their commits; what is in them must be the same.
    """
    names = sorted({c["Image"] for c in inspected})
    images = json.loads(space.shell.ask("podman", "image", "inspect", *names)) if names else []
    made = {image["Id"]: image["Config"] for image in images}
    # An image is named by the hash of its content: one container of each is asked.
    files = {image: _files(space, container) for image, container in {c["Image"]: c["Id"] for c in inspected}.items()}
    found = [
        {
            "service": c["Config"]["Labels"]["vivido.workload"],
            "command": [c["Path"], *c["Args"]],
            "image": {key: made[c["Image"]][key] for key in _IMAGE if made[c["Image"]].get(key)},
            "files": files[c["Image"]],
        }
        for c in inspected
    ]
    return sorted(found, key=json.dumps)


def _files(space: Workspace, container: str) -> dict[str, str]:
    """Return name → SHA-256 of the files that a container has its programs in."""
    said = space.shell.ask("podman", "exec", container, "sh", "-c", "cd /app && sha256sum *")
    return {name: digest for digest, name in (line.split() for line in said.splitlines())}


def answers(space: Workspace, environment: str) -> dict[str, str]:
    """Return what the shop answers: its name, the total of a cart, each service's version."""
    urls: Mapping[str, str] = json.loads(space.shell.ask("vivido", "open", environment, "-o", "json"))
    home, cart = _get(urls["web"] + "/"), _get(urls["web"] + CART)
    return {
        "name": _one(r"<h1>(.*?)</h1>", home),
        "total": _one(r"<p id=total>&euro; (.*?)</p>", cart),
        **{service: json.loads(_get(urls[service] + "/version"))["version"] for service in SERVICES},
    }


def _processors(host: State) -> float:
    """Podman tells one of two things, by its version."""
    period = host.get("CpuPeriod") or 0
    return (host.get("NanoCpus") or 0) / 1e9 or (host["CpuQuota"] / period if period else 0.0)


def _one(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found[1] if found else ""


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  the shop's own address
        return answer.read().decode()
