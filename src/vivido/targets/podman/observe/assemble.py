"""From containers one by one to the workloads that they should be: which is which, and what is nobody's. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vivido.errors import Error
from vivido.model.observation import Claim, Fields, Thing, Trace
from vivido.targets.interface import Desired
from vivido.targets.podman import names as label
from vivido.targets.podman.manifest.blueprint import Blueprint, Container, SecretKey, Workload
from vivido.targets.podman.names import Names
from vivido.targets.podman.observe import found as reading
from vivido.targets.podman.observe import masking, shape, traces
from vivido.targets.podman.observe.claims import claims
from vivido.targets.podman.observe.found import Looked
from vivido.targets.podman.observe.traces import Place
from vivido.targets.podman.observe.wanted import environment, shown

Pods = Mapping[str, Mapping[str, Any]]
"""Id of each pod of the environment → what `podman pod inspect` says of it."""
Images = Mapping[str, Mapping[str, Any]]
"""An image → what `podman image inspect` says of it."""


class Assembly:
    """Puts one look together."""

    def __init__(
        self,
        desired: Desired,
        blueprint: Blueprint,
        ask: Callable[[SecretKey], str | None],
        named: Images,
        writes: tuple[str, ...] = (),
    ) -> None:
        """Begin with nothing.

        Args:
            desired: What should run.
            blueprint: The same, read.
            ask: Gives a secret's value, None where there is no source; it may fail with an `Error`.
            named: What Podman knows of the images that should run, by the references that name them.
            writes: Directories in which programs may write.
        """
        self._named = named
        self._desired = desired
        self._blueprint = blueprint
        self._names = Names(desired.project, desired.environment)
        self._ask = ask
        self._writes = writes
        self._values: dict[SecretKey, str | None] = {}
        self.claims: list[Claim] = []
        self.traces: list[Trace] = []
        self.places: dict[str, Place] = {}
        self.unseen: list[str] = []
        self._alike: dict[str, set[str]] = {}

    @property
    def values(self) -> tuple[str, ...]:
        """The secret values that were asked for: what nobody else may see."""
        return tuple(v for v in self._values.values() if v)

    def workloads(self, looked: Iterable[Looked], pods: Pods, images: Images) -> list[Thing]:
        """Return every workload as it is, and what is there besides."""
        left = {x.name: x for x in looked}
        live: list[Thing] = []
        for workload in self._blueprint.workloads:
            replicas = {str(r): self._replica(workload, r, left, pods, images) for r in range(workload.replicas)}
            live.append(Thing(shape.identity(workload), {r: fields for r, fields in replicas.items() if fields}))
        strays = [x for x in left.values() if not self._belongs(x, pods)]
        for one in strays:
            self.places[one.name] = (shape.stray(one.name), ())
            self.traces += traces.of_making(one, self.places[one.name])
        return [*live, *(Thing(shape.stray(x.name), self._stray(x)) for x in strays)]

    def _stray(self, looked: Looked) -> Fields:
        """Return what is told of a container that nobody declared, and of which workload it is one more replica."""
        name = looked.labels.get(label.WORKLOAD, "")
        ours = (looked.labels.get(label.GENERATION), looked.labels.get(label.ROLE)) == (self._desired.generation, "pod")
        if not ours or reading.likeness(looked, self._writes) not in self._alike.get(name, ()):
            return reading.stray(looked)
        workload = next(w for w in self._blueprint.workloads if w.name == name)
        return {**reading.stray(looked), "replica-of": f"{workload.kind}/{name}"}

    def _replica(self, workload: Workload, replica: int, left: dict[str, Looked], pods: Pods, images: Images) -> Fields:
        pod, found = self._names.pod(self._desired.generation, workload, replica), Fields()
        for spec in workload.containers:
            name = f"{pod}-{spec.name}" if len(workload.containers) > 1 else pod
            one = left.pop(name, None) or self._renamed(workload, replica, left)
            if one is None:
                continue
            place: Place = (shape.identity(workload), (str(replica), spec.name))
            self.places[one.name] = place
            self.claims += claims(place[0], *place[1], one)
            self.traces += traces.of_making(one, place)
            digest, laid = spec.image.rpartition("@")[2], tuple(f.path for f in spec.secret_files)
            fields = reading.container(one, self._writes, digest, images.get(str(one.inspect["Image"])), laid)
            if len(workload.containers) == 1:
                self._alike.setdefault(workload.name, set()).add(reading.likeness(one, self._writes))
            found[spec.name] = {**fields, "env": self._variables(spec, one, fields)}
            found.setdefault(shape.POD, reading.shared(one, pods.get(one.pod)))
        return found

    def _variables(self, spec: Container, one: Looked, fields: Fields) -> dict[str, str]:
        """Return the variables; a secret one that Podman keeps to itself (since 5.3) is taken as it was given."""
        image = environment(self._named.get(spec.image, {}).get("Config") or {})
        told = masking.variables(fields.get("env", {}), spec, image, self._value)
        kept = [v for v in spec.variables if v.secret and v.name not in told]
        return {**told, **{v.name: shown(v) for v in kept if not one.line.known or v.name in one.line.variables}}

    def _value(self, secret: SecretKey) -> str | None:
        if secret not in self._values:
            try:
                self._values[secret] = self._ask(secret)
            except Error:
                self._values[secret] = None
            if self._values[secret] is None:
                self.unseen.append(f"secret {secret.name}/{secret.key} has no source now: its value is not compared")
        return self._values[secret]

    def _renamed(self, workload: Workload, replica: int, left: dict[str, Looked]) -> Looked | None:
        """Find a pod of one container by its labels where it is not called as it should be."""
        wanted = {
            label.GENERATION: self._desired.generation,
            label.WORKLOAD: workload.name,
            label.REPLICA: str(replica),
            label.ROLE: "pod",
        }
        if len(workload.containers) > 1:
            return None
        fitting = [n for n, x in left.items() if wanted.items() <= x.labels.items()]
        return left.pop(fitting[0]) if len(fitting) == 1 else None

    def _belongs(self, looked: Looked, pods: Pods) -> bool:
        """Say whether a container that is no part of a workload is Vivido's all the same."""
        if looked.inspect.get("IsInfra"):
            return looked.pod in pods
        if looked.labels.get(label.GENERATION) != self._desired.generation:
            return False
        generation, jobs = self._desired.generation, self._blueprint.jobs
        attempts = {self._names.job(generation, j, a) for j in jobs for a in range(j.attempts)}
        part_of_job = any(looked.name == a or looked.name.startswith(f"{a}-") for a in attempts)
        return looked.labels.get(label.ROLE) == "init" or part_of_job


def places_of(desired: Iterable[Thing]) -> dict[str, Place]:
    """Return the name of every container that should be there, with what it is: events tell when one went."""
    found: dict[str, Place] = {}
    for thing in desired:
        for replica, pod in thing.fields.items():
            for container, fields in pod.items() if isinstance(pod, Mapping) else ():
                if container != shape.POD and isinstance(fields, Mapping) and "name" in fields:
                    found[str(fields["name"])] = (thing.identity, (replica, str(container)))
    return found
