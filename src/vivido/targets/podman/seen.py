"""What Podman says that is there: by labels, never by what Vivido remembers."""

from typing import Any

import msgspec

from vivido.targets.podman.program import Podman, matching


class Seen(msgspec.Struct, frozen=True):
    """A container that is there."""

    id: str
    name: str
    pod: str
    """Name of its pod; its own where it stands alone."""
    labels: dict[str, str]
    state: str
    """`created`, `running`, `exited` and so on."""
    exit_code: int
    restarts: int
    image: str
    """Id of the image that it really runs."""
    ports: dict[int, int]
    """Container port → loopback port."""
    started_at: str
    addresses: tuple[str, ...] = ()
    grace: int = 10
    """Seconds that it may take to stop before it is killed."""

    @property
    def running(self) -> bool:
        """Whether its program runs."""
        return self.state == "running"


def see(podman: Podman, labels: dict[str, str]) -> tuple[Seen, ...]:
    """Return the containers that bear all of the labels, infrastructure excepted, by name."""
    ids = podman.run("ps", "--all", "--quiet", "--no-trunc", *matching(labels)).split()
    if not ids:
        return ()
    done = podman.attempt("container", "inspect", *ids)
    # One that was removed between the two calls makes the call fail; the others are printed all the same.
    found: list[dict[str, Any]] = msgspec.json.decode(done.stdout) if done.stdout.strip() else []
    pods = _pods(podman, {str(f.get("Pod")) for f in found if f.get("Pod")})
    seen = (_seen(f, pods) for f in found if not f.get("IsInfra"))
    return tuple(sorted((s for s in seen if labels.items() <= s.labels.items()), key=lambda s: s.name))


def _pods(podman: Podman, ids: set[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    found = podman.json("pod", "inspect", *sorted(ids))
    # Podman 4 prints one object for one pod and a list for several; Podman 5 always a list.
    return {str(p["Id"]): p for p in (found if isinstance(found, list) else [found])}


def _seen(found: dict[str, Any], pods: dict[str, dict[str, Any]]) -> Seen:
    state, pod = found["State"], pods.get(str(found.get("Pod")), {})
    infra = (pod.get("InfraConfig") or {}).get("PortBindings")
    bindings = infra or (found.get("HostConfig") or {}).get("PortBindings") or {}
    return Seen(
        id=str(found["Id"]),
        name=str(found["Name"]),
        pod=str(pod.get("Name") or found["Name"]),
        labels={str(k): str(v) for k, v in (found["Config"].get("Labels") or {}).items()},
        state=str(state["Status"]),
        exit_code=int(state.get("ExitCode") or 0),
        restarts=int(found.get("RestartCount") or 0),
        image=str(found["Image"]),
        ports={int(k.partition("/")[0]): int(v[0]["HostPort"]) for k, v in bindings.items() if v},
        started_at=str(state.get("StartedAt", "")),
        grace=int(found["Config"].get("StopTimeout") or 0),
    )
