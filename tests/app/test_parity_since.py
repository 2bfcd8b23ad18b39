"""Finding the newest coming of something in history, with few looks."""

from hypothesis import given
from hypothesis import strategies as st

from vivido.app.parity.since import newest_coming


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_coming_is_found_with_few_looks(length: int, present: int) -> None:
    asked: list[int] = []

    def there(item: int) -> bool:
        asked.append(item)
        return item < present

    found = newest_coming(range(length), there)
    assert found == (min(present, length) - 1 if length and present else None)
    assert len(asked) <= 2 * (max(found or 0, 1)).bit_length() + 3


@given(st.lists(st.booleans(), min_size=1))
def test_it_is_a_coming_even_where_it_came_and_went(history: list[bool]) -> None:
    found = newest_coming(history, bool)
    if found is None:
        assert not history[0]
    else:
        assert history[found] and (found == len(history) - 1 or not history[found + 1])
