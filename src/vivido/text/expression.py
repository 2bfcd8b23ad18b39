"""Regular expressions that people bring along: matched in linear time, by RE2.

Python's own engine goes back over what it has read, so that `(a+)+$` takes longer than anybody waits; RE2 has nothing that would
need that (no look-around, no back-references) and says so.
"""

from collections.abc import Callable
from typing import Any, cast

from vivido.errors import InputError

Expression = Callable[[str], bool]
"""Says whether all of a text fits."""

MEMORY = 1 << 20
"""Bytes that one compiled expression may take."""


def expression(text: str) -> Expression:
    """Return what says whether all of a text fits an expression.

    Raises:
        InputError: `expression`: it is none that RE2 reads (github.com/google/re2/wiki/Syntax), or grows too large.
    """
    # Loaded here: it takes 15 ms, and few files have an expression. It brings no types.
    import re2

    engine = cast("Any", re2)
    options = engine.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        compiled = engine.compile(text, options)
    except engine.error as e:
        why = e.args[0].decode("utf-8", "replace") if e.args and isinstance(e.args[0], bytes) else str(e)
        raise InputError(
            f"this is no expression: {why}",
            code="expression",
            hint="Write it as RE2 reads it: without look-around and back-references.",
        ) from e
    return lambda told: compiled.fullmatch(told) is not None
