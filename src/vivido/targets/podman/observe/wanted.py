"""What Podman would show of a generation that nobody has touched. Pure over the blueprint and the images' own facts."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from vivido.model.observation import Fields, Thing
from vivido.targets.interface import Desired
from vivido.targets.podman import names as label
from vivido.targets.podman.manifest.blueprint import Blueprint, Container, Mount, SecretKey, Variable, Workload
from vivido.targets.podman.materials import variable_text
from vivido.targets.podman.names import Names, key_text
from vivido.targets.podman.network import Network
from vivido.targets.podman.observe import shape
from vivido.targets.podman.observe.capabilities import default_capabilities, with_flags
from vivido.targets.podman.stage import hosts_of

Images = Mapping[str, Mapping[str, Any]]
"""Image reference → what `podman image inspect` says of it; one that is not on this machine is missing."""


class Wanted:
    """One generation as it should be seen."""

    def __init__(self, desired: Desired, blueprint: Blueprint, network: Network | None, images: Images) -> None:
        self._desired = desired
        self._blueprint = blueprint
        self._network = network
        self._images = images
        self._names = Names(desired.project, desired.environment)

    def things(self) -> tuple[Thing, ...]:
        """Return workloads, volumes and the network."""
        workloads = [Thing(shape.identity(w), self._replicas(w)) for w in self._blueprint.workloads]
        network = Thing(shape.network(self._names.prefix), network_fields(False, False, True, self._names.labels))
        return (*workloads, *self._volumes(), network)

    def _replicas(self, workload: Workload) -> Fields:
        return {str(replica): self._pod(workload, replica) for replica in range(workload.replicas)}

    def _pod(self, workload: Workload, replica: int) -> Fields:
        pod = self._names.pod(self._desired.generation, workload, replica)
        several = len(workload.containers) > 1
        containers = {
            spec.name: self.container(workload, spec, pod, f"{pod}-{spec.name}" if several else pod)
            for spec in workload.containers
        }
        return {**containers, shape.POD: self._shared(workload, replica)}

    def _shared(self, workload: Workload, replica: int) -> Fields:
        hosts: dict[str, str] = {}
        if self._network is not None:
            services = self._blueprint.services
            hosts = dict(hosts_of(services, self._network.addresses(tuple(s.name for s in services))))
        return shape.without_empty(
            {
                "networks": {self._names.prefix: True},
                "ports": {str(p): "127.0.0.1" for p in self._blueprint.published(workload)},
                "hosts": hosts,
                "hostname": f"{workload.name}-{replica}"[:63].rstrip("-."),
            }
        )

    def container(self, workload: Workload, spec: Container, pod: str, name: str) -> Fields:
        """Return one container's fields."""
        config = self._config(spec)
        return shape.without_empty(
            {
                "state": "running",
                "name": name,
                "image": spec.image.rpartition("@")[2],
                "command": command(spec, config),
                "directory": spec.directory or str(config.get("WorkingDir") or "/"),
                "user": flag(spec, "--user") or str(config.get("User") or ""),
                "env": {**environment(config), **{v.name: shown(v) for v in spec.variables}},
                "limits": shape.without_empty({"memory": shape.memory(spec.memory), "cpus": shape.cpus(spec.cpus)}),
                "mounts": {
                    **{str(at): {"from": "the image's own volume"} for at in config.get("Volumes") or {}},
                    **{str(PurePosixPath(m.path)): self._mount(workload, pod, m) for m in spec.mounts},
                },
                "secrets": self._stored(spec),
                "security": security(spec),
                "restart": "always",
                "grace": workload.grace,
                "labels": self._labels(workload, spec),
            }
        )

    def _config(self, spec: Container) -> Mapping[str, Any]:
        return self._images.get(spec.image, {}).get("Config") or {}

    def _labels(self, workload: Workload, spec: Container) -> dict[str, str]:
        return {
            label.GENERATION: self._desired.generation,
            label.ROLE: "pod",
            label.WORKLOAD: workload.name,
            **({label.SERVICE: spec.service} if spec.service else {}),
            label.DIGEST: spec.image.rpartition("@")[2],
        }

    def _mount(self, workload: Workload, pod: str, mount: Mount) -> Fields:
        volume = next(v for v in workload.volumes if v.name == mount.volume)
        name = self._names.volume(self._desired.generation, pod, workload, volume)
        inside = f"/{mount.sub_path}" if mount.sub_path else ""
        return {"from": f"volume {name}{inside}", **({"read-only": True} if mount.read_only else {})}

    def _stored(self, spec: Container) -> dict[str, str]:
        """Return the secrets in files by their names in Podman's store: it shows neither their path nor their key."""
        return {
            self._names.secret(self._desired.generation, key_text(f.secret)): f"{f.mode:04o}" for f in spec.secret_files
        }

    def secrets(self) -> dict[str, str]:
        """Return every name in Podman's store that the generation needs, with what it is called in the manifests."""
        generation = self._desired.generation
        found: dict[str, str] = {}
        for workload in self._blueprint.workloads:
            for spec in workload.containers:
                for variable in (v for v in spec.variables if v.secret):
                    found[self._names.secret(generation, variable_text(variable))] = shown(variable)
                for file in spec.secret_files:
                    found[self._names.secret(generation, key_text(file.secret))] = key_text(file.secret)
        return found

    def _volumes(self) -> list[Thing]:
        found: dict[str, Fields] = {}
        for workload in self._blueprint.workloads:
            for replica in range(workload.replicas):
                pod = self._names.pod(self._desired.generation, workload, replica)
                for volume in workload.volumes:
                    name = self._names.volume(self._desired.generation, pod, workload, volume)
                    memory = {"device": "tmpfs", "type": "tmpfs"} if volume.how == "memory" else {}
                    content = dict(volume.files) if volume.how == "files" else {}
                    found[name] = shape.without_empty({"there": True, "options": memory, "content": content})
        return [Thing(shape.volume(name), fields) for name, fields in found.items()]


