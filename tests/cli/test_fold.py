"""Text that is folded to the terminal's width, and what never is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.cli.output.fold import cells, fold
from vivido.cli.output.style import brief
from vivido.cli.output.table import table

WORD = st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x3100), min_size=1, max_size=30)


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@given(st.lists(WORD, max_size=40), st.sampled_from(["", "  ", "  → ", "✓ ", "12. "]))
def test_nothing_is_lost_and_every_line_fits(words: list[str], begin: str) -> None:
    text = begin + " ".join(w.replace("`", "'") for w in words)
    folded = fold(text, io.StringIO())
    assert folded.split() == text.split()
    assert all(cells(line) <= 80 for line in folded.splitlines())


def test_a_line_goes_on_below_its_own_text() -> None:
    assert fold(f"  → {'word ' * 20}end", io.StringIO()).splitlines()[1].startswith("    word")
    assert fold(f"  1.0s ✓ {'word ' * 20}end", io.StringIO(), hang=9).splitlines()[1].startswith(" " * 9 + "word")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            f"{'a' * 60}: vivido pin lift production r-4e6793f3589c --reason …",
            "vivido pin lift production r-4e6793f3589c --reason …",
        ),
        (f"{'a' * 60} (`vivido run --only staging` goes on with it)", "(`vivido run --only staging` goes on with it)"),
        (f"  → vivido approve p-0ebde3f9d3   ({'alice, bob ' * 8})", "→ vivido approve p-0ebde3f9d3"),
        (f"{'a ' * 30}127.0.0.1:5000/mini/api@sha256:{'0' * 64}", f"127.0.0.1:5000/mini/api@sha256:{'0' * 64}"),
    ],
)
def test_what_is_copied_stays_in_one_piece(text: str, line: str) -> None:
    assert any(one.strip().startswith(line) for one in fold(text, io.StringIO()).splitlines())


def test_a_sentence_that_begins_like_a_command_is_folded_all_the_same() -> None:
    text = "vivido keeps " + "what was begun and goes on with it whenever somebody asks for that again " * 2
    assert all(cells(line) <= 80 for line in fold(text, io.StringIO()).splitlines())


def test_paint_takes_no_room() -> None:
    painted = f"\x1b[31m{'a' * 40}\x1b[0m {'b' * 39}"
    assert fold(painted, io.StringIO()) == painted


def test_a_program_reads_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    assert fold("word " * 50, io.StringIO()) == "word " * 50


def test_a_digest_is_cut_for_reading() -> None:
    assert brief(f"localhost:5000/mini/web@sha256:{'0' * 64}") == "localhost:5000/mini/web@sha256:000000000000…"
    assert brief("localhost:5000/mini/web:edge") == "localhost:5000/mini/web:edge"


def test_tables_count_columns_and_not_characters() -> None:
    lines = table([["名前名前名前名前", "x"], ["a", "y"]], ["NAME", "V"], 14).splitlines()
    assert [cells(line) for line in lines] == [14, 14, 14]
