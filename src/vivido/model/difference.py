"""One difference between two renderings: which object, where in it, what is on either side, and what sort of thing it is."""

from enum import StrEnum
from typing import Any, Literal

import msgspec

ABSENT = msgspec.UNSET
"""What stands for “nothing there” on a side: not `None`, for `null` is a value. Left out where a difference is written as JSON."""

Path = tuple[str, ...]
"""Keys from an object down. An item of a list is its merge key's value (`web`; `8080,TCP` where the key has several fields),
a member of a set is itself, any other item its number from 0."""


class Sort(StrEnum):
    """How the two sides differ."""

    CHANGED = "changed"
    ONLY_LEFT = "only-left"
    ONLY_RIGHT = "only-right"
    ORDER = "order"
    """The same items in another order, in a list whose order has a meaning. The sides hold the keys that both have, in order."""


class Group(StrEnum):
    """What a difference is about, in the order in which people want to read it."""

    IMAGE = "image"
    CAPACITY = "capacity"
    """Replicas, requests, limits, sizes."""
    CONFIGURATION = "configuration"
    """ConfigMaps, Secrets, environment variables, arguments."""
    STRUCTURE = "structure"
    """Everything else: objects, containers, ports, probes, labels."""
    SECURITY = "security"
    """What widens or narrows rights: security contexts, RBAC, NetworkPolicies, host paths, service accounts, registries."""


Remark = Literal["", "derived", "spelling"]
"""Why a difference may mean nothing: it is `derived` from others (an annotation with a checksum or a time), or a text inside a
ConfigMap's key has the same values in another `spelling` (comments, order, quotes)."""


class ObjectIdentity(msgspec.Struct, frozen=True, order=True):
    """What makes an object the same on both sides."""

    group: str
    """The API group without a version; empty for the core group."""
    kind: str
    name: str
    """Without the hash that Kustomize appends to generated names."""
    namespace: str = ""
    """The role that the namespace plays; empty where none is given or namespaces do not count."""

    @property
    def text(self) -> str:
        """`Kind/name`, escaped as a path is. Group and namespace are not part of it: selectors name what people write."""
        return path_text((self.kind, self.name))


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value that differs. Values of Secrets are never in it, only keyed HMACs of them."""

    object: ObjectIdentity
    path: Path
    """Empty where the whole object is on one side only; that side then holds the object."""
    sort: Sort
    group: Group
    left: Any = ABSENT
    """The value as it is written on the left, or `ABSENT`."""
    right: Any = ABSENT
    """Likewise on the right."""
    remark: Remark = ""

    @property
    def at(self) -> str:
        """Where it is, as parity rules write it: `Deployment/web/spec/replicas`."""
        return "/".join((self.object.text, path_text(self.path))) if self.path else self.object.text


def path_text(path: Path) -> str:
    """Return segments joined by `/`, with `~` and `/` in them written `~0` and `~1` (JSON Pointer, RFC 6901 §3)."""
    return "/".join(escaped(segment) for segment in path)


def escaped(segment: str) -> str:
    """Return a segment as it stands in a path's text."""
    return segment.replace("~", "~0").replace("/", "~1")


def segments(text: str) -> Path:
    """Return the segments of a path's text: the inverse of `path_text`, except that an empty text is no segment at all."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")) if text else ()
