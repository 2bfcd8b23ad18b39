"""Who counts as the author."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vivido.identity.authors import authors, is_author, marks
from vivido.identity.whoami import public_keys
from vivido.model.actor import Person, Roster


class Made(msgspec.Struct, frozen=True):
    author_email: str
    committer_email: str = ""
    message: str = ""


ALICE = Person("alice", ("alice@example.com", "al@home.org"), ())


def test_authors_committers_and_co_authors_count() -> None:
    commits = [
        Made("Alice@Example.com", "noreply@github.com", "Fix\n\nCo-authored-by: Bob B <BOB@example.com>\n"),
        Made(
            " carol@example.com ", message="x\n\nCo-Authored-By: D <d@x>\nco-authored-by:E<e@x>\nReviewed-by: F <f@x>"
        ),
    ]
    assert authors(commits) == {
        "alice@example.com", "noreply@github.com", "bob@example.com", "carol@example.com", "d@x", "e@x",
    }  # fmt: skip
    assert authors([]) == frozenset()


def test_a_person_is_known_by_each_address_and_by_name() -> None:
    assert is_author(ALICE, ["AL@home.org"])
    assert is_author(ALICE, ["Alice"])
    assert not is_author(ALICE, ["bob@example.com", "alice@example.com.evil"])
    assert not is_author(ALICE, [])


def test_whoever_created_or_started_it_is_marked() -> None:
    roster = Roster((ALICE,))
    assert marks("alice", roster) == {"alice", "alice@example.com", "al@home.org"}
    assert "bob@x.org" in marks("Bob <Bob@X.org>", roster)
    assert marks("", roster) == frozenset()
    assert is_author(ALICE, marks("Alice <AL@home.org>", roster))


@given(st.lists(st.builds(Made, st.emails(), st.emails(), st.text())))
def test_nobody_who_committed_is_forgotten(commits: list[Made]) -> None:
    found = authors(commits)
    for commit in commits:
        assert is_author(Person("x", (commit.author_email,), ()), found)
        assert is_author(Person("x", (commit.committer_email.upper(),), ()), found)


def test_lines_that_are_no_keys_are_passed_over() -> None:
    assert public_keys(Person("a", (), ("rubbish",))) == ()
