import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.build.expand import expand, used

VALUES = {"A": "one", "EMPTY": "", "B": "two"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A", "one"),
        ("x${A}y", "xoney"),
        ("$MISSING|${MISSING}", "|"),
        ("${MISSING:-word}", "word"),
        ("${EMPTY:-word}", "word"),
        ("${EMPTY-word}", ""),
        ("${A:-word}", "one"),
        ("${A:+word}", "word"),
        ("${EMPTY:+word}", ""),
        ("${EMPTY+word}", "word"),
        ("${MISSING+word}", ""),
        ("${MISSING:-${B}-$A}", "two-one"),
        ("${MISSING:-a b}", "a b"),
        ("${A:?must}", "one"),
        ("${A#o}", "one"),
        ("${A%%e*}", "one"),
        ('"$A b"', "one b"),
        ("'$A'", "$A"),
        ('"it\'s $A"', "it's one"),
        (r"\$A", "$A"),
        ("$", "$"),
        ("$1", "$1"),
        ("${", "${"),
        ("${A", "one"),
        ("'open", "open"),
        ("a\\", "a\\"),
    ],
)
def test_a_word_is_expanded_as_a_builder_does(text: str, expected: str):
    assert expand(text, VALUES.get) == expected


def test_the_files_escape_character_counts():
    assert expand("`$A \\$A", VALUES.get, "`") == "$A \\one"


def test_used_names_each_variable_once_in_order():
    assert used('$B ${A:-$C} $B "${D}" $1 $') == ("B", "A", "C", "D")


@given(st.text(alphabet="$A{}:-+'\"\\ x#", max_size=40))
def test_any_text_is_expanded(text: str):
    assert isinstance(expand(text, VALUES.get), str)


@given(st.text(alphabet=st.characters(exclude_characters="$'\"\\"), max_size=40))
def test_text_without_special_characters_stays(text: str):
    assert expand(text, VALUES.get) == text
