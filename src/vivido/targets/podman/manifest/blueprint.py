"""What one generation consists of, as far as this machine is concerned."""

import msgspec

from vivido.model.problem import Problem


class SecretKey(msgspec.Struct, frozen=True, order=True):
    """A secret value by name; the value itself is asked for when the container is made."""

    name: str
    key: str


class Variable(msgspec.Struct, frozen=True):
    """An environment variable: text and secret values in a row (`postgres://app:` + password + `@db`)."""

    name: str
    parts: tuple[str | SecretKey, ...]

    @property
    def secret(self) -> bool:
        """Whether any part of it is a secret value."""
        return any(isinstance(part, SecretKey) for part in self.parts)

    @property
    def plain(self) -> str:
        """Its text where it is no secret."""
        return "".join(part for part in self.parts if isinstance(part, str))


class Probe(msgspec.Struct, frozen=True):
    """How readiness is found out."""

    how: str
    """`http`, `tcp` or `exec`."""
    port: int = 0
    path: str = "/"
    https: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    timeout: float = 1.0
    """Seconds."""
    successes: int = 1
    """Passes in a row."""


class Volume(msgspec.Struct, frozen=True):
    """Storage of a pod."""

    name: str
    how: str
    """`empty`, `memory` (tmpfs), `files` (of ConfigMaps) or `claim` (kept over generations)."""
    files: tuple[tuple[str, str], ...] = ()
    """Path in the volume → text; of `files` only."""
    mode: int = 0o644
    """Permissions of the files."""
    claim: str = ""
    """Name of the PersistentVolumeClaim."""


class Mount(msgspec.Struct, frozen=True):
    """Where a container sees a volume."""

    volume: str
    path: str
    read_only: bool = False
    sub_path: str = ""


class SecretFile(msgspec.Struct, frozen=True):
    """A secret value as a file in a container."""

    secret: SecretKey
    path: str
    mode: int = 0o644


class Container(msgspec.Struct, frozen=True):
    """One container of a pod."""

    name: str
    image: str
    """`registry/path@sha256:…`."""
    service: str = ""
    """The service of the project whose artifact it runs; empty for others' images."""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    mounts: tuple[Mount, ...] = ()
    secret_files: tuple[SecretFile, ...] = ()
    directory: str = ""
    memory: int = 0
    """Bytes; 0: no limit."""
    cpus: float = 0.0
    flags: tuple[str, ...] = ()
    """What its security context means to Podman."""
    non_root: bool = False
    """It must not run as root, and leaves the choice of the user to its image."""
    ports: tuple[tuple[str, int], ...] = ()
    """Name (may be empty) and number."""
    startup: Probe | None = None
    readiness: Probe | None = None


class Workload(msgspec.Struct, frozen=True):
    """A Deployment's pods, or a Job's one."""

    kind: str
    name: str
    namespace: str
    replicas: int
    labels: dict[str, str]
    """Of the pods: what Services select."""
    containers: tuple[Container, ...]
    first: tuple[Container, ...] = ()
    """Init containers, one after the other."""
    volumes: tuple[Volume, ...] = ()
    grace: int = 30
    """Seconds between SIGTERM and SIGKILL."""
    min_ready: int = 0
    """Seconds that a pod without a probe has to run before it counts as ready."""
    attempts: int = 1
    """How often a Job may run."""
    deadline: int = 0
    """Seconds that a Job may take; 0: the target's limit."""

    @property
    def all_containers(self) -> tuple[Container, ...]:
        """Init containers and containers."""
        return self.first + self.containers


class Backend(msgspec.Struct, frozen=True):
    """The pods of one workload behind a Service's port."""

    workload: str
    port: int
    """Number of the container's port."""


class Port(msgspec.Struct, frozen=True):
    """A port of a Service."""

    number: int
    name: str
    mode: str
    """`http`, `h2` or `tcp`."""
    backends: tuple[Backend, ...]
    check: Probe | None = None
    """The readiness probe behind it, where HAProxy can go on asking it."""


class Service(msgspec.Struct, frozen=True):
    """A stable name in front of pods."""

    name: str
    namespace: str
    ports: tuple[Port, ...]


class Blueprint(msgspec.Struct, frozen=True):
    """One generation, ready to be made."""

    workloads: tuple[Workload, ...] = ()
    jobs: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    in_clear: dict[SecretKey, str] = {}
    """Secret values that stand in the manifests, which the project's file must allow by name."""

    @property
    def containers(self) -> tuple[Container, ...]:
        """Every container of it."""
        return tuple(c for w in self.jobs + self.workloads for c in w.all_containers)

    @property
    def secrets(self) -> tuple[SecretKey, ...]:
        """Every secret value that it needs, each once."""
        parts = (p for c in self.containers for v in c.variables for p in v.parts if isinstance(p, SecretKey))
        files = (f.secret for c in self.containers for f in c.secret_files)
        return tuple(sorted({*parts, *files}))

    def published(self, workload: Workload) -> tuple[int, ...]:
        """Return the container ports of a workload that have to be reached from this machine: Services' and probes'."""
        services = (b for s in self.services for p in s.ports for b in p.backends if b.workload == workload.name)
        probes = (p for c in workload.containers for p in (c.startup, c.readiness) if p is not None)
        return tuple(sorted({b.port for b in services} | {p.port for p in probes if p.port}))
