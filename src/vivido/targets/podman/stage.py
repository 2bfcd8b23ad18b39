"""Bring a generation up beside what runs."""

from collections.abc import Callable, Iterable
from typing import Any

from vivido.targets.interface import Desired, TargetContext
from vivido.targets.podman import names as label
from vivido.targets.podman.arguments import Wiring
from vivido.targets.podman.images import bring
from vivido.targets.podman.jobs import Jobs
from vivido.targets.podman.manifest.blueprint import Blueprint, Service, Workload
from vivido.targets.podman.materials import Secrets, asking
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import Network, ensure_network
from vivido.targets.podman.pods import Maker, Pod
from vivido.targets.podman.program import Podman
from vivido.targets.podman.readiness import Waiter, container_name
from vivido.targets.podman.seen import Seen, see


def pods_of(names: Names, generation: str, workloads: Iterable[Workload]) -> list[Pod]:
    """Return the pods of a generation's workloads."""
    return [Pod(names.pod(generation, w, r), w, r, "pod") for w in workloads for r in range(w.replicas)]


def hosts_of(services: Iterable[Service], addresses: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the names by which pods know Services, as Kubernetes spells them, with their addresses."""
    return tuple(
        (name, addresses[s.name])
        for s in services
        for name in (
            s.name,
            f"{s.name}.{s.namespace}",
            f"{s.name}.{s.namespace}.svc",
            f"{s.name}.{s.namespace}.svc.cluster.local",
        )
    )


class Stage:
    """One call of `stage`."""

    def __init__(self, podman: Podman, context: TargetContext, desired: Desired, blueprint: Blueprint) -> None:
        self._podman = podman
        self._context = context
        self._desired = desired
        self._blueprint = blueprint
        self._names = Names(desired.project, desired.environment)
        self._secrets = Secrets(podman, self._names, desired.generation, asking(context, blueprint))
        self._images: dict[str, dict[str, Any]] = {}
        self._maker = Maker(podman, desired, context.state, self._secrets, self._images)

    def start(self, timeout: float) -> None:
        """Pull, run Jobs, start pods. What is there already is kept.

        Raises:
            RefusedError: `podman.job-failed`, `podman.secret-missing`.
            ToolError: `podman.failed`.
            UnreachableError: `podman.pull`.
        """
        for image in sorted({c.image for c in self._blueprint.containers}):
            self._images[image] = bring(self._podman, image, self._context.plain_http, self._context.progress)
        network = ensure_network(self._podman, self._names)
        self._run_jobs(network, timeout)
        self._ensure(self._pods, network, timeout)

    def wait(self, timeout: float) -> None:
        """Wait until all pods are ready.

        Raises:
            RefusedError: `target.not-ready`.
        """
        pods = self._pods
        self._context.progress(
            f"waiting for {len(pods)} pod{'s' if len(pods) != 1 else ''} to be ready, at most {timeout:g} s"
        )
        Waiter(self._podman, self._look, self._known_secrets, self._context.progress).wait(pods, timeout)

    @property
    def _pods(self) -> list[Pod]:
        return pods_of(self._names, self._desired.generation, self._blueprint.workloads)

    def _run_jobs(self, network: Network, timeout: float) -> None:
        jobs = Jobs(self._podman, self._names, self._maker, self._desired.generation, self._known_secrets)
        seen = {s.name: s for s in self._look()} if self._blueprint.jobs else {}
        for job in self._blueprint.jobs:
            self._context.progress(f"running job {job.name}, at most {float(job.deadline or timeout):g} s")
            jobs.run(job, self._wiring(network, job), seen, timeout)

    def _ensure(self, pods: list[Pod], network: Network, timeout: float) -> None:
        seen = {s.name: s for s in self._look()}
        for pod in pods:
            if not _is_up(pod, seen):
                wiring = self._wiring(network, pod.workload)
                self._maker.create(pod, wiring)
                self._maker.run_first(pod, wiring, timeout)
                self._maker.start(pod)

    def _wiring(self, network: Network, workload: Workload) -> Wiring:
        addresses = network.addresses(tuple(s.name for s in self._blueprint.services))
        hosts = hosts_of(self._blueprint.services, addresses)
        return Wiring(network.name, hosts, self._blueprint.published(workload))

    def _look(self) -> tuple[Seen, ...]:
        return see(self._podman, {**self._names.labels, label.GENERATION: self._desired.generation})

    @property
    def _known_secrets(self) -> Callable[[], tuple[str, ...]]:
        return lambda: self._secrets.values


def _is_up(pod: Pod, seen: dict[str, Seen]) -> bool:
    """Say whether every container of a pod runs. One that was made and not started is made again: it may be half made."""
    found = (seen.get(container_name(pod, spec)) for spec in pod.workload.containers)
    return all(f is not None and f.running for f in found)
