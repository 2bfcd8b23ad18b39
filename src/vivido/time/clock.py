"""Instants as integers of microseconds since 1970 UTC, and the text people read and write for them."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from vivido.errors import InputError

SECOND = 1_000_000
"""Microseconds."""

Now = Callable[[], int]
"""Where the time comes from: an argument everywhere, so that tests run on a virtual clock."""

_UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86_400 * SECOND}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def system_now() -> int:
    """Return the wall clock's time."""
    return time.time_ns() // 1000


def parse_duration(text: str) -> int:
    """Read `90s`, `1h30m`, `2d` as microseconds.

    Raises:
        InputError: `time.duration`.
    """
    parts = _PART.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise InputError(f"“{text}” is no duration", code="time.duration", hint="Write 30s, 10m, 1h30m or 2d.")
    return sum(round(float(n) * _UNITS[u]) for n, u in parts)


def rfc3339(at: int) -> str:
    """Return `2026-11-23T10:00:00Z`, seconds precision."""
    return datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age(then: int, now: int) -> str:
    """Return how long ago, in one unit: `40s`, `12m`, `3h`, `5d`."""
    seconds = max(0, now - then) // SECOND
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
