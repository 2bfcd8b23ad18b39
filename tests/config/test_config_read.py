"""Bytes to a tree: every trap of YAML is refused or read as it was meant, at its place; nothing crashes or hangs."""

import json

import pytest
import yaml
from config_examples import FUZZ
from hypothesis import given
from hypothesis import strategies as st

from vivido.config.node import Mapping, Scalar, plain
from vivido.config.read import MAX_BYTES, MAX_DEPTH, MAX_NODES, read
from vivido.config.scalar import resolve, switch, too_long, two_readings

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("source", "place", "code"),
    [
        (b"a: 1\nb: caf\xe9\n", (2, 7), "yaml.encoding"),
        (b"\xef\xbb\xbfa: 1\n", (1, 1), "yaml.bom"),
        (b"\xff\xfea\x00:\x00", (1, 1), "yaml.encoding"),
        (b"a: 1\nb: \x00\n", (2, 4), "yaml.character"),
        ("ä: \x1b[31m\n", (1, 4), "yaml.character"),
        ("a: \ud800\n", (1, 4), "yaml.character"),
        ('a: 1\nb: "\\e[0m"\n', (2, 4), "yaml.character"),
        ("a:\n\t- b\n", (2, 1), "yaml.tab"),
        ("a:\n  b: c\n\td: e\n", (3, 1), "yaml.tab"),
        ("a: 1\na: 2\n", (2, 1), "yaml.duplicate-key"),
        ("a: {b: 1, 'b': 2}\n", (1, 11), "yaml.duplicate-key"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", (3, 3), "yaml.merge"),
        ("a: 1\n---\nb: 2\n", (2, 1), "yaml.documents"),
        ("a: !!python/object/apply:os.system [id]\n", (1, 4), "yaml.tag"),
        ("a: !reference [x]\n", (1, 4), "yaml.tag"),
        ("a: ! b\n", (1, 4), "yaml.tag"),
        ("? [a]\n: 1\n", (1, 3), "yaml.key"),
        ("? ''\n: 1\n", (1, 3), "yaml.key"),
        ("a: &x [*x]\n", (1, 8), "yaml.alias"),
        ("a: *nowhere\n", (1, 4), "yaml.alias"),
        ("a: " + "9" * 5000 + "\n", (1, 4), "yaml.number"),
        ("[" * 100_000, (1, MAX_DEPTH + 2), "yaml.too-deep"),
        (BOMB, (5, 15), "yaml.too-many"),
        ("- x\n" * (MAX_NODES + 1), (MAX_NODES, 3), "yaml.too-many"),
        (b"#" * (MAX_BYTES + 1), (1, 1), "yaml.too-large"),
        ("", (1, 1), "yaml.empty"),
        ("# nothing\n", (1, 1), "yaml.empty"),
        ("a: b: c\n", (1, 5), "yaml.syntax"),
        ("a: @b\n", (1, 4), "yaml.syntax"),
        ("a: 'b\n", (2, 1), "yaml.syntax"),
        ("a: [1\nb: 2\n", (2, 2), "yaml.syntax"),
        ("%YAML 9.9\n---\na: 1\n", (1, 1), "yaml.syntax"),
        ('a: "\\ud800"\n', (1, 7), "yaml.syntax"),
    ],
)
def test_what_is_no_yaml_of_ours_is_refused_at_its_place(
    source: bytes | str, place: tuple[int, int], code: str
) -> None:
    _, (first, *_) = read(source, "vivido.yaml")
    assert ((first.line, first.column), first.code) == (place, code)
    assert first.hint


def test_a_ten_megabyte_file_is_not_even_decoded() -> None:
    tree, found = read(b"\xff" * 10 * 1024 * 1024, "vivido.yaml")
    assert (tree, [d.code for d in found]) == (None, ["yaml.too-large"])


def test_several_mistakes_are_told_in_the_files_order() -> None:
    _, found = read("z: 1\nz: 2\ny: !x 1\n<<: 3\n", "f")
    assert [(d.line, d.code) for d in found] == [(2, "yaml.duplicate-key"), (3, "yaml.tag"), (4, "yaml.merge")]


def test_keys_are_what_was_written() -> None:
    tree, found = read("on: 1\nno: 2\n404: 3\n0644: 4\n1.10: 5\n'<<': 6\n", "f")
    assert not found and isinstance(tree, Mapping)
    assert [e.key for e in tree.entries] == ["on", "no", "404", "0644", "1.10", "<<"]


def test_an_alias_shares_a_value_and_counts_each_time() -> None:
    tree, found = read("a: &x [1, 2]\nb: *x\n&k c: 1\n*k : 2\n", "f")
    assert [d.code for d in found] == ["yaml.duplicate-key"]
    assert (found[0].line, found[0].column) == (4, 1)
    assert isinstance(tree, Mapping) and plain(tree)["b"] == [1, 2]


def test_positions_count_characters() -> None:
    tree, _ = read("ä: {ö: ü}\n", "f")
    assert isinstance(tree, Mapping)
    inner = tree.entries[0].value
    assert isinstance(inner, Mapping)
    assert (inner.entries[0].column, inner.entries[0].value.column) == (5, 8)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("NO", "NO"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        ("0644", 644),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("12345e6", 12345e6),
        ("1.10", 1.1),
        (".5", 0.5),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 19, "9" * 19),
    ],
)
def test_unquoted_values_follow_yaml_1_2(text: str, value: object) -> None:
    assert resolve(text) == value and type(resolve(text)) is type(value)


def test_numbers_with_two_readings_and_switches_are_known() -> None:
    assert two_readings("0644") and two_readings("-007") and not two_readings("0") and not two_readings("0.5")
    assert (switch("Yes"), switch("off"), switch("maybe")) == (True, False, None)
    assert too_long("0x" + "f" * 30) and not too_long("9" * 18) and not too_long("word" * 10)


@FUZZ
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(), lambda s: st.lists(s, max_size=4)
    )
)
def test_json_is_read_as_json(value: object) -> None:
    tree, found = read(json.dumps({"a": value}), "f")
    if found:
        # YAML has no control characters and no lone surrogates; JSON's escapes can name them.
        assert {d.code for d in found} <= {"yaml.character", "yaml.syntax", "yaml.too-deep"}
    else:
        assert tree is not None and plain(tree) == {"a": value}


@FUZZ
@given(st.text(st.sampled_from("ab01.:-+_~xoeEfnNyYtTrRuU \t'\"#"), max_size=12))
def test_quoted_text_is_always_text(text: str) -> None:
    tree, found = read(yaml.safe_dump({"a": text}, default_style='"'), "f")
    assert not found and isinstance(tree, Mapping)
    assert tree.get("a") == Scalar(text, text, 1, 6, plain=False)
