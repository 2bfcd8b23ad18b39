"""Podman's arguments for a pod's sandbox and its containers. No secret value is ever among them."""

import json

import msgspec

from vivido.targets.podman.manifest.blueprint import Container, Workload
from vivido.targets.podman.program import labelled

LOG_SIZE = "10mb"
"""Most that one container's log may take on disk."""

NO_HEALTH_CHECK = ("--health-cmd=none", "--health-interval=0")
"""Podman does not run the image's own health check: probes are Vivido's.

`--no-healthcheck` means the same, but leaves a timeout of zero, for which `podman update` of 5.4 to 5.8 refuses every change of a
container (`GetNewHealthCheckConfig` checks the health check that is there, even if none is changed).
"""


class Wiring(msgspec.Struct, frozen=True):
    """How a pod is connected."""

    network: str
    hosts: tuple[tuple[str, str], ...]
    """Name → address of the environment's Services."""
    published: tuple[int, ...]
    """Container ports that get a loopback port of their own, chosen by the kernel."""


class Dressing(msgspec.Struct, frozen=True):
    """What a container gets besides what its manifest says."""

    labels: dict[str, str]
    volumes: dict[str, str]
    """Volume of the pod → what Podman mounts: a volume's name, or the path behind a `subPath`."""
    secret_variables: dict[str, str]
    """Variable → name of its value in Podman's secret store."""
    secret_files: dict[str, str]
    """Path in the container → the same."""
    restart: str
    """`always` or `no`."""


def sandbox(wiring: Wiring, host: str) -> list[str]:
    """Return what a pod has once: its network, its ports, the names it knows."""
    ports = [f"--publish=127.0.0.1::{port}" for port in wiring.published]
    hosts = [f"--add-host={name}:{address}" for name, address in wiring.hosts]
    return [f"--network={wiring.network}", f"--hostname={host[:63].rstrip('-.')}", *ports, *hosts]


def container(workload: Workload, spec: Container, dressing: Dressing) -> list[str]:
    """Return what a container has, up to and including its image and arguments."""
    return [
        "--pull=never",
        *NO_HEALTH_CHECK,
        "--log-driver=k8s-file",
        f"--log-opt=max-size={LOG_SIZE}",
        f"--restart={dressing.restart}",
        f"--stop-timeout={workload.grace}",
        *labelled(dressing.labels),
        *_limits(spec),
        *spec.flags,
        *([f"--workdir={spec.directory}"] if spec.directory else []),
        *_variables(spec, dressing),
        *_mounts(spec, dressing),
        *([f"--entrypoint={json.dumps(spec.command)}"] if spec.command else []),
        spec.image,
        *spec.arguments,
    ]


def _limits(spec: Container) -> list[str]:
    memory = [f"--memory={spec.memory}b"] if spec.memory else []
    return memory + ([f"--cpus={spec.cpus:g}"] if spec.cpus else [])


def _variables(spec: Container, dressing: Dressing) -> list[str]:
    plain = [f"--env={v.name}={v.plain}" for v in spec.variables if not v.secret]
    secret = [f"--secret={stored},type=env,target={name}" for name, stored in dressing.secret_variables.items()]
    return plain + secret


def _mounts(spec: Container, dressing: Dressing) -> list[str]:
    args = [
        f"--volume={dressing.volumes[f'{m.volume}/{m.sub_path}']}:{m.path}{':ro' if m.read_only else ''}"
        for m in spec.mounts
    ]
    modes = {f.path: f.mode for f in spec.secret_files}
    return args + [
        f"--secret={stored},type=mount,target={path},mode={modes[path]:04o}"
        for path, stored in dressing.secret_files.items()
    ]
