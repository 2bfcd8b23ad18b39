"""Make the pods of one generation."""

import re
from typing import Any

import msgspec

from vivido.crashpoint import crashpoint
from vivido.errors import ToolError
from vivido.targets.interface import Desired
from vivido.targets.podman import names as label
from vivido.targets.podman.arguments import Dressing, Wiring, container, sandbox
from vivido.targets.podman.images import refuse_root
from vivido.targets.podman.manifest.blueprint import Container, Mount, Volume, Workload
from vivido.targets.podman.materials import Secrets
from vivido.targets.podman.names import Names
from vivido.targets.podman.program import Podman, failure, labelled
from vivido.targets.podman.removal import remove_pod
from vivido.targets.podman.volumes import ensure_volume

_NAME_IN_USE = re.compile(r"already (in use|exists)|name .* is in use|pod already exists")


class Pod(msgspec.Struct, frozen=True):
    """A pod that should be there."""

    name: str
    workload: Workload
    replica: int
    role: str
    """`pod` or `job`."""


class Maker:
    """Makes the pods of one generation."""

    def __init__(
        self, podman: Podman, desired: Desired, state: str, secrets: Secrets, images: dict[str, dict[str, Any]]
    ) -> None:
        self._podman = podman
        self._names = Names(desired.project, desired.environment)
        self._desired = desired
        self._state = state
        self._secrets = secrets
        self._images = images

    def create(self, pod: Pod, wiring: Wiring) -> None:
        """Make a pod and its containers without starting them; what is left of an earlier attempt goes first.

        Raises:
            ToolError: `podman.failed`, `podman.root`.
        """
        volumes = {v.name: self._volume(pod, v) for v in pod.workload.volumes}
        crashpoint("podman.container.create.before")
        try:
            self._assemble(pod, wiring, volumes)
        except ToolError as e:
            # Left by an earlier attempt, or by a podman that outlived a killed Vivido.
            if not _NAME_IN_USE.search(e.message):
                raise
            remove_pod(self._podman, pod.name)
            self._assemble(pod, wiring, volumes)
        crashpoint("podman.container.create.after")

    def _assemble(self, pod: Pod, wiring: Wiring, volumes: dict[str, str]) -> None:
        several = len(pod.workload.containers) > 1
        shared = sandbox(wiring, f"{pod.workload.name}-{pod.replica}")
        if several:
            labels = self._labels(pod, "")
            self._podman.run("pod", "create", f"--name={pod.name}", *labelled(labels), *shared)
        for spec in pod.workload.containers:
            place = [f"--name={pod.name}-{spec.name}", f"--pod={pod.name}"] if several else [f"--name={pod.name}"]
            self._create(pod, spec, [*place, *([] if several else shared)], volumes)

    def start(self, pod: Pod) -> None:
        """Start a pod's containers.

        Raises:
            ToolError: `podman.failed`.
        """
        crashpoint("podman.container.start.before")
        args = ("pod", "start", pod.name) if len(pod.workload.containers) > 1 else ("start", pod.name)
        self._podman.run(*args)
        crashpoint("podman.container.start.after")

    def run_first(self, pod: Pod, wiring: Wiring, timeout: float) -> None:
        """Run a pod's init containers, one after the other.

        Raises:
            ToolError: `podman.init-failed` with what it printed.
        """
        volumes = {v.name: self._volume(pod, v) for v in pod.workload.volumes}
        for spec in pod.workload.first:
            name = f"{pod.name}-{spec.name}"
            remove_pod(self._podman, name)
            shared = sandbox(msgspec.structs.replace(wiring, published=()), f"{pod.workload.name}-{pod.replica}")
            self._create(pod, spec, [f"--name={name}", *shared], volumes, role="init")
            done = self._podman.attempt("start", "--attach", name, timeout=timeout)
            if done.returncode != 0:
                said = failure(done, self._secrets.values).message
                raise ToolError(f"init container {spec.name}: {said}", code="podman.init-failed")
            remove_pod(self._podman, name)

    def _create(self, pod: Pod, spec: Container, place: list[str], volumes: dict[str, str], role: str = "") -> None:
        if spec.non_root:
            refuse_root(spec.image, self._images[spec.image])
        dressing = Dressing(
            labels={
                **self._labels(pod, spec.image),
                label.SERVICE: spec.service,
                **({label.ROLE: role} if role else {}),
            },
            volumes={f"{m.volume}/{m.sub_path}": self._source(volumes[m.volume], m) for m in spec.mounts},
            secret_variables={v.name: self._secrets.store_variable(v) for v in spec.variables if v.secret},
            secret_files={f.path: self._secrets.store(f.secret) for f in spec.secret_files},
            restart="always" if pod.role == "pod" and not role else "no",
        )
        probe = msgspec.json.encode(spec.readiness).decode() if spec.readiness else ""
        args = container(pod.workload, spec, dressing)
        done = self._podman.attempt("create", *place, f"--label={label.PROBE}={probe}", *args)
        if done.returncode != 0:
            raise failure(done, self._secrets.values)

    def _labels(self, pod: Pod, image: str) -> dict[str, str]:
        return {
            **self._names.labels,
            label.GENERATION: self._desired.generation,
            label.RELEASE: self._desired.release,
            label.PROMOTION: self._desired.promotion,
            label.STATE: self._state,
            label.ROLE: pod.role,
            label.WORKLOAD: pod.workload.name,
            label.REPLICA: str(pod.replica),
            label.DIGEST: image.rpartition("@")[2],
        }

    def _volume(self, pod: Pod, volume: Volume) -> str:
        name = self._names.volume(self._desired.generation, pod.name, pod.workload, volume)
        labels = self._names.labels
        if volume.how != "claim":
            labels = {**labels, label.GENERATION: self._desired.generation}
        ensure_volume(self._podman, name, volume, pod.workload, labels)
        return name

    def _source(self, volume: str, mount: Mount) -> str:
        """Return what is mounted: Podman 4 knows no `subPath`, so the place behind it is looked up."""
        if not mount.sub_path:
            return volume
        root = self._podman.run("volume", "inspect", "--format={{.Mountpoint}}", volume).strip()
        return f"{root}/{mount.sub_path}"
