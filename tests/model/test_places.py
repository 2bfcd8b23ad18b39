"""What a selector leads to, and that it leads nowhere else."""

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.model.difference import path_text, segments
from vivido.model.objects import Manifest
from vivido.model.places import select, takes
from vivido.model.selector import ANY, matches, problem

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", ANY, "a*", "0"]), max_size=4).map(tuple)

WEB: Manifest = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "annotations": {"example.com/owner": "shop"}},
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [{"name": "web", "image": "a", "args": ["x", "y"]}, {"name": "proxy", "image": "b"}],
                "volumes": [{"emptyDir": {}}],
            }
        },
    },
}
POD = "spec/template/spec"


def led_to(text: str) -> dict[str, Any]:
    assert problem(text) == ("", "")
    return {path_text(path): value for path, value in select(segments(text), WEB)}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Deployment/web/spec/replicas", {"spec/replicas": 2}),
        (
            f"Deployment/*/{POD}/containers/*/image",
            {f"{POD}/containers/web/image": "a", f"{POD}/containers/proxy/image": "b"},
        ),
        (f"Deployment/*/{POD}/containers/web/args/1", {f"{POD}/containers/web/args/1": "y"}),
        ("Deployment/web/**/volumes/0/emptyDir", {f"{POD}/volumes/0/emptyDir": {}}),
        ("Deployment/w*b/metadata/annotations/example.com~1owner", {"metadata/annotations/example.com~1owner": "shop"}),
        ("**/image", {f"{POD}/containers/web/image": "a", f"{POD}/containers/proxy/image": "b"}),
        ("Deployment/web", {"": WEB}),
        ("Deployment/web/spec/paused", {}),
        ("StatefulSet/web/spec/replicas", {}),
        ("Deployment/other/spec/replicas", {}),
    ],
)
def test_a_selector_leads_to_its_places(text: str, places: dict[str, Any]) -> None:
    assert led_to(text) == places


def test_a_generated_name_is_its_plain_name() -> None:
    generated: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings-7hk2m8b9cf"}}
    assert takes(("ConfigMap", "settings"), generated)
    assert not takes(("ConfigMap", "setting"), generated)


@given(PATTERNS, VALUES)
def test_each_place_that_matches_is_found_once(pattern: tuple[str, ...], value: Any) -> None:
    manifest: Manifest = {"kind": "A", "metadata": {"name": "a"}, "spec": value}
    every = [path for path, _ in select((ANY,), manifest)]
    assert len(every) == len(set(every))
    wanted = ("A", "a", *pattern)
    assert [path for path, _ in select(wanted, manifest)] == [
        path for path in every if matches(wanted, ("A", "a", *path))
    ]


@given(st.text("ab*", min_size=1, max_size=6).filter(lambda g: ANY not in g), st.text("ab", max_size=8))
def test_stars_match_as_in_a_shell(glob: str, text: str) -> None:
    assert matches((glob,), (text,)) == fnmatch.fnmatchcase(text, glob)


def test_many_stars_end_soon() -> None:
    assert not matches(("*a" * 50 + "b",), ("a" * 5000,))
    assert matches((ANY,) * 50, ("a",) * 500)
