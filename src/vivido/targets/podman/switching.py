"""From what is there to what should serve."""

import os

from vivido.errors import RefusedError
from vivido.targets.interface import Desired
from vivido.targets.podman.manifest.blueprint import Blueprint, Port, Service
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import Network
from vivido.targets.podman.proxy.serving import Route, Server, Serving
from vivido.targets.podman.readiness import container_name
from vivido.targets.podman.seen import Seen
from vivido.targets.podman.stage import pods_of


def serving_of(
    desired: Desired, blueprint: Blueprint, seen: tuple[Seen, ...], network: Network, public: dict[str, int]
) -> Serving:
    """Return what should serve when a generation has the traffic.

    Raises:
        RefusedError: `target.not-ready`: a pod is not there any more.
    """
    names = Names(desired.project, desired.environment)
    addresses = network.addresses(tuple(s.name for s in blueprint.services))
    published = _published(names, desired, blueprint, seen)
    routes = tuple(
        _route(desired, service, port, addresses[service.name], public, published)
        for service in blueprint.services
        for port in service.ports
    )
    count = sum(len(w.containers) * w.replicas for w in blueprint.workloads)
    return Serving(desired.generation, desired.release, routes, count)


Published = dict[str, list[tuple[int, dict[int, int]]]]
"""Workload → replica and its ports."""


def _published(names: Names, desired: Desired, blueprint: Blueprint, seen: tuple[Seen, ...]) -> Published:
    found = {s.name: s for s in seen}
    published: Published = {w.name: [] for w in blueprint.workloads}
    for pod in pods_of(names, desired.generation, blueprint.workloads):
        container = found.get(container_name(pod, pod.workload.containers[0]))
        if container is None:
            raise RefusedError(
                f"pod {pod.name} is gone since it was staged",
                code="target.not-ready",
                hint="Retry: it is staged again.",
            )
        published[pod.workload.name].append((pod.replica, container.ports))
    return published


def _route(
    desired: Desired, service: Service, port: Port, address: str, public: dict[str, int], published: Published
) -> Route:
    servers = tuple(
        Server(f"{desired.generation}.{backend.workload}.{replica}", ports[backend.port])
        for backend in port.backends
        for replica, ports in published[backend.workload]
    )
    number = public[f"{service.name}:{port.number}"]
    return Route(
        service=service.name,
        number=port.number,
        label=port.name,
        mode=port.mode,
        address=address,
        public=number,
        check=port.check,
        servers=servers,
        rootless=os.geteuid() != 0,
    )
