"""What a target sees beside what Git says: two sides of one shape, and who may have set what only the living side has."""

from typing import Any

import msgspec

from vivido.model.difference import Difference, Group, ObjectIdentity, Path

Fields = dict[str, Any]
"""An object's fields as nested mappings; lists stand for values whose order counts. Never a secret value, only marks of them."""

ANY = "*"
"""In a claim's path: any one segment. As its last segment: that one and everything below."""


class Thing(msgspec.Struct, frozen=True):
    """One object of either side."""

    identity: ObjectIdentity
    fields: Fields


class Claim(msgspec.Struct, frozen=True):
    """Somebody who sets fields: the system with its defaults, a controller, Vivido, a person's client."""

    manager: str
    """Its name as the system knows it (`podman`, `image`, `kube-controller-manager`, `kubectl-edit`)."""
    path: Path
    """The field, with `ANY` as a wildcard."""
    object: ObjectIdentity | None = None
    """None: of every object."""
    trusted: bool = False
    """It may set the field where Git says nothing."""
    overrides: bool = False
    """It may set the field even where Git says something else (an autoscaler and `replicas`)."""
    values: tuple[Any, ...] = ()
    """The only values that it is trusted with; empty: all."""
    at: str = ""
    """When it set the field last, RFC 3339; empty where the system does not keep it."""

    def covers(self, identity: ObjectIdentity, path: Path) -> bool:
        """Say whether a field is among those claimed."""
        if self.object is not None and self.object != identity:
            return False
        tail = bool(self.path) and self.path[-1] == ANY
        if len(path) < len(self.path) or (len(path) > len(self.path) and not tail):
            return False
        return all(mine in (ANY, theirs) for mine, theirs in zip(self.path, path, strict=False))


class Ownership(msgspec.Struct, frozen=True):
    """Who sets which fields of the living objects."""

    claims: tuple[Claim, ...] = ()
    ours: frozenset[str] = frozenset()
    """Names under which Vivido itself sets fields; empty where the system keeps no such record. An object that none of them claims
    has lost its record, which is a finding."""
    unowned_is_drift: bool = True
    """What nobody claims was set by hand (True), or is the system's default (False: Kubernetes with server-side apply, where what
    is defaulted is owned by nobody)."""


class Trace(msgspec.Struct, frozen=True):
    """Something that happened to a living object, as far as the system remembers."""

    object: ObjectIdentity
    what: str
    """`created`, `stopped`, `exec`…"""
    at: str
    """RFC 3339."""
    by: str = ""
    """The command or client that did it, without values; empty where it is not kept."""
    path: Path = ()
    """The part that it concerns; empty: the whole object."""


class Observation(msgspec.Struct, frozen=True):
    """One look at an environment."""

    desired: tuple[Thing, ...]
    live: tuple[Thing, ...]
    ownership: Ownership
    groups: dict[str, Group] = {}
    """Name of a field anywhere in a path → what it is about. The first segment that is listed decides."""
    traces: tuple[Trace, ...] = ()
    unseen: tuple[str, ...] = ()
    """What could not be looked at, a sentence each."""
    notes: tuple[str, ...] = ()
    """What is no difference and worth knowing: restarts by the system."""


class LiveDrift(msgspec.Struct, frozen=True, omit_defaults=True):
    """One difference between what runs (right) and what Git says (left)."""

    difference: Difference
    manager: str = ""
    """Who set it, as the system names it: a hint, for clients choose their names. Empty where it is not known."""
    at: str = ""
    """When, RFC 3339; empty where it is not known."""
    how: str = ""
    """What is known of how it came about: `created by podman run -d …`."""
