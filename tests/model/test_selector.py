"""Which differences a selector speaks of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Sort
from vivido.model.selector import Selector, matches, problem

PARTS = st.text(alphabet="ab*", max_size=4)


def difference(*path: str, left: object = 1, right: object = 2) -> Difference:
    return Difference(ObjectIdentity("", path[0], path[1]), path[2:], Sort.CHANGED, Group.STRUCTURE, left, right)


@pytest.mark.parametrize(
    ("text", "place", "covered"),
    [
        ("Deployment/*/spec/replicas", ("Deployment", "web", "spec", "replicas"), True),
        ("Deployment/*/spec", ("Deployment", "web", "spec", "replicas"), False),
        ("Deployment/*/spec/**", ("Deployment", "web", "spec", "replicas"), True),
        ("Deployment/*/spec/replicas/**", ("Deployment", "web", "spec", "replicas"), True),
        ("Deployment/web-*/spec/replicas", ("Deployment", "api", "spec", "replicas"), False),
        ("**", ("Deployment", "web"), True),
        ("*/web/**/image", ("Deployment", "web", "spec", "containers", "web", "image"), True),
        ("ConfigMap/web/data/app.properties/a~1b~0", ("ConfigMap", "web", "data", "app.properties", "a/b~"), True),
        ("deployment/web", ("Deployment", "web"), False),
    ],
)
def test_a_selector_covers_exactly_what_it_names(text: str, place: tuple[str, ...], covered: bool) -> None:
    assert Selector(text).covers(difference(*place)) is covered


def test_a_demand_is_touched_from_above_and_from_below() -> None:
    demand = Selector("Deployment/*/spec/template/env/MODE")
    whole = difference("Deployment", "web", left=ABSENT, right={"spec": {"template": {"env": [{"name": "MODE"}]}}})
    assert demand.touches(whole)
    assert demand.touches(difference("Deployment", "web", "spec", "template", "env", "MODE", "value"))
    assert not demand.touches(difference("Deployment", "web", "spec", "replicas"))
    assert not demand.touches(difference("Deployment", "web", left=ABSENT, right={"spec": {"replicas": 1}}))


@given(st.lists(PARTS, max_size=5), st.lists(st.text(alphabet="ab", max_size=4), max_size=6))
def test_matching_agrees_with_an_expression(pattern: list[str], place: list[str]) -> None:
    pattern = ["**" if part.count("*") > 1 else part for part in pattern]
    parts = [r"(?:\n[^\n]*)*" if p == "**" else r"\n" + re.escape(p).replace(r"\*", r"[^\n]*") for p in pattern]
    told = re.fullmatch("".join(parts), "".join(f"\n{p}" for p in place)) is not None
    assert matches(tuple(pattern), tuple(place)) is told


def test_many_wildcards_end_soon() -> None:
    assert not matches(("**", "a*a*a*a*b") * 20, ("a" * 200,) * 60)


@pytest.mark.parametrize("text", ["Deployment", "Deployment//spec", "Deployment/a**/spec", "deployment/web"])
def test_what_is_no_selector_is_told(text: str) -> None:
    assert all(problem(text))


@pytest.mark.parametrize("text", ["**", "*/web", "*Set/web", "**/image", "Deployment/web"])
def test_what_is_a_selector(text: str) -> None:
    assert problem(text) == ("", "")
