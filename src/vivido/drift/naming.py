"""What makes two objects the same: names without generated hashes, namespaces by their role."""

from collections import Counter
from collections.abc import Mapping, Set
from typing import Literal, NamedTuple

from vivido.model.difference import ObjectIdentity, Path
from vivido.model.objects import Manifest, plain_name, same_object

Namespaces = Literal["keep", "ignore"] | Mapping[str, str]
"""What namespaces count for: they are part of an object's identity (`keep`), of no account (`ignore`), or stand for roles
(`{"shop-staging": "shop", "shop-production": "shop"}`; one that is not listed is its own role)."""

_GENERATED = ("ConfigMap", "Secret")
"""The kinds that Kustomize generates under names with a hash."""
_VALUES = frozenset({"data", "stringData", "labels", "annotations"})
"""What people call `namespace` below one of these is a value like any other."""
THE_NAMESPACE = "{namespace}"
"""The name of a side's only Namespace, where namespaces do not count."""


class Side(NamedTuple):
    """What names mean on one side.

    Attributes:
        names: Plain names by the generated names that they stand for here.
        namespaces: What namespaces count for.
    """

    names: Mapping[str, str]
    namespaces: Namespaces

    def name(self, name: str) -> str:
        """Return a name without a generated hash."""
        return self.names.get(name, name)

    def is_same_text(self, path: Path, left: str, other: "Side", right: str) -> bool:
        """Say whether a text means here what another one means on the other side."""
        if path[-1] == "namespace" and _VALUES.isdisjoint(path):
            return self.role(left) == other.role(right)
        return self.name(left) == other.name(right)

    def role(self, namespace: str) -> str:
        """Return what a namespace stands for."""
        if isinstance(self.namespaces, str):
            return "" if self.namespaces == "ignore" else namespace
        return self.namespaces.get(namespace, namespace)


Objects = dict[ObjectIdentity, Manifest]
_Generation = tuple[str, str, str]
"""Kind, namespace and plain name."""
_Named = list[tuple[ObjectIdentity, Manifest]]


def identified(
    left: tuple[Manifest, ...], right: tuple[Manifest, ...], namespaces: Namespaces
) -> tuple[tuple[Side, Objects], tuple[Side, Objects]]:
    """Return what names mean on either side, and its objects by their identity. No object is lost.

    Where two objects of a side would become one for want of their namespaces, both sides keep those of that name.
    """
    # Two generations beside each other would become one, so theirs keep their whole names on both sides.
    several = _several(left) | _several(right)
    sides = [_recognised(objects, several, namespaces) for objects in (left, right)]
    plain = [(side, dict(named)) for side, named in sides]
    if [len(found) for _, found in plain] != [len(left), len(right)]:
        apart = {(i.group, i.kind, i.name) for _, named in sides for i in _twice(named)}
        plain = [(side, _by_identity(named, apart)) for side, named in sides]
    return plain[0], plain[1]


def _recognised(
    objects: tuple[Manifest, ...], several: Set[_Generation], namespaces: Namespaces
) -> tuple[Side, _Named]:
    names = {name: one[2] for one, name in _generations(objects) if one[2] != name and one not in several}
    side = Side(names, namespaces)
    return side, [(_identity(side, one), one) for one in objects]


def _generations(objects: tuple[Manifest, ...]) -> list[tuple[_Generation, str]]:
    """Return the generated names of a side, each with what was generated."""
    keys = [same_object(o) for o in objects if o.get("kind") in _GENERATED]
    return [((kind, namespace, plain_name(name)), name) for _, kind, namespace, name in keys]


def _several(objects: tuple[Manifest, ...]) -> set[_Generation]:
    counted = Counter(generation for generation, _ in _generations(objects))
    return {generation for generation, count in counted.items() if count > 1}


def _twice(objects: _Named) -> set[ObjectIdentity]:
    seen: set[ObjectIdentity] = set()
    return {identity for identity, _ in objects if identity in seen or seen.add(identity)}


def _identity(side: Side, manifest: Manifest) -> ObjectIdentity:
    group, kind, namespace, name = same_object(manifest)
    if kind == "Namespace" and not group:
        return ObjectIdentity("", kind, side.role(name) or THE_NAMESPACE)
    plain = side.name(name) if kind in _GENERATED else name
    return ObjectIdentity(group, kind, plain, side.role(namespace))


def _by_identity(objects: _Named, apart: set[tuple[str, str, str]]) -> Objects:
    found: Objects = {}
    for identity, one in objects:
        kept = _with_namespace(identity, one) if (identity.group, identity.kind, identity.name) in apart else identity
        found[_free(kept, found)] = one
    return found


def _with_namespace(identity: ObjectIdentity, manifest: Manifest) -> ObjectIdentity:
    _, kind, namespace, name = same_object(manifest)
    return ObjectIdentity(identity.group, kind, name if kind == "Namespace" else identity.name, namespace)


def _free(identity: ObjectIdentity, taken: Objects) -> ObjectIdentity:
    """Return an identity that nothing has: what was not checked may hold an object twice."""
    free, number = identity, 1
    while free in taken:
        number += 1
        free = ObjectIdentity(identity.group, identity.kind, f"{identity.name}#{number}", identity.namespace)
    return free