def network_fields(internal: bool, ipv6: bool, private_names: bool, labels: Mapping[str, str]) -> Fields:
    """Return the fields of a network that matter; its addresses are chosen on this machine."""
    return {"driver": "bridge", "internal": internal, "ipv6": ipv6, "own-names": private_names, "labels": dict(labels)}


def shown(variable: Variable) -> str:
    """Return a variable's value with its secrets named instead of told."""
    return "".join(p if isinstance(p, str) else secret_mark(p) for p in variable.parts)


def secret_mark(secret: SecretKey) -> str:
    """Return what stands for a secret value that is as its source says."""
    return f"(secret {key_text(secret)})"


def command(spec: Container, config: Mapping[str, Any]) -> list[str]:
    """Return the command line that runs: an entrypoint of the manifest's takes the image's arguments away."""
    entrypoint = list(spec.command) or words(config.get("Entrypoint"))
    arguments = list(spec.arguments) or ([] if spec.command else words(config.get("Cmd")))
    return entrypoint + arguments


def words(value: Any) -> list[str]:
    """Return a command of an image's configuration: a list, or by older images a text."""
    return value.split() if isinstance(value, str) else [str(v) for v in value or []]


def environment(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that an image sets."""
    pairs = (str(entry).partition("=") for entry in config.get("Env") or [])
    return {name: value for name, _, value in pairs}


def flag(spec: Container, name: str) -> str:
    """Return the value of one of a container's flags; empty where it has none."""
    return next((value for value in flags(spec, name)), "")


def flags(spec: Container, name: str) -> list[str]:
    """Return every value of one of a container's flags."""
    return [f.removeprefix(f"{name}=") for f in spec.flags if f.startswith(f"{name}=")]


def security(spec: Container) -> Fields:
    """Return what a container may do."""
    allowed = with_flags(default_capabilities(), flags(spec, "--cap-add"), flags(spec, "--cap-drop"))
    return shape.without_empty(
        {
            "capabilities": dict.fromkeys(allowed, True),
            "read-only": "--read-only" in spec.flags,
            "options": dict.fromkeys(flags(spec, "--security-opt"), True),
            "groups": dict.fromkeys(flags(spec, "--group-add"), True),
            "sysctls": dict(s.split("=", 1) for s in flags(spec, "--sysctl") if "=" in s),
        }
    )
