"""What Podman shows of containers, read into the shape of `wanted`. Pure over its JSON (Podman 4.3 and newer).

Two things that it does not show are handed in: the limits that the kernel has (`podman update` of 4.3 changes them and nothing that
`inspect` prints) and the files that differ from the image.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from vivido.model.canonical import canonical
from vivido.model.observation import Fields
from vivido.targets.podman import names as label
from vivido.targets.podman.images import has_digest
from vivido.targets.podman.observe import shape
from vivido.targets.podman.observe.capabilities import name as capability
from vivido.targets.podman.observe.commandline import CommandLine
from vivido.targets.podman.observe.files import Touched, counting
from vivido.targets.podman.observe.wanted import environment

Json = Mapping[str, Any]


class Limits(msgspec.Struct, frozen=True):
    """What the kernel has for a running container; None where it could not be read."""

    memory: int | None = None
    """Bytes; 0: none."""
    cpus: float | None = None


class Looked(msgspec.Struct, frozen=True):
    """One container, with everything that was asked about it."""

    inspect: dict[str, Any]
    limits: Limits = Limits()
    touched: Touched | None = None
    """None: it was not asked, or could not tell."""

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return {str(k): str(v) for k, v in (self.inspect["Config"].get("Labels") or {}).items()}

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.inspect["Name"])

    @property
    def pod(self) -> str:
        """Id of its pod; empty where it stands alone."""
        return str(self.inspect.get("Pod") or "")

    @property
    def line(self) -> CommandLine:
        """The command that made it."""
        return CommandLine.of(self.inspect["Config"].get("CreateCommand"))

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that it is connected to."""
        return tuple(sorted((self.inspect.get("NetworkSettings") or {}).get("Networks") or {}))


def container(
    looked: Looked,
    writes: tuple[str, ...] = (),
    digest: str = "",
    image: Json | None = None,
    laid: tuple[str, ...] = (),
) -> Fields:
    """Return one container's fields.

    Args:
        looked: What was seen.
        writes: Directories in which its program may write.
        digest: What it should run: where its image bears that digest, this one is told, of the several that it may have.
        image: What Podman knows of the image that it runs.
        laid: Files that Podman lays into it and shows as added: secrets.
    """
    seen, config = looked.inspect, looked.inspect["Config"]
    host = seen.get("HostConfig") or {}
    return shape.without_empty(
        {
            "state": _state(seen["State"]),
            "name": looked.name,
            "image": digest
            if image and digest and has_digest(dict(image), digest)
            else str(seen.get("ImageDigest") or ""),
            "command": [str(seen.get("Path") or ""), *(seen.get("Args") or [])],
            "directory": str(config.get("WorkingDir") or "/"),
            "user": str(config.get("User") or ""),
            "env": _variables(looked, config),
            "limits": _limits(looked, host),
            "mounts": mounts(seen, host),
            "secrets": {str(s["Name"]): f"{int(s.get('Mode') or 0):04o}" for s in config.get("Secrets") or []},
            "security": _security(looked, host),
            "restart": str((host.get("RestartPolicy") or {}).get("Name") or "no"),
            "grace": int(config.get("StopTimeout") or 0),
            "labels": {k: v for k, v in looked.labels.items() if k in _LABELS and v},
            "health": _health(config),
            "flags": looked.line.foreign,
            "files": counting(looked.touched, (*mounts(seen, host), *laid), writes) if looked.touched else {},
        }
    )


def _variables(looked: Looked, config: Json) -> dict[str, str]:
    """Return the variables, without what Podman (since 5.3) shows of secrets: their names in its store, as if these were any."""
    hidden = looked.line.secrets
    return {name: value for name, value in environment(config).items() if not (name in hidden and value == _HIDDEN)}


_HIDDEN = "*******"
"""What Podman shows for a value that it keeps to itself (`libpod/container_inspect.go`)."""
_LABELS = (label.GENERATION, label.ROLE, label.WORKLOAD, label.SERVICE, label.DIGEST)


def shared(looked: Looked, pod: Json | None) -> Fields:
    """Return what the containers of a pod have in common: of the pod where there is one, else of its only container."""
    host, config = looked.inspect.get("HostConfig") or {}, looked.inspect["Config"]
    infra = (pod or {}).get("InfraConfig") or {}
    bindings = (infra if pod else host).get("PortBindings") or {}
    hosts = infra.get("HostAdd") if pod else host.get("ExtraHosts")
    return shape.without_empty(
        {
            "networks": dict.fromkeys(looked.networks, True),
            "ports": {port.removesuffix("/tcp"): _published(given) for port, given in bindings.items() if given},
            "hosts": dict(str(h).split(":", 1) for h in hosts or []),
            "hostname": str((pod or {}).get("Hostname") or config.get("Hostname") or ""),
            "dns": list((infra.get("DNSServer") if pod else host.get("Dns")) or []),
        }
    )


