"""Paths that lie in others."""

from hypothesis import given
from hypothesis import strategies as st

from vivido.text.paths import outermost, upwards

PATHS = st.lists(st.lists(st.sampled_from(["a", "ab", "b"]), max_size=4).map("/".join), max_size=12)


@given(PATHS)
def test_what_lies_in_none_of_the_others_covers_them_all(paths: list[str]) -> None:
    found = outermost(paths)
    assert list(found) == sorted(set(found))
    assert set(found) <= set(paths)
    for path in set(paths):
        assert len([one for one in found if one in (path, "") or path.startswith(f"{one}/")]) == 1


def test_all_directories_above_are_named() -> None:
    assert upwards("a/b/c") == ["a/b/c", "a/b", "a", ""]
    assert upwards("") == [""]
