"""Expressions that people bring along."""

import pytest

from vivido.errors import InputError
from vivido.text.expression import expression


def test_all_of_the_text_has_to_fit() -> None:
    fits = expression(r"https://[a-z.]+")
    assert fits("https://shop.example.com")
    assert not fits("https://shop.example.com/path")


def test_an_expression_that_would_go_back_forever_ends() -> None:
    assert not expression("(a+)+")("a" * 100_000 + "b")


@pytest.mark.parametrize("text", ["(?<=a)b", r"(a)\1", "(", "(?P<x>", "((a{1000}){1000}){1000}"])
def test_what_cannot_be_judged_in_linear_time_is_refused(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="this is no expression"):
        expression(text)
    assert capfd.readouterr().err == ""
