"""What an image's label says that it needs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.model.requires import Requires, read_label, together

NAMES = st.lists(st.text("abAB_/", min_size=1, max_size=4), max_size=3, unique=True).map(tuple)


def test_a_label_is_read() -> None:
    assert read_label('{"env": ["URL"], "secrets": ["db/password"]}') == Requires(
        env=("URL",), secrets=("db/password",)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "URL",
        "[]",
        '{"env": "URL"}',
        '{"env": [1]}',
        '{"envs": ["URL"]}',
        '{"env": [""]}',
        '{"config": [" "]}',
        "{" * 100_000,
    ],
)
def test_what_is_no_list_of_needs_is_told(text: str) -> None:
    assert isinstance(read_label(text), str)


@given(NAMES, NAMES, NAMES, NAMES)
def test_what_is_written_is_read_back(
    env: tuple[str, ...], config: tuple[str, ...], secrets: tuple[str, ...], services: tuple[str, ...]
) -> None:
    one = Requires(env, config, secrets, services)
    assert read_label(msgspec.json.encode(one).decode()) == one
    assert together(one, one) == one
    assert bool(one) == bool(env or config or secrets or services)


@given(st.text(max_size=40))
def test_any_text_is_needs_or_a_sentence(text: str) -> None:
    assert isinstance(read_label(text), Requires | str)
