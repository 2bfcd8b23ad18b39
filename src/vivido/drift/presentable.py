"""Differences as they may be shown: without what looks like a password, wherever it stands."""

import re
from typing import Any

import msgspec

from vivido.model.difference import ABSENT, Difference
from vivido.text.redact import redact

_HARMLESS = re.compile(
    r"(?i)(?:name|names|ref|path|file|dir|url|uri|enabled|disabled|mode|class|type|ttl|seconds|minutes|hours|length|size|count)$"
)
"""Endings of names that tell where a secret is, or how long it holds, and not what it is."""


def presentable(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Return differences with every value redacted that is a password by its form or by its name (`DB_PASSWORD`).

    Values of Secrets are no part of differences anyway; this is for those that people wrote into ConfigMaps and variables. Two
    different values may then look alike: the difference stays.
    """
    return tuple(presented(one) for one in found)


def presented(one: Difference) -> Difference:
    """Return one difference as `presentable` does."""
    name = one.path[-1] if one.path else ""
    if name == "value" and len(one.path) > 1:
        name = one.path[-2]  # A variable: `env/DB_PASSWORD/value`.
    left, right = _redacted(name, one.left), _redacted(name, one.right)
    return msgspec.structs.replace(one, left=left, right=right)


def _redacted(name: str, value: Any) -> Any:
    if value is ABSENT:
        return value
    if isinstance(value, str):
        return _text(name, value)
    if isinstance(value, dict):
        own = value.get("name")
        called = own if isinstance(own, str) else ""
        return {key: _redacted(called if key == "value" and called else key, part) for key, part in value.items()}
    return [_redacted("", part) for part in value] if isinstance(value, list) else value


def _text(name: str, value: str) -> str:
    if value.startswith("hmac-sha256:"):
        return value
    label = f"{name}="
    if name and not _HARMLESS.search(name) and redact(f"{label}{value}") != f"{label}{redact(value)}":
        return "***"
    return redact(value)
