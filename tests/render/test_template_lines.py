"""Lines that a template made are found in it again, or nothing is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.render.template_lines import source

TEMPLATE = """\
{{- $n := .Values.name }}
kind: ConfigMap
metadata:
  name: {{ $n }}
data:
{{- range .Values.list }}
  {{ . }}: "1"
{{- end }}
  greeting: hello: {{ $n }}
  same: x
  more:
    {{- toYaml .Values.more | nindent 4 }}
  b: {{ .b }}
  same: x
  c: d
"""
MADE = """\
kind: ConfigMap
metadata:
  name: web
data:
  a: "1"
  b: "1"
  greeting: hello: web
  same: x
  more:
    deep: [1
    k: v
  b: 7
  same: x
  c: d
"""


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (1, 7, (2, 7)),
        (3, 9, (4, 9)),
        (5, 3, (7, 3)),
        (7, 18, (9, 18)),
        (7, 22, (9, 20)),
        (8, 3, (10, 3)),
        (10, 11, (12, 5)),
        (11, 5, (12, 5)),
        (13, 3, (14, 3)),
        (14, 1, (15, 1)),
        (0, 1, None),
        (99, 1, None),
    ],
)
def test_a_line_is_found_where_it_stands(line: int, column: int, expected: tuple[int, int] | None) -> None:
    assert source(TEMPLATE, MADE.split("\n"), line, column) == expected


def test_nothing_is_told_where_two_lines_would_do_or_none() -> None:
    assert source("{{ a }}\nx: {{ b }}\nx: {{ c }}\n{{ d }}\n", ["x: 1"], 1) is None
    assert source("a: 1\nb: 2\n", ["a: 1", "from elsewhere"], 2) is None


@given(
    st.text('{}ab: \n"', max_size=60),
    st.lists(st.text("ab: ", max_size=8), max_size=8),
    st.integers(-1, 9),
    st.integers(0, 9),
)
def test_whatever_it_is_given_it_tells_a_place_in_the_template_or_none(
    template: str, made: list[str], line: int, column: int
) -> None:
    found = source(template, made, line, column)
    assert found is None or 1 <= found[0] <= len(template.split("\n"))
