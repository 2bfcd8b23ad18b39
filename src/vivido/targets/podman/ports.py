"""Loopback ports under which this machine reaches an environment's Services: the same ones over all generations."""

import socket
from pathlib import Path

import msgspec

from vivido.model.canonical import sha256
from vivido.model.problem import Problem
from vivido.targets.podman.manifest.blueprint import Blueprint, Port, Service
from vivido.targets.podman.names import Names
from vivido.targets.record import load, save

FIRST, COUNT = 20_000, 10_000
"""Below the ports that kernels give to outgoing connections (32768 and up on Linux)."""


class Assigned(msgspec.Struct, frozen=True):
    """`service:port` → loopback port."""

    ports: dict[str, int] = {}


class Ports:
    """The ports of one environment."""

    def __init__(self, names: Names, record: Path, chosen: dict[str, int]) -> None:
        self._names = names
        self._record = record
        self._chosen = chosen

    def plan(self, blueprint: Blueprint) -> dict[str, int]:
        """Return a port for each Service's port: what the file says, what it had before, or one that is free now."""
        before = (load(self._record, Assigned) or Assigned()).ports
        taken = set(self._chosen.values())
        planned: dict[str, int] = {}
        for key, aliases in _keys(blueprint):
            chosen = next((self._chosen[a] for a in aliases if a in self._chosen), None)
            kept = before.get(key) if before.get(key) not in taken else None
            planned[key] = chosen or kept or self._free(key, taken)
            taken.add(planned[key])
        return planned

    def keep(self, planned: dict[str, int]) -> None:
        """Remember what was planned; what Services had that are gone stays theirs."""
        before = (load(self._record, Assigned) or Assigned()).ports
        if {**before, **planned} != before:
            save(self._record, Assigned({**before, **planned}))

    def problems(self, blueprint: Blueprint, ours: set[int]) -> tuple[Problem, ...]:
        """Say which ports are somebody else's, and which the file gives to Services that do not exist."""
        aliases = {a for _, names in _keys(blueprint) for a in names}
        unknown = [
            Problem(
                "podman.port-unknown",
                f"`ports:` names {name}, which is no Service of this environment",
                f"There is: {', '.join(sorted(aliases)) or 'no Service'}.",
            )
            for name in self._chosen
            if name not in aliases
        ]
        planned = self.plan(blueprint)
        taken = [
            Problem(
                "podman.port-taken",
                f"port {port} for Service {key} is taken by another program",
                "Stop what listens there, or choose another port under the target's `ports:`.",
                f"Service/{key.partition(':')[0]}",
            )
            for key, port in planned.items()
            if port not in ours and not is_free(port)
        ]
        return (*unknown, *taken)

    def _free(self, key: str, taken: set[int]) -> int:
        start = int(sha256(f"{self._names.prefix}/{key}".encode())[:8], 16)
        steps = (FIRST + (start + step) % COUNT for step in range(COUNT))
        return next((p for p in steps if p not in taken and is_free(p)), FIRST + start % COUNT)


def _keys(blueprint: Blueprint) -> list[tuple[str, tuple[str, ...]]]:
    """Return `service:number` of every port, and the names under which the file may choose it."""
    return [
        (f"{service.name}:{port.number}", _aliases(service, port))
        for service in blueprint.services
        for port in service.ports
    ]


def _aliases(service: Service, port: Port) -> tuple[str, ...]:
    alone = (service.name,) if port == service.ports[0] else ()
    named = (f"{service.name}:{port.name}",) if port.name else ()
    return (f"{service.name}:{port.number}", *named, *alone)


def is_free(port: int) -> bool:
    """Say whether nobody listens on a loopback port."""
    with socket.socket() as probe:
        # As HAProxy binds: connections that linger after their listener ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
