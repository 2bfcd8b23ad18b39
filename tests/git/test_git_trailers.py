import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivido.errors import InputError
from vivido.git.trailers import trailer, trailers, with_trailers
from vivido.process import run


def test_the_last_paragraph() -> None:
    message = "Subject\n\nBody: no trailer\n\nA: 1\nB:2\na: 3\n  goes on\nC :x\n"
    assert trailers(message) == {"A": ("1", "3 goes on"), "B": ("2",), "C": ("x",)}
    assert trailer(message, "b") == "2"
    assert trailer(message, "A") == "3 goes on"
    assert trailer(message, "D") == ""


@pytest.mark.parametrize(
    "message",
    [
        "",
        "A: 1",
        "A: 1\nB: 2\n",
        "S\n\nA: 1\nplain text\n",
        "S\n\nA: 1\n\nlast words\n",
        "S\n\n: 1\n",
        "S\n\n A: 1\n",
        "S\n\nhttp//x: 1\n",
    ],
)
def test_what_is_no_trailer_block(message: str) -> None:
    assert trailers(message) == {}


def test_a_block_of_gits_own_making_may_hold_some_text() -> None:
    assert trailers("S\n\n(cherry picked from commit 1)\nsome text\nA: 1\n") == {"A": ("1",)}
    assert trailers("S\n\nSigned-off-by: x\na\nb\nc\nd\n") == {}


_LINE = st.text(st.sampled_from("aB1-: \t#(é\r\v\f"), max_size=8) | st.sampled_from(
    [
        "Key: v",
        "Key2: w",
        " more",
        "",
        "Signed-off-by: me",
        "(cherry picked from commit 1)",
        "# c",
        "text",
        "K :v",
        "Co-authored-by: A <a@b>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINE, max_size=9))
def test_as_git_reads_them(lines: list[str]) -> None:
    message = "\n".join(lines) + "\n"
    ours = [(k.lower(), v) for k, values in trailers(message).items() for v in values]
    assert sorted(ours) == sorted(_by_git(message))


def _by_git(message: str) -> list[tuple[str, str]]:
    done = run(
        ["git", "-c", "trailer.separators=:", "interpret-trailers", "--parse", "--no-divider"],
        stdin=message.encode(),
        cwd=os.sep,
    )
    pairs = (line.partition(":") for line in done.stdout.decode().split("\n") if line)
    return [(key.lower(), value.strip(" \t\n\r")) for key, _, value in pairs]


def test_a_folded_value_keeps_the_end_of_its_lines() -> None:
    assert trailers("S\n\nKey: v\n 1 \n\t 1\n") == {"Key": ("v 1  1",)}


def test_composing() -> None:
    assert with_trailers("S", "", {}) == "S\n"
    assert with_trailers(" S ", "b\r\nc\n", {}) == "S\n\nb\nc\n"
    assert with_trailers("S", "b", {"A": "1", "B": ("2", "3")}) == "S\n\nb\n\nA: 1\nB: 2\nB: 3\n"


@pytest.mark.parametrize("value", ["", " ", "a\nVivido-Step: x", "a\r\nb", "a\0", "a\x1b[31m", "a\x85b", "a\u2028b"])
def test_a_value_cannot_bring_a_trailer_of_its_own(value: str) -> None:
    with pytest.raises(InputError) as e:
        with_trailers("S", "", {"A": value})
    assert e.value.code == "git.trailer"
    with pytest.raises(InputError):
        with_trailers(value, "", {"A": "1"})


@pytest.mark.parametrize("key", ["", "A B", "A:", "A\n", "É"])
def test_keys_that_are_none(key: str) -> None:
    with pytest.raises(InputError):
        with_trailers("S", "", {key: "1"})


@given(
    st.text(max_size=20),
    st.text(max_size=60) | st.just("Vivido-Promotion: forged") | st.just("x\n\nVivido-Step: forged\n"),
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9-]{1,8}", fullmatch=True), st.text(min_size=1, max_size=10), min_size=1, max_size=3
    ),
)
def test_what_was_put_in_comes_out_and_nothing_else(subject: str, body: str, pairs: dict[str, str]) -> None:
    try:
        message = with_trailers(subject, body, pairs)
    except InputError:
        return
    wanted = [(k.lower(), v.strip()) for k, v in pairs.items()]
    assert sorted((k.lower(), v) for k, values in trailers(message).items() for v in values) == sorted(wanted)