def stray(looked: Looked) -> Fields:
    """Return what is worth telling of a container that nobody declared."""
    fields = container(looked)
    told = ("state", "image", "command", "mounts")
    return {**{k: fields[k] for k in told if k in fields}, "networks": dict.fromkeys(looked.networks, True)}


def likeness(looked: Looked, writes: tuple[str, ...]) -> str:
    """Return in what the replicas of a workload are alike: all but what is called after each of them, their state and files."""
    fields = container(looked, writes)
    same = {k: v for k, v in fields.items() if k not in ("name", "state", "files")}
    host = str(looked.inspect["Config"].get("Hostname") or looked.name)
    return canonical(same).decode().replace(looked.name, "").replace(host, "")


def mounts(seen: Json, host: Json) -> dict[str, Fields]:
    """Return what is mounted where."""
    found: dict[str, Fields] = {}
    for one in seen.get("Mounts") or []:
        source = f"volume {one['Name']}" if one.get("Type") == "volume" else str(one.get("Source"))
        read_only = {} if one.get("RW", True) else {"read-only": True}
        found[str(one["Destination"])] = {"from": _volume_inside(source), **read_only}
    for at in host.get("Tmpfs") or {}:
        found[str(at)] = {"from": "memory"}
    return found


def _volume_inside(source: str) -> str:
    """Tell the place in a volume that a `subPath` is mounted from by the volume's name: its path is this machine's own."""
    before, inside, rest = source.partition("/_data/")
    return f"volume {before.rpartition('/')[2]}/{rest}" if inside and "/volumes/" in before else source


def _published(given: list[dict[str, Any]]) -> str:
    """Return the addresses on which a port is open; the port's number here is the kernel's choice."""
    return ", ".join(sorted({str(g.get("HostIp") or "0.0.0.0") for g in given}))  # noqa: S104 - what Podman leaves out


def _state(state: Json) -> str:
    return "running" if state.get("Status") in ("running", "healthy") else str(state.get("Status"))


def _health(config: Json) -> str:
    test = (config.get("Healthcheck") or {}).get("Test") or ["NONE"]
    return "" if test == ["NONE"] else " ".join(map(str, test))


def _limits(looked: Looked, host: Json) -> Fields:
    period = int(host.get("CpuPeriod") or 0)
    quota = int(host.get("CpuQuota") or 0)
    told = int(host.get("NanoCpus") or 0) / 1e9 or (quota / period if period and quota > 0 else 0.0)
    kernel = looked.limits
    memory = int(host.get("Memory") or 0)
    more = {
        "cpu-shares": int(host.get("CpuShares") or 0),
        "cpuset": str(host.get("CpusetCpus") or ""),
        "memory-nodes": str(host.get("CpusetMems") or ""),
        "memory-reservation": int(host.get("MemoryReservation") or 0),
        "memory-swap": 0 if host.get("MemorySwap") in (2 * memory, -1) else int(host.get("MemorySwap") or 0),
        "io-weight": int(host.get("BlkioWeight") or 0),
        "out-of-memory": int(host.get("OomScoreAdj") or 0),
    }
    return shape.without_empty(
        {
            "memory": shape.memory(memory if kernel.memory is None else kernel.memory),
            "cpus": shape.cpus(told if kernel.cpus is None else kernel.cpus),
            **more,
        }
    )


def _security(looked: Looked, host: Json) -> Fields:
    seen = looked.inspect
    spaces = {
        "pid": host.get("PidMode"),
        "ipc": host.get("IpcMode"),
        "uts": host.get("UTSMode"),
        "user": host.get("UsernsMode"),
    }
    network = str(host.get("NetworkMode") or "")
    shared_spaces = {k: str(v) for k, v in spaces.items() if str(v or "").partition(":")[0] in ("host", "ns")}
    if network.partition(":")[0] in ("host", "ns"):
        shared_spaces["network"] = network
    joined = {k: str(v) for k, v in spaces.items() if str(v or "").startswith("container:") and not looked.pod}
    return shape.without_empty(
        {
            "capabilities": {capability(str(c)): True for c in seen.get("BoundingCaps") or []},
            "read-only": bool(host.get("ReadonlyRootfs")),
            "privileged": bool(host.get("Privileged")),
            "options": {str(o): True for o in host.get("SecurityOpt") or [] if not _is_default(str(o))},
            "groups": {str(g): True for g in host.get("GroupAdd") or []},
            "devices": {str(d.get("PathInContainer")): str(d.get("PathOnHost")) for d in host.get("Devices") or []},
            "shared-namespaces": {**shared_spaces, **joined},
            "sysctls": dict(s.split("=", 1) for s in looked.line.values("--sysctl") if "=" in s),
        }
    )


def _is_default(option: str) -> bool:
    # Podman tells SELinux labels and profiles that it chose itself as options.
    return option.startswith(("label=type:container_t", "label=level:", "apparmor=containers-default"))
