"""What is read at once is what is read by nodes, or is not read at once."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.yamledit.quick import quick_data
from vivido.yamledit.tree import parse
from vivido.yamledit.values import plain_data

PIECES = [
    *("a", "b", "a: ", "b: ", "- ", "\n", "\n  ", "\n- ", "\na: ", "\nb:\n  ", "{", "}", "[", "]", ", ", ": ", "? "),
    *("'x'", '"y\\n"', "&a ", "*a", "!!str ", "!x ", "<<: ", "'<<': ", "\n---\n", "...\n", "|\n  ", ">-\n  ", "#c", "\t"),
    *("~", "=", "\x07", "\ufeff", "yes", "on: ", "1e3", "0644", "0x1f", "12345678901234567890", "1e999", ".nan", "null"),
    *("null: ", "2024-01-01", "1_0"),
]  # fmt: skip


def by_nodes(text: str) -> list[tuple[Any, str]] | None:
    try:
        return [(plain_data(root, "x"), root.position) for root in parse(text, "x") if root is not None]
    except InputError:
        return None


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("a: {a: 1, 'a': 2}")
@example("a: &x [1]\nb: *x\n")
@example("1: a\n")
@example("- .inf\n")
def test_it_is_the_same_as_by_nodes(text: str) -> None:
    at_once = quick_data(text)
    assert at_once is None or repr(at_once) == repr(by_nodes(text))


@pytest.mark.parametrize("levels", [98, 99, 100, 101])
def test_it_goes_as_deep(levels: int) -> None:
    text = "[" * levels + "]" * levels
    assert quick_data(text) in (None, by_nodes(text))


def test_what_programs_write_is_read_at_once() -> None:
    text = "a: 1\nb:\n- c: 'yes'\n  d: |\n    x\n- null\n---\n# nothing\n---\ne: {}\n"
    assert quick_data(text) == [({"a": 1, "b": [{"c": "yes", "d": "x\n"}, None]}, "1:1"), ({"e": {}}, "10:1")]
