"""Pods inside objects: where their templates are and what they look like."""

from collections.abc import Iterator
from typing import Any

import msgspec

from vivido.drift.contract.gap import Place, place_of
from vivido.model.foreign import items, mapping
from vivido.model.objects import Manifest

_TEMPLATES = (("spec", "template"), ("spec", "jobTemplate", "spec", "template"), ("template",))
"""Where a workload keeps its pods: Deployments and their like (custom ones too), CronJobs, PodTemplates."""
_ONCE = ("Job", "CronJob")


class Pod(msgspec.Struct, frozen=True):
    """The pods that one object makes."""

    at: Place
    """Of the pod's spec."""
    spec: dict[str, Any]
    labels: dict[str, Any]
    claims: tuple[str, ...] = ()
    """Volumes that a StatefulSet makes a claim of for each pod."""

    @property
    def ends(self) -> bool:
        """Whether it runs to its end, as a Job's pods do."""
        return self.at.kind in _ONCE

    def containers(self) -> Iterator[tuple[Place, dict[str, Any], bool]]:
        """Yield each container with its place, and whether it only prepares the others."""
        for field in ("initContainers", "containers"):
            for number, one in enumerate(items(self.spec.get(field))):
                yield self.at.below(field, str(one.get("name") or number)), one, field == "initContainers"


def pods(manifest: Manifest) -> Iterator[Pod]:
    """Yield the pods of an object: its own where it is one, those of its templates otherwise."""
    if manifest.get("kind") == "Pod":
        yield from _pod(manifest, (), mapping(manifest))
    claims = tuple(str(mapping(c.get("metadata")).get("name")) for c in _claims(manifest))
    for path in _TEMPLATES:
        template: Any = manifest
        for key in path:
            template = mapping(template).get(key)
        yield from _pod(manifest, path, mapping(template), claims)


def _claims(manifest: Manifest) -> Iterator[dict[str, Any]]:
    return items(mapping(manifest.get("spec")).get("volumeClaimTemplates"))


def _pod(
    manifest: Manifest, path: tuple[str, ...], template: dict[str, Any], claims: tuple[str, ...] = ()
) -> Iterator[Pod]:
    spec = mapping(template.get("spec"))
    if isinstance(spec.get("containers"), list):
        labels = mapping(mapping(template.get("metadata")).get("labels"))
        yield Pod(place_of(manifest, *path, "spec"), spec, labels, claims)
