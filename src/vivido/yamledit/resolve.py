"""What a plain scalar means to those who read it.

Kubernetes reads YAML through sigs.k8s.io/yaml, that is go-yaml v2 and then JSON; `resolve` follows its `resolve.go`: YAML 1.1
with `y` and `yes` as booleans and leading-zero octals, but no base 60 and no dates. `reads_as_text` is stricter: it holds
only where YAML 1.1, YAML 1.2 and Go agree that it is a string, because nobody knows who reads the file next.
"""

import math
import re

Value = str | int | float | bool | None
"""What a scalar stands for."""

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INT = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]*)|([1-9][0-9]*))")
_BASES = (16, 8, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INT64 = range(-(2**63), 2**63)
"""Whole numbers of this size stay whole on their way through JSON, `12345e6` too; larger ones become floats."""

_AMBIGUOUS_WORD = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.(?:inf|nan)")
_NUMBER_LIKE = re.compile(r"[-+.]?[0-9_][0-9a-fA-FxXoObB_.,:+\-TtZz ]*|[-+]?[.][0-9_.eE+-]*|[-+]")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
"""`1.2.3`: two dots, no parser's number."""


def resolve(text: str) -> Value:
    """Return what a plain scalar means to Kubernetes."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        return _as_float(text) if _FLOAT.fullmatch(text) else text
    if first not in "+-0123456789":
        return text
    digits = text.replace("_", "")
    whole = _INT.fullmatch(digits)
    if whole:
        number = _as_int(whole)
        if number in _INT64:
            return number
        if number < 2**64 and not whole.group(1):
            return float(number)
    return _as_float(digits, text) if _FLOAT.fullmatch(digits) else text


def _as_int(match: re.Match[str]) -> int:
    sign, *parts = match.groups()
    number = next(int(part or "0", base) for part, base in zip(parts, _BASES, strict=True) if part is not None)
    return -number if sign == "-" else number


def _as_float(digits: str, text: str = "") -> Value:
    number = float(digits)
    if math.isinf(number):
        return text or digits
    return int(number) if number.is_integer() and int(number) in _INT64 else number


def reads_as_text(text: str) -> bool:
    """Say whether every reader takes this plain scalar for a string, `1.10`, `0e5`, `yes` and dates excluded."""
    if not text or _AMBIGUOUS_WORD.fullmatch(text):
        return False
    return _VERSION.fullmatch(text) is not None or _NUMBER_LIKE.fullmatch(text) is None
