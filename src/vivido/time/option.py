"""Lengths of time as options of the file: text there, microseconds or seconds in the code."""

from typing import Annotated

import msgspec

from vivido.errors import InputError
from vivido.time.clock import SECOND, parse_duration

Duration = Annotated[
    str,
    msgspec.Meta(
        description="A length of time: 500ms, 30s, 1h30m, 7d.",
        # For editors only: `positive` says the same in words a person understands.
        extra_json_schema={"pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"},
    ),
]
"""A length of time as people write it; checked where the file is read."""


def positive(option: str, text: str) -> int:
    """Return a duration in microseconds.

    Raises:
        ValueError: It is no duration, or no time at all. msgspec turns it into a mistake at the option's place.
    """
    try:
        length = parse_duration(text)
    except InputError as e:
        raise ValueError(f"{option}: {e.message}; {e.hint}") from e
    if length <= 0:
        raise ValueError(f"{option}: must be longer than nothing")
    return length


def seconds(option: str, text: str) -> float:
    """Return a duration in seconds.

    Raises:
        ValueError: As `positive`.
    """
    return positive(option, text) / SECOND
