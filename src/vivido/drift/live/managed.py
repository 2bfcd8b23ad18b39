"""Claims out of Kubernetes' own record: `metadata.managedFields`. Pure, so that an audit of a cluster is one more adapter.

Source of the format: Kubernetes API reference, FieldsV1, and structured-merge-diff's `fieldpath`: a field is `f:name`, an item of
an associative list `k:{"name":"main"}`, a member of a set `v:value`, an item of an atomic list `i:number`; `.` is the thing itself.

Attribution is a hint: times are written by the server, names are chosen by clients.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from vivido.model.difference import ObjectIdentity, Path
from vivido.model.objects import Manifest, same_object
from vivido.model.observation import ANY, Claim, Ownership, Thing

Keys = Mapping[Path, tuple[str, ...]]
"""Path of an associative list, items left out → the fields that make its key."""

NEVER = ("status", "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink")
"""What the server alone writes."""


def ownership(
    objects: Collection[Manifest], ours: frozenset[str], trusted: Mapping[str, tuple[Path, ...]]
) -> Ownership:
    """Read who owns which fields.

    Args:
        objects: As the server lists them.
        ours: Names under which Vivido applies.
        trusted: Manager → paths that it may set, with `ANY` as a wildcard, even where Git says otherwise
            (`kube-controller-manager`, an autoscaler's `spec/replicas`).
    """
    claims = tuple(claim for one in objects for claim in _claims(one, trusted))
    return Ownership(claims, ours, unowned_is_drift=False)


def thing(manifest: Manifest, keys: Keys) -> Thing:
    """Return an object in the shape that is compared: associative lists as mappings, without what the server alone writes."""
    metadata = {k: v for k, v in (manifest.get("metadata") or {}).items() if k not in NEVER}
    fields = {k: v for k, v in manifest.items() if k not in NEVER}
    return Thing(identity_of(manifest), _keyed((), {**fields, "metadata": metadata}, keys))


def identity_of(manifest: Manifest) -> ObjectIdentity:
    """Return what tells an object apart; nothing is stripped, for what runs is called exactly as it is applied."""
    group, kind, namespace, name = same_object(manifest)
    return ObjectIdentity(group, kind, name, namespace)


def list_keys(objects: Collection[Manifest]) -> Keys:
    """Return which lists are associative, as the records themselves say."""
    found: dict[Path, tuple[str, ...]] = {}
    for one in objects:
        for entry in _entries(one):
            found |= dict(_lists((), entry.get("fieldsV1") or {}))
    return found


def _entries(manifest: Manifest) -> list[dict[str, Any]]:
    # What is written to the subresource `status` is the system's own story.
    entries = (manifest.get("metadata") or {}).get("managedFields") or []
    return [e for e in entries if e.get("subresource") != "status"]


def _claims(manifest: Manifest, trusted: Mapping[str, tuple[Path, ...]]) -> Iterator[Claim]:
    identity = identity_of(manifest)
    for entry in _entries(manifest):
        manager, at = str(entry.get("manager", "")), str(entry.get("time", ""))
        for path in _paths((), entry.get("fieldsV1") or {}):
            allowed = [Claim(manager, p) for p in trusted.get(manager, ())]
            trust = any(a.covers(identity, path) for a in allowed)
            yield Claim(manager, path, identity, trusted=trust, overrides=trust, at=at)


def _paths(path: Path, fields: Mapping[str, Any]) -> Iterator[Path]:
    for key, below in fields.items():
        if key == ".":
            continue
        here = (*path, _segment(key))
        yield here
        if not below:
            # Owned as one value, whatever it is made of.
            yield (*here, ANY)
        yield from _paths(here, below)


def _lists(path: Path, fields: Mapping[str, Any]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for key, below in fields.items():
        if key.startswith("k:"):
            yield path, tuple(json.loads(key[2:]))
            yield from _lists(path, below)
        elif key != ".":
            yield from _lists((*path, _segment(key)), below)


def _segment(key: str) -> str:
    kind, _, rest = key.partition(":")
    if kind == "k":
        return ",".join(_text(v) for v in json.loads(rest).values())
    return _text(json.loads(rest)) if kind == "v" else rest


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _keyed(path: Path, value: Any, keys: Keys) -> Any:
    """Turn associative lists into mappings. `path` leaves items out, as `Keys` does."""
    if isinstance(value, Mapping):
        return {str(k): _keyed((*path, str(k)), v, keys) for k, v in value.items()}
    names = keys.get(path)
    if names is None or not isinstance(value, list) or not all(isinstance(i, Mapping) for i in value):
        return value
    return {_name(item, names): _keyed(path, item, keys) for item in value}


def _name(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    # The one key field that the server defaults before it records ownership.
    return ",".join(_text(item.get(n, "TCP" if n == "protocol" else None)) for n in names)
