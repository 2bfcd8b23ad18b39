"""Differences as people read them: nothing cut off, nothing wider than the terminal, nothing that a terminal obeys."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.cli.output.differences import count, told
from vivido.cli.output.markdown import markdown
from vivido.cli.output.value import lines_of
from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Sort

WEB = ObjectIdentity("apps", "Deployment", "web")
SETTINGS = ObjectIdentity("", "ConfigMap", "settings")


def one(
    path: str, left: Any, right: Any, group: Group = Group.CONFIGURATION, of: ObjectIdentity = WEB, **more: Any
) -> Difference:
    sort = Sort.ONLY_RIGHT if left is ABSENT else Sort.ONLY_LEFT if right is ABSENT else Sort.CHANGED
    return Difference(of, tuple(path.split("/")) if path else (), more.pop("sort", sort), group, left, right, **more)


FOUND = (
    one("data/a.conf", "one\ntwo\nthree\n", "one\n2\nthree\n", of=SETTINGS),
    one("data/n", 8080, "8080", of=SETTINGS),
    one("spec/replicas", 1, 2, Group.CAPACITY),
    one("spec/image", "r/a@sha256:" + "a" * 64, "r/a@sha256:" + "b" * 64, Group.IMAGE),
    one("spec/env", ["A", "B"], ["B", "A"], sort=Sort.ORDER),
    one("metadata/annotations/checksum", ABSENT, "1", Group.STRUCTURE, remark="derived"),
)


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def test_differences_are_grouped_by_what_they_are_about() -> None:
    assert told(FOUND, 80) == (
        "image\n"
        "  Deployment/web\n"
        "    spec/image: r/a@sha256:aaaaaaaaaaaa → r/a@sha256:bbbbbbbbbbbb\n"
        "\n"
        "capacity\n"
        "  Deployment/web\n"
        "    spec/replicas: 1 → 2\n"
        "\n"
        "configuration\n"
        "  ConfigMap/settings\n"
        "    data/a.conf:\n"
        "        one\n"
        "      - two\n"
        "      + 2\n"
        "        three\n"
        '    data/n: 8080 → "8080"\n'
        "  Deployment/web\n"
        "    spec/env (order): A, B → B, A\n"
        "\n"
        "structure\n"
        "  Deployment/web\n"
        "    metadata/annotations/checksum (derived):\n"
        '      + "1"'
    )
    assert count(FOUND) == "6 differences in 2 objects"
    assert count(FOUND[:1]) == "1 difference in 1 object"


def test_side_by_side() -> None:
    assert told(FOUND[:2], 60, side_by_side=True) == (
        "configuration\n"
        "  ConfigMap/settings\n"
        "    data/a.conf:\n"
        "      one                       │ one\n"
        "      two                       │ 2\n"
        "      three                     │ three\n"
        "    data/n:\n"
        '      8080                      │ "8080"'
    )
    assert told(FOUND[5:], 60, side_by_side=True).endswith('      nothing                   │ "1"')


def test_markdown_is_a_table_with_long_values_below() -> None:
    text = markdown("staging → production", FOUND)
    assert text.startswith("### staging → production\n\n#### Image\n\n| where | left | right |\n|---|---|---|\n")
    assert '| `ConfigMap/settings/data/n` | `8080` | `"8080"` |' in text
    assert "<code>ConfigMap/settings/data/a.conf</code>" in text
    assert "```diff\n  one\n- two\n+ 2\n  three\n```" in text
    assert "| `Deployment/web/spec/env` (order) | `A, B` | `B, A` |" in text
    assert markdown("a", ()) == "### a\n\nNo difference."


def test_markdown_cannot_be_broken_by_a_value() -> None:
    text = markdown("x", (one("a", "`|`", "```\nb"), one("b|c", "|", "``")))
    assert "````diff" in text
    assert "| `Deployment/web/b\\|c` | `\\|` | ``` `` ``` |" in text


def test_a_whole_object_is_shown_as_yaml() -> None:
    text = told((one("", ABSENT, {"kind": "X", "data": {"a": "b\nc"}}),), 80)
    assert text.split("\n")[1:] == [
        "  Deployment/web",
        "    the whole object:",
        "      + kind: X",
        "      + data:",
        "      +   a: |-",
        "      +     b",
        "      +     c",
    ]


@pytest.mark.parametrize(
    ("value", "line"),
    [("true", '"true"'), (True, "true"), (None, "null"), ("", '""'), (" a", '" a"'), ("a b", "a b"), ({}, "{}")],
)
def test_what_could_be_taken_for_something_else_is_quoted(value: Any, line: str) -> None:
    assert lines_of(value) == [line]


def test_digests_that_begin_alike_are_shown_whole() -> None:
    left, right = ("w@sha256:" + "a" * 63 + end for end in "ab")
    text = told((one("i", left, right),), 200)
    assert left in text
    assert right in text


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=200)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=9), v, max_size=3), max_leaves=6
)


@given(
    st.lists(st.text(max_size=100), min_size=1, max_size=4).map(tuple),
    VALUES,
    VALUES,
    st.integers(40, 120),
    st.booleans(),
)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_obeyed(
    path: tuple[str, ...], left: Any, right: Any, columns: int, beside: bool
) -> None:
    found = (Difference(WEB, path, Sort.CHANGED, Group.STRUCTURE, left, right),)
    text = told(found, columns, side_by_side=beside)
    assert all(len(line) <= columns for line in text.split("\n"))
    assert not set(text) & {chr(c) for c in itertools.chain(range(9), range(11, 32), range(127, 160))}
    assert markdown("x", found)
