"""The one differ of the house: what differs between two renderings, by identity and by meaning."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from vivido.model.canonical import canonical
from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Path, Sort
from vivido.model.objects import Manifest, Rendered, plain_name, same_object
from vivido.render.mask import Masks

Namespaces = Literal["keep", "ignore"] | Mapping[str, str]
"""What namespaces count for: they are part of an object's identity (`keep`), of no account (`ignore`), or stand for roles
(`{"shop-staging": "shop", "shop-production": "shop"}`; one that is not listed is its own role)."""


def differences(
    left: Rendered, right: Rendered, *, key: bytes, namespaces: Namespaces = "keep"
) -> tuple[Difference, ...]:
    """Return everything that differs, sorted by object and in the order of its fields. Pure.

    Args:
        left: What is compared.
        right: What it is compared with.
        key: Key of the HMACs that stand for values of Secrets: equal values give equal HMACs under one key, and nothing
            can be said about them without it.
        namespaces: What namespaces count for.
    """
    masks = Masks()
    before = {_identity(o, namespaces): o for o in masks.masked(left)}
    after = {_identity(o, namespaces): o for o in masks.masked(right)}
    return tuple(
        d for one in sorted(before.keys() | after.keys()) for d in _object(one, before.get(one), after.get(one))
    )


def _identity(manifest: Manifest, namespaces: Namespaces) -> ObjectIdentity:
    group, kind, namespace, name = same_object(manifest)
    role = namespaces.get(namespace, namespace) if isinstance(namespaces, Mapping) else namespace
    return ObjectIdentity(group, kind, plain_name(name), "" if namespaces == "ignore" else role)


def _object(identity: ObjectIdentity, left: Manifest | None, right: Manifest | None) -> Iterator[Difference]:
    if left is None or right is None:
        yield _difference(identity, (), left or ABSENT, right or ABSENT)
    else:
        yield from _below(identity, (), left, right)


def _below(identity: ObjectIdentity, path: Path, left: Any, right: Any) -> Iterator[Difference]:
    before, after = _parts(left), _parts(right)
    if before is None or after is None or type(left) is not type(right):
        if ABSENT in (left, right) or canonical(left) != canonical(right):
            yield _difference(identity, path, left, right)
        return
    for name in [*before, *(k for k in after if k not in before)]:
        yield from _below(identity, (*path, name), before.get(name, ABSENT), after.get(name, ABSENT))


def _parts(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    if not isinstance(value, list):
        return None
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return dict(zip([str(name) for name in names], value, strict=True))
    return {str(number): item for number, item in enumerate(value)}


def _difference(identity: ObjectIdentity, path: Path, left: Any, right: Any) -> Difference:
    sort = Sort.ONLY_RIGHT if left is ABSENT else Sort.ONLY_LEFT if right is ABSENT else Sort.CHANGED
    return Difference(identity, path, sort, Group.STRUCTURE, left, right)
