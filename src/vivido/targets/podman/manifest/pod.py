"""A pod template as containers."""

from typing import Any

from vivido.targets.podman.manifest.blueprint import Container, SecretKey, Volume
from vivido.targets.podman.manifest.probe import read_probe
from vivido.targets.podman.manifest.reading import Findings, items, mapping, name_of, number, strings
from vivido.targets.podman.manifest.security import security_flags
from vivido.targets.podman.manifest.storage import Storage
from vivido.targets.podman.manifest.variables import Parts, Reader, Sources, expand
from vivido.text.quantity import quantity

_HOST = ("hostNetwork", "hostPID", "hostIPC")


class Pod:
    """Reads one pod template."""

    def __init__(
        self, template: dict[str, Any], sources: Sources, images: dict[str, str], where: str, findings: Findings
    ) -> None:
        self._spec = mapping(template.get("spec"))
        self._services = {image: service for service, image in images.items()}
        self._where = where
        self._findings = findings
        self._storage = Storage(self._spec, sources, where, findings)
        self._reader = Reader(sources, template, where, findings)
        for key in _HOST:
            if self._spec.get(key):
                findings.unsupported(where, f"{key} would give it a namespace of this machine")
        self.first, self.containers = self._read()

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Its volumes, without secrets: those are files of their own."""
        return self._storage.volumes

    @property
    def grace(self) -> int:
        """Seconds between SIGTERM and SIGKILL."""
        return number(self._spec.get("terminationGracePeriodSeconds"), 30)

    def _read(self) -> tuple[tuple[Container, ...], tuple[Container, ...]]:
        # A restartable init container is Kubernetes' way to say sidecar: it runs beside the others.
        declared = list(items(self._spec.get("initContainers")))
        sidecars = [c for c in declared if c.get("restartPolicy") == "Always"]
        first = [c for c in declared if c.get("restartPolicy") != "Always"]
        containers = [*sidecars, *items(self._spec.get("containers"))]
        if not containers:
            self._findings.invalid(self._where, "it has no containers")
        return tuple(map(self._container, first)), tuple(map(self._container, containers))

    def _container(self, container: dict[str, Any]) -> Container:
        image, limits = str(container.get("image", "")), mapping(mapping(container.get("resources")).get("limits"))
        ports = tuple((str(p.get("name") or ""), number(p.get("containerPort"), 0)) for p in self._ports(container))
        variables = self._reader.read(container)
        mounts, secret_files = self._storage.mounts(container)
        defined = {v.name: v.parts for v in variables}
        self._refuse(container, image)
        return Container(
            name=name_of({"metadata": container}),
            image=image,
            service=self._services.get(_without_tag(image), ""),
            command=self._words(container, "command", defined),
            arguments=self._words(container, "args", defined),
            variables=variables,
            mounts=mounts,
            secret_files=secret_files,
            directory=str(container.get("workingDir") or ""),
            memory=int(quantity(limits.get("memory", 0)) or 0),
            cpus=float(quantity(limits.get("cpu", 0)) or 0),
            flags=security_flags(self._spec, container, self._where, self._findings),
            non_root=self._non_root(container),
            ports=ports,
            startup=read_probe(container.get("startupProbe"), ports, self._where, self._findings),
            readiness=read_probe(container.get("readinessProbe"), ports, self._where, self._findings),
        )

    def _ports(self, container: dict[str, Any]) -> list[dict[str, Any]]:
        return [p for p in items(container.get("ports")) if p.get("protocol", "TCP") == "TCP"]

    def _non_root(self, container: dict[str, Any]) -> bool:
        context = {**mapping(self._spec.get("securityContext")), **mapping(container.get("securityContext"))}
        return bool(context.get("runAsNonRoot")) and context.get("runAsUser") is None

    def _words(self, container: dict[str, Any], key: str, defined: dict[str, Parts]) -> tuple[str, ...]:
        words = [expand(word, defined) for word in strings(container.get(key))]
        if any(isinstance(part, SecretKey) for parts in words for part in parts):
            hint = "Read it from the variable or a file inside the program: a command line is open to everybody."
            self._findings.unsupported(self._where, f"a secret stands in the {key} of a container", hint)
        return tuple("".join(part for part in parts if isinstance(part, str)) for parts in words)

    def _refuse(self, container: dict[str, Any], image: str) -> None:
        if "@sha256:" not in image:
            hint = "Write name@sha256:…: a tag may be moved, and what runs would not be what was tested."
            self._findings.invalid(self._where, f"image {image or '(none)'} is not pinned by digest", hint)
        if container.get("livenessProbe"):
            self._findings.notice("liveness probes: a container that ends is restarted, one that hangs is not")
        lifecycle = mapping(container.get("lifecycle"))
        if "postStart" in lifecycle:
            self._findings.unsupported(self._where, "lifecycle.postStart is not run on this machine")
        if "preStop" in lifecycle:
            self._findings.notice("lifecycle.preStop is not run: traffic is drained before a container is stopped")


def _without_tag(image: str) -> str:
    """Return an image by its digest alone: of `name:tag@digest` the tag says nothing."""
    name, at, digest = image.partition("@")
    head, colon, tag = name.rpartition(":")
    return f"{head if colon and '/' not in tag else name}{at}{digest}"
