"""Manual and harmless changes to a recorded environment, for the test and the benchmark: what Podman shows after each.

The environment was recorded from Podman 4.3 (`shapes/podman-4.3.json`): two replicas with everything a manifest can ask for, a pod
of two containers, a plain one and a finished Job. Each change edits the recording as Podman shows it after such a change, which was
looked up on real containers; `tests/targets/test_podman_observe.py` makes a smaller set on real ones.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vivido.drift.live.compare import live_drift
from vivido.model.observation import LiveDrift, Observation, Ownership
from vivido.targets.interface import Desired
from vivido.targets.podman.manifest.blueprint import SecretKey
from vivido.targets.podman.manifest.read import read_blueprint
from vivido.targets.podman.network import Network
from vivido.targets.podman.observe import masking, shape
from vivido.targets.podman.observe.assemble import Assembly
from vivido.targets.podman.observe.files import Touched
from vivido.targets.podman.observe.found import Limits, Looked
from vivido.targets.podman.observe.wanted import Wanted

RECORDED = Path(__file__).parent / "shapes" / "podman-4.3.json"
SECRETS = {("db", "password"): "hunter2", ("db", "user"): "shop"}
CONTAINERS = ("web-0", "web-1", "plain-0", "pair-0-main", "pair-0-side")


class World:
    """The recording, to be changed."""

    def __init__(self) -> None:
        self.raw: dict[str, Any] = json.loads(RECORDED.read_text())
        self.desired = msgspec.convert(self.raw["desired"], Desired)
        self.prefix = f"vivido-rich-dev-{self.desired.generation}-"

    def container(self, what: str) -> dict[str, Any]:
        return next(c for c in self.raw["containers"] if c["Name"] == self.prefix + what)

    def touch(self, what: str, how: str, *paths: str) -> None:
        self.raw["touched"][self.prefix + what].setdefault(how, []).extend(paths)

    def limit(self, what: str, **values: float | int | None) -> None:
        self.raw["limits"][self.prefix + what] |= values

    def pod(self) -> dict[str, Any]:
        return self.raw["pods"][0]

    def shared(self, what: str) -> tuple[dict[str, Any], str, str]:
        """Where ports and hosts stand: in the pod for a pod's container, else in the container itself."""
        if self.container(what)["Pod"]:
            return self.pod()["InfraConfig"], "PortBindings", "HostAdd"
        return self.container(what)["HostConfig"], "PortBindings", "ExtraHosts"

    def observe(self) -> Observation:
        blueprint = read_blueprint(self.desired, lambda n: tuple(k for s, k in SECRETS if s == n), ())
        net = self.raw["network"]
        network = Network(net["name"], net["network_interface"], net["subnets"][0]["subnet"])
        named = {self.desired.images["web"]: self.raw["images"][0]}
        wanted = Wanted(self.desired, blueprint, network, named)

        def ask(secret: SecretKey) -> str | None:
            return SECRETS.get((secret.name, secret.key))

        assembly = Assembly(self.desired, blueprint, ask, named)
        images = {i["Id"]: i for i in self.raw["images"]}
        live = assembly.workloads(
            map(self._looked, self.raw["containers"]), {p["Id"]: p for p in self.raw["pods"]}, images
        )
        desired = tuple(t for t in wanted.things() if t.identity.kind not in ("Volume", "Network"))
        sides = [
            tuple(msgspec.structs.replace(t, fields=masking.texts(t.fields, assembly.values)) for t in side)
            for side in (desired, live)
        ]
        return Observation(sides[0], sides[1], Ownership(tuple(assembly.claims)), shape.GROUPS)

    def drift(self) -> tuple[LiveDrift, ...]:
        return live_drift(self.observe())

    def _looked(self, inspect: dict[str, Any]) -> Looked:
        limits = msgspec.convert(self.raw["limits"].get(inspect["Name"], {}), Limits)
        touched = self.raw["touched"].get(inspect["Name"])
        return Looked(inspect, limits, None if touched is None else msgspec.convert(touched, Touched))


class Seed(NamedTuple):
    """One change: its name, what it does, and the beginnings of the places where it must be found (none: it is harmless)."""

    name: str
    make: Callable[[World], None]
    found: tuple[str, ...]


Change = Callable[[World, str, dict[str, Any], random.Random], None]


def line(c: dict[str, Any], *words: str) -> None:
    """Put flags into the command line that made a container, before its image."""
    made = c["Config"]["CreateCommand"]
    at = next(i for i, w in enumerate(made) if w.startswith("registry.test/"))
    made[at:at] = words


def env(c: dict[str, Any], name: str, value: str | None) -> None:
    """Set or remove a variable as Podman shows it."""
    kept = [e for e in c["Config"]["Env"] if e.partition("=")[0] != name]
    c["Config"]["Env"] = kept if value is None else [*kept, f"{name}={value}"]


def host(c: dict[str, Any], **values: Any) -> None:
    c["HostConfig"] |= values


def mount(c: dict[str, Any], at: str, source: str, *, writable: bool = True) -> None:
    c["Mounts"].append({"Type": "bind", "Source": source, "Destination": at, "Options": ["rbind"], "RW": writable})


def stray(world: World, what: str, name: str, **labels: str) -> None:
    """Add a container that nobody declared, like an existing one."""
    made = copy.deepcopy(world.container(what))
    made |= {"Name": name, "Id": name.ljust(64, "0")}
    made["Config"]["Labels"] = labels
    world.raw["containers"].append(made)


def networks(c: dict[str, Any], **values: Any) -> None:
    known = c["NetworkSettings"]["Networks"] or {}
    c["NetworkSettings"]["Networks"] = {k: v for k, v in {**known, **values}.items() if v is not None}


HERE, SHARED, EXTRA = "{c}/", "{pod}/(pod)/", "Container/by-hand"
"""Where a change must be found: in the container, in what its pod shares, or as a container of its own."""


def seeds(changes: dict[str, tuple[Change, str]], *, harmless: bool) -> Iterator[Seed]:
    """Yield each change on each container that it makes sense on."""
    for name, (change, where) in changes.items():
        for number, what in enumerate(CONTAINERS):
            # A pod's ports, hosts and networks are its first container's to tell.
            if what == "pair-0-side" and where == SHARED:
                continue
            workload, replica = what.split("-")[:2]
            container = what.split("-")[2] if what.count("-") > 1 else "main"
            places = {"c": f"Deployment/{workload}/{replica}/{container}", "pod": f"Deployment/{workload}/{replica}"}

            def make(world: World, what: str = what, change: Change = change, number: int = number) -> None:
                change(world, what, world.container(what), random.Random(number))

            yield Seed(f"{name} in {what}", make, () if harmless else (where.format(**places),))
