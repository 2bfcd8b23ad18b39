from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.git.merge import Overlap, hunks, lines_of, merge
from vivido.process import run

_TEXT = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"]), max_size=7).map(b"".join)
_ENDS = st.sampled_from([b"", b"a", b"z"])


def test_neighbouring_lines_do_not_conflict() -> None:
    assert merge(b"name: web\ntag: 2\nurl: x\n", b"name: web\ntag: 2\nurl: y\n", b"name: web\ntag: 1\nurl: x\n") == (
        b"name: web\ntag: 1\nurl: y\n"
    )


def test_the_same_line_does() -> None:
    assert merge(b"x\ntag: 2\n", b"0\nx\ntag: 3\n", b"x\ntag: 1\n") == (Overlap(2, (b"tag: 3\n",), (b"tag: 1\n",)),)


def test_the_same_change_on_both_sides_is_one() -> None:
    assert merge(b"a\nb\nc\n", b"A\nb\nC\n", b"A\nb\nc\n") == b"A\nb\nC\n"


def test_a_line_that_was_deleted_here_and_changed_there() -> None:
    assert merge(b"a\nb\nc\n", b"a\nc\n", b"a\nB\nc\n") == (Overlap(1, (), (b"B\n",)),)


def test_one_wide_change_meets_two_narrow_ones() -> None:
    assert merge(b"a\nb\nc\nd\n", b"A\nb\nC\nd\n", b"x\nd\n") == (Overlap(0, (b"A\n", b"b\n", b"C\n"), (b"x\n",)),)


def test_a_last_line_without_line_feed_that_is_not_last_any_more() -> None:
    assert merge(b"a\nb", b"a\nb\nc", b"a\nb") == b"a\nb\nc"
    assert merge(b"a\nb\nc\nd\n", b"a\nb\nc\n", b"a\nb\nc\nd\ne") == b"a\nb\nc\ne"


def test_carriage_returns_and_other_bytes_stay() -> None:
    assert merge(b"a\r\nb\r\nc\xff\n", b"a\r\nb\r\nC\xff\n", b"A\r\nb\r\nc\xff\n") == b"A\r\nb\r\nC\xff\n"


@given(st.binary(max_size=40) | _TEXT)
def test_lines_join_to_the_same_bytes(data: bytes) -> None:
    assert b"".join(lines_of(data)) == data


@given(_TEXT, _ENDS, _TEXT, _ENDS)
def test_hunks_turn_one_text_into_the_other(old: bytes, end: bytes, new: bytes, other: bytes) -> None:
    old, new = old + end, new + other
    lines = lines_of(old)
    for start, stop, put in reversed(hunks(old, new)):
        lines[start:stop] = put
    assert b"".join(lines) == new


@given(_TEXT, _TEXT)
def test_one_side_alone_is_taken(base: bytes, side: bytes) -> None:
    assert merge(base, side, base) == merge(base, base, side) == merge(base, side, side) == side


@given(_TEXT, _TEXT, _TEXT)
def test_it_does_not_matter_who_is_who(base: bytes, a: bytes, b: bytes) -> None:
    one, two = merge(base, a, b), merge(base, b, a)
    assert one == two or (isinstance(one, tuple) and isinstance(two, tuple))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("merge-file")


@settings(max_examples=150, deadline=None)
@given(base=_TEXT, a=_TEXT, b=_TEXT)
def test_where_git_merges_we_merge_to_the_same(folder: Path, base: bytes, a: bytes, b: bytes) -> None:
    for name, data in (("a", a), ("base", base), ("b", b)):
        (folder / name).write_bytes(data)
    theirs = run(["git", "merge-file", "-p", "a", "base", "b"], cwd=folder)
    ours = merge(base, a, b)
    if theirs.returncode == 0 and not isinstance(ours, tuple):
        assert ours == theirs.stdout
