"""Where a difference is, as text and back."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Sort, path_text, segments

WEB = ObjectIdentity("apps", "Deployment", "web")


def test_a_place_is_written_as_parity_rules_write_it() -> None:
    assert (
        Difference(WEB, ("spec", "replicas"), Sort.CHANGED, Group.CAPACITY, 1, 2).at == "Deployment/web/spec/replicas"
    )
    assert Difference(WEB, (), Sort.ONLY_LEFT, Group.STRUCTURE, {}).at == "Deployment/web"


def test_slashes_in_keys_are_escaped() -> None:
    assert path_text(("metadata", "annotations", "a~b/c")) == "metadata/annotations/a~0b~1c"


@given(st.lists(st.text(), min_size=1).map(tuple))
def test_segments_come_back(path: tuple[str, ...]) -> None:
    assert segments(path_text(path)) == path or path == ("",)


def test_nothing_there_is_told_from_null() -> None:
    left_only = Difference(WEB, ("spec", "x"), Sort.ONLY_LEFT, Group.STRUCTURE, None)
    assert left_only.right is ABSENT
    assert msgspec.to_builtins(left_only)["left"] is None
    assert "right" not in msgspec.to_builtins(left_only)
