"""Objects that a pod refers to by name, and the keys of them that it needs.

Source: Kubernetes API reference, Container v1 and PodSpec v1. A pod whose ConfigMap, Secret or key is missing does not start; one
whose claim is missing is never scheduled.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from vivido.drift.contract.gap import Place
from vivido.drift.contract.pods import Pod
from vivido.model.foreign import items, mapping


class Need(msgspec.Struct, frozen=True):
    """One object, or one key of it, that something refers to."""

    kind: str
    name: str
    at: Place
    """Where the reference stands."""
    key: str = ""
    """Empty where the whole object is meant."""
    optional: bool = False


def needs_of(pod: Pod) -> Iterator[Need]:
    """Yield everything that a pod refers to."""
    yield from _accounts(pod)
    volumes = {str(v.get("name")): v for v in items(pod.spec.get("volumes"))}
    for number, volume in enumerate(items(pod.spec.get("volumes"))):
        yield from _volume(pod.at.below("volumes", str(volume.get("name") or number)), volume)
    for at, container, _ in pod.containers():
        yield from _variables(at, container)
        for mount in items(container.get("volumeMounts")):
            yield from _one_file(at, mount, volumes.get(str(mount.get("name")), {}))


def unknown_mounts(pod: Pod) -> Iterator[tuple[Place, str]]:
    """Yield each mount of a volume that the pod does not have, with the volume's name."""
    known = {str(v.get("name")) for v in items(pod.spec.get("volumes"))} | set(pod.claims)
    for at, container, _ in pod.containers():
        for field in ("volumeMounts", "volumeDevices"):
            for number, mount in enumerate(items(container.get(field))):
                if str(mount.get("name")) not in known:
                    yield at.below(field, str(mount.get("name") or number)), str(mount.get("name"))


def sources_of(at: Place, container: dict[str, Any]) -> Iterator[tuple[Need, str]]:
    """Yield the ConfigMaps and Secrets of which a container takes all keys as variables, each with its prefix."""
    for number, source in enumerate(items(container.get("envFrom"))):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if isinstance(reference := source.get(field), dict):
                place = at.below("envFrom", str(number), field, "name")
                yield _need(kind, reference, place), str(source.get("prefix") or "")


def _accounts(pod: Pod) -> Iterator[Need]:
    if name := pod.spec.get("serviceAccountName") or pod.spec.get("serviceAccount"):
        yield Need("ServiceAccount", str(name), pod.at.below("serviceAccountName"))
    for reference in items(pod.spec.get("imagePullSecrets")):
        yield _need("Secret", reference, pod.at.below("imagePullSecrets", str(reference.get("name"))))


def _variables(at: Place, container: dict[str, Any]) -> Iterator[Need]:
    yield from (need for need, _ in sources_of(at, container))
    for number, entry in enumerate(items(container.get("env"))):
        source = mapping(entry.get("valueFrom"))
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            if isinstance(reference := source.get(field), dict):
                place = at.below("env", str(entry.get("name") or number), "valueFrom", field, "key")
                yield _need(kind, reference, place, str(reference.get("key", "")))


def _volume(at: Place, volume: dict[str, Any]) -> Iterator[Need]:
    if isinstance(config := volume.get("configMap"), dict):
        yield from _files(at.below("configMap"), "ConfigMap", config, "name")
    if isinstance(secret := volume.get("secret"), dict):
        yield from _files(at.below("secret"), "Secret", secret, "secretName")
    if isinstance(claim := volume.get("persistentVolumeClaim"), dict):
        place = at.below("persistentVolumeClaim", "claimName")
        yield Need("PersistentVolumeClaim", str(claim.get("claimName", "")), place)
    if isinstance(reference := mapping(volume.get("csi")).get("nodePublishSecretRef"), dict):
        yield _need("Secret", reference, at.below("csi", "nodePublishSecretRef", "name"))
    for number, source in enumerate(items(mapping(volume.get("projected")).get("sources"))):
        place = at.below("projected", "sources", str(number))
        for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            if isinstance(reference := source.get(field), dict):
                yield from _files(place.below(field), kind, reference, "name")


def _files(at: Place, kind: str, source: dict[str, Any], name: str) -> Iterator[Need]:
    yield _need(kind, source, at.below(name), name=name)
    for number, item in enumerate(items(source.get("items"))):
        yield _need(kind, source, at.below("items", str(number), "key"), str(item.get("key", "")), name=name)


def _one_file(at: Place, mount: dict[str, Any], volume: dict[str, Any]) -> Iterator[Need]:
    """Yield the key that a mount's `subPath` is a file of: where it is missing, Kubernetes mounts an empty directory instead."""
    path = str(mount.get("subPath") or "")
    for field, kind, name in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        source = volume.get(field)
        if path and isinstance(source, dict):
            chosen = {str(i.get("path")): str(i.get("key")) for i in items(source.get("items"))}
            place = at.below("volumeMounts", str(mount.get("name")), "subPath")
            key = chosen.get(path, "") if chosen else path
            # A path that `items` does not have cannot be a key of it; one with a slash is in none.
            yield _need(kind, source, place, key or path, name=name)


def _need(kind: str, reference: dict[str, Any], at: Place, key: str = "", *, name: str = "name") -> Need:
    return Need(kind, str(reference.get(name, "")), at, key, reference.get("optional") is True)
