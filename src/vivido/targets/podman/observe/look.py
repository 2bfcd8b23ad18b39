"""Ask Podman and HAProxy what is there. No effect."""

import io
import tarfile
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from vivido.model.observation import Fields, Observation, Ownership, Thing
from vivido.targets.interface import Desired, TargetContext
from vivido.targets.podman.images import facts
from vivido.targets.podman.manifest.blueprint import Blueprint
from vivido.targets.podman.materials import asking
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import find_network
from vivido.targets.podman.observe import masking, shape, traces, traffic
from vivido.targets.podman.observe.assemble import Assembly, places_of
from vivido.targets.podman.observe.files import Touched
from vivido.targets.podman.observe.found import Looked
from vivido.targets.podman.observe.kernel import limits
from vivido.targets.podman.observe.traces import Place
from vivido.targets.podman.observe.wanted import Wanted, network_fields
from vivido.targets.podman.program import Podman, matching
from vivido.targets.podman.proxy.serving import Serving
from vivido.targets.podman.volumes import lasting

SINCE = "168h"
"""How far back events are read."""
EVENTS = 20.0
"""Seconds that reading events may take: they only tell when."""


class Look:
    """One look at one environment."""

    def __init__(self, podman: Podman, context: TargetContext, desired: Desired, blueprint: Blueprint) -> None:
        self._podman = podman
        self._context = context
        self._desired = desired
        self._blueprint = blueprint
        self._names = Names(desired.project, desired.environment)
        self._ask = asking(context, blueprint)
        self._unseen: list[str] = []

    def observe(self, writes: tuple[str, ...], haproxy: tuple[Fields, Fields] | None) -> Observation:
        """Return both sides.

        Args:
            writes: Directories in which programs may write.
            haproxy: What HAProxy should do and what it does; None where the environment has no Services.

        Raises:
            ToolError: `podman.failed`, `tool.missing`: nothing can be said.
        """
        self._context.progress("asking Podman for every container of the environment")
        named = self._images()
        wanted = Wanted(self._desired, self._blueprint, find_network(self._podman, self._names), named)
        desired = [*wanted.things(), *(self._secret(n, what) for n, what in wanted.secrets().items())]
        pods, looked = self._look()
        images = facts(self._podman, {str(x.inspect["Image"]) for x in looked})
        assembly = Assembly(self._desired, self._blueprint, self._ask, named, writes)
        live = [*assembly.workloads(looked, pods, images), *self._volumes(desired)]
        live += [*self._network(), *self._stored(wanted.secrets())]
        if haproxy is not None:
            desired.append(Thing(shape.TRAFFIC, haproxy[0]))
            live.append(Thing(shape.TRAFFIC, haproxy[1]))
        places = {**places_of(desired), **assembly.places}
        events = self._events(places)
        return Observation(
            _masked(desired, assembly.values),
            _masked(live, assembly.values),
            Ownership(tuple(assembly.claims)),
            shape.GROUPS,
            (*assembly.traces, *traces.of_events(events, places)),
            (*self._unseen, *assembly.unseen),
            traces.restarts(events, places),
        )

    def _images(self) -> dict[str, dict[str, Any]]:
        wanted = sorted({c.image for w in self._blueprint.workloads for c in w.containers})
        here = [i for i in wanted if self._podman.has("image", i)]
        self._unseen += [
            f"{i} is not on this machine any more: what it sets is not known" for i in wanted if i not in here
        ]
        return facts(self._podman, here)

    def _look(self) -> tuple[dict[str, dict[str, Any]], list[Looked]]:
        ids = {
            *self._podman.run("ps", "--all", "--quiet", "--no-trunc", *matching(self._names.labels)).split(),
            *self._podman.run("ps", "--all", "--quiet", "--no-trunc", f"--filter=network={self._names.prefix}").split(),
        }
        found = self._inspected(sorted(ids))
        pods = self._pods({str(f["Pod"]) for f in found if f.get("Pod")})
        members = {str(m["Id"]) for p in pods.values() for m in p.get("Containers") or []} - {
            str(f["Id"]) for f in found
        }
        found += self._inspected(sorted(members))
        return pods, [self._asked(f) for f in found]

    def _inspected(self, ids: list[str]) -> list[dict[str, Any]]:
        if not ids:
            return []
        done = self._podman.attempt("container", "inspect", *ids)
        # One that was removed between the two calls makes the call fail; the others are printed all the same.
        return msgspec.json.decode(done.stdout) if done.stdout.strip() else []

    def _pods(self, ids: set[str]) -> dict[str, dict[str, Any]]:
        if not ids:
            return {}
        found = self._podman.json("pod", "inspect", *sorted(ids))
        every: list[dict[str, Any]] = found if isinstance(found, list) else [found]
        ours = self._names.labels.items()
        return {str(p["Id"]): p for p in every if ours <= (p.get("Labels") or {}).items()}

    def _asked(self, inspect: dict[str, Any]) -> Looked:
        if inspect.get("IsInfra"):
            return Looked(inspect)
        return Looked(inspect, limits(inspect), self._touched(str(inspect["Id"])))

    def _touched(self, container: str) -> Touched | None:
        done = self._podman.attempt("diff", "--format=json", container)
        if done.returncode != 0:
            self._unseen.append(f"the files of container {container[:12]} could not be compared with its image")
            return None
        return msgspec.json.decode(done.stdout or b"{}", type=Touched)

    def _volumes(self, desired: list[Thing]) -> list[Thing]:
        listed = self._podman.json("volume", "ls", "--format=json") or []
        options = {str(v["Name"]): lasting(v.get("Options") or {}) for v in listed}
        found: list[Thing] = []
        for thing in desired:
            name = thing.identity.name
            if thing.identity != shape.volume(name) or name not in options:
                continue
            content = self._content(name) if "content" in thing.fields else {}
            fields = {"there": True, "options": options[name], "content": content}
            found.append(Thing(thing.identity, shape.without_empty(fields)))
        return found

    def _content(self, volume: str) -> dict[str, str]:
        done = self._podman.attempt("volume", "export", volume)
        try:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                files = [m for m in archive.getmembers() if m.isfile()]
                return {m.name.removeprefix("./"): _text(archive, m) for m in files}
        except (tarfile.TarError, EOFError):
            self._unseen.append(f"the files in volume {volume} could not be read")
            return {}

    def _network(self) -> list[Thing]:
        done = self._podman.attempt("network", "inspect", self._names.prefix)
        if done.returncode != 0:
            return []
        seen = msgspec.json.decode(done.stdout)[0]
        plain = (bool(seen.get("internal")), bool(seen.get("ipv6_enabled")), not seen.get("dns_enabled"))
        fields = network_fields(*plain, seen.get("labels") or {})
        return [Thing(shape.network(self._names.prefix), {**fields, "driver": str(seen.get("driver"))})]

    def _secret(self, stored: str, what: str) -> Thing:
        return Thing(shape.stored(stored), {"holds": what})

    def _stored(self, wanted: Mapping[str, str]) -> list[Thing]:
        if not wanted:
            return []
        there = set(self._podman.run("secret", "ls", "--format", "{{.Name}}").split())
        return [self._secret(name, what) for name, what in wanted.items() if name in there]

    def _events(self, places: Mapping[str, Place]) -> list[dict[str, Any]]:
        args = ("events", "--stream=false", f"--since={SINCE}", "--format=json", "--filter=type=container")
        done = self._podman.attempt(*args, timeout=EVENTS)
        if done.returncode != 0:
            self._unseen.append("Podman's events could not be read: when things were changed is not known")
            return []
        return [e for line in done.text.splitlines() if (e := _event(line)).get("Name") in places]


def _masked(things: Iterable[Thing], secrets: tuple[str, ...]) -> tuple[Thing, ...]:
    return tuple(msgspec.structs.replace(t, fields=masking.texts(t.fields, secrets)) for t in things)


def _event(line: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode("utf-8", "replace") if file else ""


def haproxy(
    desired: Desired, wanted: Serving, witness: traffic.Witness, blueprint: Blueprint
) -> tuple[Fields, Fields] | None:
    """Return what HAProxy should do and what it does; None where there is nothing for it to do."""
    if not any(s.ports for s in blueprint.services):
        return None
    return traffic.wanted(desired.generation, wanted), witness.fields()
