"""Quantities are exact numbers, in every spelling that a server takes."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.text.quantity import quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("100m", Fraction(1, 10)),
        ("1u", Fraction(1, 10**6)),
        ("1n", Fraction(1, 10**9)),
        ("1k", 1000),
        ("1M", 10**6),
        ("1G", 10**9),
        ("1T", 10**12),
        ("1P", 10**15),
        ("1E", 10**18),
        ("1E3", 1000),
        ("1e-3", Fraction(1, 1000)),
        ("100e-3", Fraction(1, 10)),
        ("1Ki", 1024),
        ("1Mi", 2**20),
        ("1Gi", 2**30),
        ("1Ti", 2**40),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
        ("-1.5Gi", Fraction(-3, 2) * 2**30),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+1", 1),
        (2, 2),
        (0.1, Fraction(1, 10)),
    ],
)
def test_every_suffix(text: Any, number: Any) -> None:
    assert quantity(text) == number


@pytest.mark.parametrize(
    "text", ["", ".", "1 Gi", "1ki", "1KB", "Gi", "0x10", "1e1000000000", "\u0661", True, None, [], "1" * 99]
)
def test_what_is_none(text: Any) -> None:
    assert quantity(text) is None


@given(st.text(max_size=12) | st.from_regex(r"[+-]?[0-9.]{0,6}[a-zA-Z0-9+-]{0,5}", fullmatch=True))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert quantity(text) is None or isinstance(quantity(text), Fraction)


@given(st.decimals(-1000, 1000, places=3, allow_nan=False))
def test_thousandths_are_the_same_number(number: Any) -> None:
    assert quantity(str(number)) == quantity(f"{int(number * 1000)}m")
