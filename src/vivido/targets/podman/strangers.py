"""What runs on this machine that no Vivido started: by hand, by `podman kube play`, by compose."""

from typing import Any

import msgspec

from vivido.targets.interface import Stranger
from vivido.targets.podman import names as label
from vivido.targets.podman.images import facts
from vivido.targets.podman.program import Podman

_KEEPERS = {
    "com.docker.compose.project": "compose",
    "io.podman.compose.project": "compose",
    "PODMAN_SYSTEMD_UNIT": "systemd",
}
"""Label → whose container it is."""


def strangers(podman: Podman) -> tuple[Stranger, ...]:
    """Return running containers without Vivido's labels, by name.

    Raises:
        ToolError: `podman.failed`, `tool.missing`.
    """
    ids = podman.run("ps", "--quiet", "--no-trunc").split()
    done = podman.attempt("container", "inspect", *ids) if ids else None
    # One that was removed between the two calls makes the call fail; the others are printed all the same.
    found: list[dict[str, Any]] = msgspec.json.decode(done.stdout) if done is not None and done.stdout.strip() else []
    others = [f for f in found if not f.get("IsInfra") and label.PROJECT not in _labels(f)]
    pods = _pods(podman, {str(f["Pod"]) for f in others if f.get("Pod")})
    known = facts(podman, {str(f["Image"]) for f in others})
    made = (_stranger(f, pods.get(str(f.get("Pod")), {}), known[str(f["Image"])]) for f in others)
    return tuple(sorted((s for s in made if s.images), key=lambda s: s.name))


def _pods(podman: Podman, ids: set[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    found = podman.json("pod", "inspect", *sorted(ids))
    # Podman 4 prints one object for one pod and a list for several; Podman 5 always a list.
    every: list[dict[str, Any]] = found if isinstance(found, list) else [found]
    return {str(p["Id"]): p for p in every}


def _stranger(found: dict[str, Any], pod: dict[str, Any], image: dict[str, Any]) -> Stranger:
    own = dict(_labels(found).items() - ((image.get("Config") or {}).get("Labels") or {}).items())
    networks = (found.get("NetworkSettings") or {}).get("Networks") or {}
    labels = {**own, **(pod.get("Labels") or {})}
    named = str(pod.get("Name") or "")
    keeper = next((told for key, told in _KEEPERS.items() if key in labels), f"pod {named}" if named else "")
    words = (str(found["Name"]), named, *map(str, networks), *map(str, labels.values()))
    return Stranger(
        str(found["Name"]),
        tuple(str(name) for name in image.get("RepoDigests") or []),
        tuple(w for w in words if w),
        keeper,
    )


def _labels(found: dict[str, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in (found["Config"].get("Labels") or {}).items()}
