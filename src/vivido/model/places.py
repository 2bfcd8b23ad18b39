"""Places in objects: what a selector leads to, with the values that are there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vivido.model.difference import Path
from vivido.model.objects import Manifest, plain_name
from vivido.model.selector import ANY, matches

Inside = Callable[[Path, Any], Mapping[str, Any] | None]
"""Returns what is directly inside a value, by key; None where it is no collection. Given its path from the object and the value."""


def parts_by_name(path: Path, value: Any) -> Mapping[str, Any] | None:
    """Return what is inside a value: a mapping's values, a list's items by their `name` where each has its own, else by number."""
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items()}
    if not isinstance(value, list):
        return None
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return dict(zip([str(name) for name in names], value, strict=True))
    return {str(number): item for number, item in enumerate(value)}


def takes(pattern: Path, manifest: Manifest) -> bool:
    """Say whether an object is one that a selector's parts speak of, whatever is in it."""
    head = pattern[:2] if ANY not in pattern[:2] else (ANY,)
    return matches(head, _object(manifest))


def select(pattern: Path, manifest: Manifest, inside: Inside = parts_by_name) -> Iterator[tuple[Path, Any]]:
    """Yield each place of an object that a selector's parts lead to, once, with what is there.

    Args:
        pattern: Kind, name and keys.
        manifest: The object.
        inside: How values are taken apart.
    """
    top = _object(manifest)
    if takes(pattern, manifest):
        yield from _selected(pattern, top, (), manifest, inside)


def _selected(pattern: Path, top: Path, path: Path, value: Any, inside: Inside) -> Iterator[tuple[Path, Any]]:
    place = (*top, *path)
    if matches(pattern, place):
        yield path, value
    if len(place) >= len(pattern) and ANY not in pattern:
        return
    for key, part in (inside(path, value) or {}).items():
        if _may_go_on(pattern, len(place), key):
            yield from _selected(pattern, top, (*path, key), part, inside)


def _may_go_on(pattern: Path, depth: int, key: str) -> bool:
    """Say whether anything below a key can be selected; before the first `**` each part speaks of its own depth."""
    return ANY in pattern[: depth + 1] or matches((pattern[depth],), (key,))


def _object(manifest: Manifest) -> Path:
    name = str((manifest.get("metadata") or {}).get("name", ""))
    return (str(manifest.get("kind", "")), plain_name(name))
