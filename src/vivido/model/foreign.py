"""Reading plain data that others wrote without trusting its types: what is not as expected is empty."""

from collections.abc import Iterator
from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """Return a mapping, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a list; what is something else is skipped."""
    return (v for v in value if isinstance(v, dict)) if isinstance(value, list) else iter(())


def strings(value: Any) -> tuple[str, ...]:
    """Return a list's members as text."""
    return tuple(str(v) for v in value) if isinstance(value, list) else ()


def name_of(manifest: dict[str, Any]) -> str:
    """Return an object's name."""
    return str(mapping(manifest.get("metadata")).get("name", ""))
