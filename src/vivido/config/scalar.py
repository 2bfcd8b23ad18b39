"""Unquoted values by YAML 1.2's core schema (yaml.org/spec/1.2.2 §10.3.2).

YAML 1.1, which PyYAML and Go follow by default, reads `on`, `yes` and `no` as true and false, `0644` as 420 and `12:30:45` as
45045. Here `on` is text and `12:30` is text; a number with a leading zero has two readings, so it is no number without a word
from whoever wrote it.
"""

import math
import re

from vivido.config.node import Value

MAX_DIGITS = 18
"""Longest number: what every reader keeps exactly as a 64-bit integer."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o([0-7]+)")
_HEX = re.compile(r"0x([0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_SWITCH = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}


def resolve(text: str) -> Value:
    """Return what an unquoted value means. A number that is too long stays text; `too_long` says so."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if too_long(text):
        return text
    return _number(text)


def _number(text: str) -> Value:
    if _INT.fullmatch(text):
        return int(text)
    if octal := _OCTAL.fullmatch(text):
        return int(octal[1], 8)
    if hexadecimal := _HEX.fullmatch(text):
        return int(hexadecimal[1], 16)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def too_long(text: str) -> bool:
    """Say whether text is a whole number of more digits than every reader keeps."""
    return len(text.lstrip("+-")) > MAX_DIGITS and any(p.fullmatch(text) for p in (_INT, _OCTAL, _HEX))


def two_readings(text: str) -> bool:
    """Say whether text is a number with a leading zero: octal to YAML 1.1, decimal to YAML 1.2."""
    return _LEADING_ZERO.fullmatch(text) is not None


def switch(text: str) -> bool | None:
    """Return what YAML 1.1 reads for `yes`, `on`, `no` and the like; None for any other text."""
    return _SWITCH.get(text.lower())
