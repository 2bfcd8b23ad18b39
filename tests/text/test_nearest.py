import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.text.nearest import LONGEST, distance, nearest

WORDS = ("services", "environments", "staging", "production", "plain-http", "run", "http", "approve")
word = st.text("abcd-", max_size=8)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("servcies", "services"),
        ("stging", "staging"),
        ("Staging", "staging"),
        ("plain_http", "plain-http"),
        ("plain_htpt", "plain-http"),
        ("prod", "production"),
        ("rnu", "run"),
        ("htp", "http"),
        ("aprove", "approve"),
        ("x", None),
        ("", None),
        ("zebra", None),
        ("ru", "run"),
        ("a" * (LONGEST + 1), None),
    ],
)
def test_what_was_probably_meant(written: str, meant: str | None) -> None:
    assert nearest(written, WORDS) == meant


def test_of_two_equally_near_the_first_wins() -> None:
    assert nearest("bat", ("cat", "rat")) == "cat"
    assert nearest("bat", ()) is None


@settings(deadline=None)
@given(word, word, word)
def test_the_distance_is_one_between_equals_and_symmetric(a: str, b: str, c: str) -> None:
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, b) == distance(b, a) <= max(len(a), len(b))
    assert distance(a + c, b + c) <= distance(a, b)


def test_a_swap_counts_once() -> None:
    assert distance("form", "from") == 1
    assert distance("abc", "") == 3
