"""What a service declares to need, held against the objects that it runs in."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vivido.drift.contract.gap import Gap, Place, remedy
from vivido.drift.contract.pods import Pod
from vivido.drift.contract.supply import Supply
from vivido.drift.contract.variables import variables
from vivido.model.requires import Requires


class Declared(msgspec.Struct, frozen=True):
    """One service with its needs."""

    service: str
    images: tuple[str, ...]
    """As the rendered objects name its image: `repository@sha256:…`, or names that a tag or digest may follow."""
    requires: Requires


def unmet(one: Declared, pods: Sequence[Pod], supply: Supply) -> Iterator[Gap]:
    """Yield a gap for each need of a service that is not met."""
    running = list(_running(one, pods))
    place = running[0][0] if running else Place("", one.service, "", ())
    for name in one.requires.env:
        yield from _variable(one.service, name, running, supply)
    for kind, names in (("ConfigMap", one.requires.config), ("Secret", one.requires.secrets)):
        for name in names:
            yield from _object(one.service, kind, name, place, supply)
    for name in one.requires.services:
        if not supply.has("Service", place.namespace, name):
            message = f"{one.service} requires Service/{name}, which is not there"
            yield Gap("contract.requires", message, place, remedy("Service", name), ("Service", name))


def _variable(service: str, name: str, running: list[tuple[Place, dict[str, Any]]], supply: Supply) -> Iterator[Gap]:
    for at, container in running:
        if not variables(at, container, supply).has(name):
            message = (
                f"{service} requires the variable {name}, which container {at.path[-1]} of {at.object} does not have"
            )
            hint = f"Set {name} under the container's env, or in what its envFrom names."
            yield Gap("contract.requires", message, at, hint)


def _object(service: str, kind: str, text: str, at: Place, supply: Supply) -> Iterator[Gap]:
    name, _, key = text.partition("/")
    if not supply.has(kind, at.namespace, name):
        message = f"{service} requires {kind}/{name}{f' with key {key}' if key else ''}, which is not there"
        yield Gap("contract.requires", message, at, remedy(kind, name), (kind, name))
    elif key and not supply.has_key(kind, at.namespace, name, key):
        message = f"{service} requires key {key} of {kind}/{name}, which does not have it"
        yield Gap("contract.requires", message, at, remedy(kind, name, key), (kind, name, "data", key))


def _running(one: Declared, pods: Sequence[Pod]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the containers with the service's image: those that go on running, or, where there are none, those that end."""
    found = [
        (pod.ends, at, container)
        for pod in pods
        for at, container, prepares in pod.containers()
        if not prepares and _is_of(str(container.get("image", "")), one.images)
    ]
    lasting = any(not ends for ends, _, _ in found)
    yield from ((at, container) for ends, at, container in found if not (lasting and ends))


def _is_of(image: str, names: Sequence[str]) -> bool:
    return any(image == name or image.startswith((f"{name}:", f"{name}@")) for name in names)
