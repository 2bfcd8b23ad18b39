"""Kubernetes' quantities: `500m`, `0.5`, `1Gi`, `1e3` as exact numbers (apimachinery `api/resource/quantity.go`)."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

_QUANTITY = re.compile(
    r"([+-]?)([0-9]{1,40})?(?:\.([0-9]{0,40}))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?[0-9]{1,3}))?"
)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def quantity(value: Any) -> Fraction | None:
    """Return the number that a quantity stands for; None where it is none that a server would take."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _parsed(str(value))


@lru_cache(4096)
def _parsed(text: str) -> Fraction | None:
    match = _QUANTITY.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return None
    sign, whole, part, suffix, exponent = match.groups(default="")
    number = Fraction(int(sign + whole + part or "0"), 10 ** len(part))
    if suffix in _BINARY:
        return number * 2 ** _BINARY[suffix]
    power = _DECIMAL[suffix] if suffix else int(exponent or "0")
    return number * Fraction(10) ** power
