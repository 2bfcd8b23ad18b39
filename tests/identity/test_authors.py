"""Who counts as the author."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.identity.authors import is_author
from vivido.identity.whoami import public_keys
from vivido.model.actor import Person

ALICE = Person("alice", ("alice@example.com", "al@home.org"), ())


@pytest.mark.parametrize(
    "author", ["AL@home.org", "Alice", " alice@example.com ", "A. L. <AL@Home.org>", "x <b@x> <al@home.org>"]
)
def test_a_person_is_known_by_each_address_and_by_name(author: str) -> None:
    assert is_author(ALICE, ["bob@example.com", author])


@pytest.mark.parametrize(
    "author", ["", "bob@example.com", "alice@example.com.evil", "malice", "alice <>", "Alice <bob@example.com>"]
)
def test_somebody_else_is_somebody_else(author: str) -> None:
    assert not is_author(ALICE, [author])


def test_nobody_is_no_author_and_no_address_is_no_match() -> None:
    assert not is_author(ALICE, [])
    assert not is_author(Person("x", ("",), ()), ["", "<>"])


@given(st.emails(), st.lists(st.emails()))
def test_no_author_is_forgotten(mine: str, others: list[str]) -> None:
    person = Person("x", (mine,), ())
    assert is_author(person, [*others, mine.upper()])
    assert is_author(person, [*others, f"Somebody <{mine}>"])


def test_lines_that_are_no_keys_are_passed_over() -> None:
    assert public_keys(Person("a", (), ("rubbish",))) == ()
