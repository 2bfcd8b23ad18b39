"""One thing that is needed and not there."""

import msgspec

from vivido.model.difference import Path, path_text
from vivido.model.foreign import mapping
from vivido.model.objects import Manifest, plain_name


class Place(msgspec.Struct, frozen=True):
    """Where in the rendered objects something is needed."""

    kind: str
    name: str
    """As it is rendered, with the hash of a generated name."""
    namespace: str
    path: Path
    """Keys from the object down; an item of a list by its `name` where it has one, else by its number."""

    def below(self, *keys: str) -> "Place":
        """Return a place inside this one."""
        return msgspec.structs.replace(self, path=(*self.path, *keys))

    @property
    def object(self) -> str:
        """`Kind/name`."""
        return f"{self.kind}/{self.name}"


class Gap(msgspec.Struct, frozen=True):
    """One thing that is needed and not there."""

    code: str
    """Stable and dotted: `contract.key`."""
    message: str
    """What is missing and what needs it, without the environment's name."""
    at: Place
    hint: str = ""
    needs: Path = ()
    """The thing that is missing as a selector names it: kind and name, and `data` and a key where one is meant. Empty where it is
    nothing that could be provided from outside."""
    where: str = ""
    """Where to look if the place cannot be traced to a file; empty: the object."""


def place_of(manifest: Manifest, *path: str) -> Place:
    """Return a place in an object."""
    meta = mapping(manifest.get("metadata"))
    return Place(
        str(manifest.get("kind", "")), str(meta.get("name", "")), str(meta.get("namespace") or ""), tuple(path)
    )


def remedy(kind: str, name: str, key: str = "") -> str:
    """Say what to do about an object, or a key of it, that is not there."""
    place = path_text((kind, plain_name(name), *(("data", key) if key else ())))
    source = "give it a source under the environment's `secrets:`, or " if kind == "Secret" else ""
    return f"Add it, {source}say under the environment's `provides:` who brings {place}."
