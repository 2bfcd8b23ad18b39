"""The reference says what the code says."""

import ast

import pytest
from doc_session import ROOT

from reference.errors import codes
from reference.pages import pages
from reference.text import Undocumented, docstring, explained, table

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    path = ROOT / "docs" / "reference" / name
    assert path.is_file() and path.read_text() == PAGES[name], "run: PYTHONPATH=tools python -m reference"


def test_there_is_no_page_that_nobody_makes() -> None:
    assert {p.name for p in (ROOT / "docs" / "reference").iterdir()} == set(PAGES)


def test_every_command_and_flag_is_told() -> None:
    told = PAGES["commands.md"]
    for command in ("vivido promote", "vivido release create", "vivido pin lift", "vivido config schema"):
        assert f"## {command}\n" in told
    assert "`--discard-edits`" in told


def test_every_code_has_words_and_codes_of_errors_an_exit() -> None:
    found = codes()
    assert len(found) > 200
    assert found["promotion.bent"].exit == "3"
    assert found["registry.unreachable"].exit == "20"
    assert all(told.says for told in found.values())
    assert "git.push.before" not in found


def test_a_name_without_a_meaning_is_refused() -> None:
    with pytest.raises(Undocumented, match="variable B: the code has it"):
        explained("variable", ["A", "B"], ["A"])
    with pytest.raises(Undocumented, match="variable C: a meaning is written"):
        explained("variable", ["A"], ["A", "C"])


def test_docstrings_are_read_with_their_arguments() -> None:
    def example() -> None:
        """Do it.

        Twice.

        Args:
            one: The first,
                on two lines.
            two: The second: with a colon.

        Raises:
            Error: Never.
        """

    assert docstring(example) == (
        "Do it.\n\nTwice.",
        {"one": "The first, on two lines.", "two": "The second: with a colon."},
    )


def test_bars_do_not_break_a_table() -> None:
    assert table(("a",), [("x | y\nz",)]) == "| a |\n| --- |\n| x \\| y z |"


def test_words_are_found_through_names() -> None:
    from reference.errors import of_calls

    source = """
def f(x):
    message = f"{x} is wrong"
    hint = "Mend it."
    return Problem("area.code", message, hint)
def g():
    raise InputError(f"no {x}", code="area.other", hint="Do.")
"""
    told = dict(of_calls(ast.parse(source)))
    assert (told["area.code"].says, told["area.code"].hint) == ("… is wrong", "Mend it.")
    assert (told["area.other"].exit, told["area.other"].says) == ("2", "no …")
