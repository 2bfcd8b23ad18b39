"""An object taken apart as differences name its places: items by their merge keys, texts of ConfigMaps opened."""

from collections.abc import Mapping
from typing import Any

from vivido.drift.items import by_key, members, named, numbered
from vivido.drift.naming import Side
from vivido.drift.opened import opened
from vivido.drift.schema import ANY, Rule, below, object_fields
from vivido.model.difference import Path
from vivido.model.objects import Manifest
from vivido.model.places import Inside

_SIDE = Side({}, "keep")


def inside_of(manifest: Manifest) -> Inside:
    """Return what takes this object apart, beginning at its top (see `model.places.select`)."""
    top = object_fields(str(manifest.get("apiVersion", "")), str(manifest.get("kind", "")))
    rules: dict[Path, Rule] = {}

    def inside(path: Path, value: Any) -> Mapping[str, Any] | None:
        rule = rules.get(path, ANY)
        parts = _parts(path, value, rule)
        fields = below(rule) if path else top
        for key in parts or ():
            rules[(*path, key)] = fields.rules.get(key, fields.rest)
        return parts

    return inside


def _parts(path: Path, value: Any, rule: Rule) -> Mapping[str, Any] | None:
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    if isinstance(value, list):
        return _items(value, rule)
    if rule.kind == "content" and isinstance(value, str):
        read = opened(path[-1], value, value)
        return _parts(path, read[0], ANY) if read else None
    return None


def _items(items: list[Any], rule: Rule) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = None
    match rule.kind:
        case "map" | "ordered":
            found = by_key(items, rule.keys, _SIDE)
        case "set":
            found = members(items, _SIDE)
        case "any":
            found = named(items, _SIDE)
        case _:
            pass
    return numbered(items) if found is None else found
