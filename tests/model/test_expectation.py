"""Predicates on one value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.model.difference import ABSENT
from vivido.model.expectation import KINDS, Predicate
from vivido.text.expression import expression
from vivido.text.quantity import quantity

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)


@pytest.mark.parametrize(
    ("kind", "operands", "value", "holds"),
    [
        ("equals", ("verify-full",), "verify-full", True),
        ("equals", ("verify-full",), "verify-ful", False),
        ("equals", (5,), "5", True),
        ("equals", (5,), 5, True),
        ("equals", (5,), 5.0, True),
        ("equals", ("5",), 5, False),
        ("equals", (True,), "true", True),
        ("equals", (True,), True, True),
        ("equals", (True,), 1, False),
        ("equals", (1,), True, False),
        ("equals", (None,), None, True),
        ("equals", ("null",), None, False),
        ("one-of", ("a", "b"), "b", True),
        ("one-of", ("a", "b"), "c", False),
        ("one-of", (), "c", False),
        ("regex", ("postgres://.*",), "postgres://db", True),
        ("regex", ("postgres",), "postgres://db", False),
        ("regex", ("[0-9]+",), 42, True),
        ("regex", (".*",), {"a": 1}, False),
        ("at-least", (2,), 2, True),
        ("at-least", (2,), "10", True),
        ("at-least", ("500Mi",), "1Gi", True),
        ("at-least", ("500m",), "0.4", False),
        ("at-least", (2,), "many", False),
        ("at-least", (0,), True, False),
        ("at-most", ("1Gi",), "1024Mi", True),
        ("at-most", (1,), "1001m", False),
        ("present", (), None, True),
        ("present", (), "", True),
        ("present", (), ABSENT, False),
        ("absent", (), ABSENT, True),
        ("absent", (), None, False),
    ],
)
def test_a_predicate_holds_or_not(kind: str, operands: tuple[Any, ...], value: Any, holds: bool) -> None:
    assert Predicate(kind, operands).holds(value) is holds


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "absent"])
def test_what_is_not_there_is_as_nothing_must_be_but_absent(kind: str) -> None:
    assert not Predicate(kind, ("a",)).holds(ABSENT)


@given(SCALARS)
def test_every_value_equals_itself_and_its_text(value: Any) -> None:
    assert Predicate("equals", (value,)).holds(value)
    assert Predicate("one-of", ("something else", value)).holds(value)


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_limits_are_those_of_numbers(value: int, limit: int) -> None:
    assert Predicate("at-least", (limit,)).holds(value) == (value >= limit)
    assert Predicate("at-most", (str(limit),)).holds(str(value)) == (value <= limit)


@pytest.mark.parametrize(
    ("predicate", "told"),
    [
        (Predicate("equals", ("verify-full",)), "must be verify-full"),
        (Predicate("one-of", ("a", 1, True)), "must be one of a, 1, true"),
        (Predicate("regex", ("a+",)), "must match a+"),
        (Predicate("absent"), "must not be there"),
    ],
)
def test_a_predicate_can_be_told(predicate: Predicate, told: str) -> None:
    assert predicate.told == told


def test_an_expression_that_others_take_years_for_ends() -> None:
    assert not Predicate("regex", ("(a+)+$",)).holds("a" * 20_000 + "b")


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)b", "(", "[", "a{1001}", r"\8", "(?P<x"])
def test_an_expression_that_needs_backtracking_or_is_broken_is_told(pattern: str) -> None:
    with pytest.raises(InputError, match="no expression"):
        expression(pattern)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("128Mi", 134217728),
        ("1e3", 1000),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("2.", 2),
        ("1.5G", 1500000000),
    ],
)
def test_quantities_are_read_as_kubernetes_reads_them(text: str, number: float) -> None:
    found = quantity(text)
    assert found is not None
    assert float(found) == number


@pytest.mark.parametrize(
    "text", ["", "Mi", "1 Mi", "1e", "0x1", "1mi", "1e9999", "nan", "inf", True, None, [], "1" * 3 + "\n"]
)
def test_what_is_no_quantity_is_none(text: Any) -> None:
    assert quantity(text) is None
