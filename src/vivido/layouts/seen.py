"""Which images a kustomization's own `images:` gets to see: those of its resources, after what stands below has changed them.

Kustomize's order (`api/internal/target/kusttarget.go`, 5.8): resources and bases, each already transformed; components, which
transform all that is there; patches; then `images:`, entry by entry, each matching names exactly.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from vivido.layouts.manifests import fields
from vivido.layouts.matching import split
from vivido.render.images import image_fields
from vivido.render.kustomization import Kustomization, Reference
from vivido.render.tree import Read
from vivido.yamledit.document import Documents
from vivido.yamledit.tree import parse
from vivido.yamledit.values import plain_data

_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


def transformed(image: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Return an image after the entries of an `images:` field."""
    for entry in entries:
        name, tag, digest = split(image)
        if entry.get("name") != name:
            continue
        name = str(entry.get("newName") or name)
        if entry.get("newTag") or entry.get("digest"):
            tag, digest = str(entry.get("newTag") or ""), str(entry.get("digest") or "")
        image = name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    return image


def entries(kustomization: Kustomization) -> list[dict[str, Any]]:
    """Return the entries of a kustomization's `images:` that are mappings, others as empty ones, so that numbers stay."""
    found = kustomization.data.get("images")
    return [entry if isinstance(entry, dict) else {} for entry in found] if isinstance(found, list) else []


class Sight:
    """Sees the images of a kustomization and of those that it builds on."""

    def __init__(self, kustomizations: Iterable[Kustomization], read: Read) -> None:
        """Take the closure of a kustomization and its tree."""
        self._by_directory = {k.directory: k for k in kustomizations}
        self._read = read
        self._active: set[str] = set()

    def images(self, kustomization: Kustomization) -> list[str]:
        """Return the images that a kustomization's own `images:` sees, in the order of its resources.

        Raises:
            InputError: A resource or patch is no YAML.
        """
        if kustomization.directory in self._active:
            return []
        self._active.add(kustomization.directory)
        found = [i for r in kustomization.named("resources", "bases") for i in self._of_resource(r)]
        for reference in kustomization.named("components"):
            component = self._by_directory.get(reference.path or "")
            if component is not None:
                own = entries(component)
                found = [transformed(i, own) for i in [*found, *self.images(component)]]
        found += self._of_patches(kustomization)
        self._active.discard(kustomization.directory)
        return found

    def _of_resource(self, reference: Reference) -> list[str]:
        below = self._by_directory.get(reference.path) if reference.path is not None else None
        if below is not None:
            own = entries(below)
            return [transformed(i, own) for i in self.images(below)]
        data = self._read(reference.path or "")
        return [] if data is None else list(_in_manifests(data, reference.path or ""))

    def _of_patches(self, kustomization: Kustomization) -> list[str]:
        found: list[str] = []
        for reference in kustomization.named(*_PATCHES):
            data = self._read(reference.path or "")
            found += _in_patch((data or b"").decode("utf-8", "replace"), reference.path or "")
        for text in _inline(kustomization.data):
            found += _in_patch(text, kustomization.file)
        return found


def _inline(data: Mapping[str, Any]) -> Iterable[str]:
    for field in _PATCHES:
        value = data.get(field)
        for entry in value if isinstance(value, list) else []:
            text = entry.get("patch") if isinstance(entry, dict) else entry
            if isinstance(text, str) and ("\n" in text or ": " in text):
                yield text


# Overlays of several environments build on the same files, which are looked at for each.
@lru_cache(8192)
def _in_manifests(data: bytes, name: str) -> tuple[str, ...]:
    return tuple(f.image for f in fields(Documents(data, name)))


@lru_cache(8192)
def _in_patch(text: str, name: str) -> tuple[str, ...]:
    found: list[str] = []
    for root in parse(text, name):
        patch = plain_data(root, name)
        found += [image for _, _, image in image_fields(patch)]
        for step in patch if isinstance(patch, list) else []:
            found += _in_step(step)
    return tuple(found)


def _in_step(step: Any) -> list[str]:
    """Return the image that a step of a JSON patch sets (RFC 6902): alone, or with its container."""
    if not isinstance(step, dict):
        return []
    path, value = str(step.get("path", "")), step.get("value")
    if path.endswith("/image") and isinstance(value, str):
        return [value]
    if isinstance(value, dict) and "ontainers/" in path and isinstance(value.get("image"), str):
        return [value["image"]]
    return []
