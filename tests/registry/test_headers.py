"""What registries say in headers, also when it is nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.registry.headers import Challenge, next_link, parse_challenges, retry_after
from vivido.registry.patience import Patience

TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_.", min_size=1, max_size=12)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


def test_reads_a_bearer_challenge() -> None:
    text = (
        'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull,push"'
    )
    assert parse_challenges(text) == (
        Challenge(
            "bearer",
            {
                "realm": "https://auth.example.com/token",
                "service": "registry.example.com",
                "scope": "repository:a/b:pull,push",
            },
        ),
    )


@pytest.mark.parametrize(
    ("text", "schemes"),
    [
        ('Basic realm="a, Bearer b=c", Bearer realm="x"', ["basic", "bearer"]),
        ("Negotiate, Basic realm=x", ["negotiate", "basic"]),
        ('bEaReR REALM = "x" , Service=y', ["bearer"]),
        ("Basic", ["basic"]),
        ("", []),
        ("=", []),
        (',,, Basic realm="unclosed', ["basic"]),
        ("Basic realm", ["basic", "realm"]),
    ],
)
def test_reads_several_challenges(text: str, schemes: list[str]) -> None:
    assert [challenge.scheme for challenge in parse_challenges(text)] == schemes


def test_escapes_in_quotes_are_taken_away() -> None:
    (challenge,) = parse_challenges(r'Basic realm="say \"hi\" \\"')
    assert challenge.parameters == {"realm": 'say "hi" \\'}


@given(st.lists(st.tuples(TOKEN, st.dictionaries(TOKEN.map(str.lower), VALUE, min_size=1, max_size=4)), max_size=3))
def test_reads_back_what_is_written(challenges: list[tuple[str, dict[str, str]]]) -> None:
    def quoted(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"')

    text = ", ".join(f"{s} " + ",".join(f'{k}="{quoted(v)}"' for k, v in p.items()) for s, p in challenges)
    assert parse_challenges(text) == tuple(Challenge(s.lower(), p) for s, p in challenges)


@given(st.text(max_size=200))
def test_any_text_is_a_challenge_or_none(text: str) -> None:
    for challenge in parse_challenges(text):
        assert challenge.scheme == challenge.scheme.lower() != ""


@pytest.mark.parametrize("text", ["Basic " + " " * 100_000, 'Basic a="' + "\\" * 100_000, "," * 100_000, "a " * 50_000])
def test_long_nonsense_is_read_in_linear_time(text: str) -> None:
    assert len(parse_challenges(text)) <= 10_000


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ('</v2/a/tags/list?last=b&n=1>; rel="next"', "/v2/a/tags/list?last=b&n=1"),
        ("<x>; rel=next", "x"),
        ('<first>; rel="first", <x>; title="t"; rel="prev next"', "x"),
        ('<x>; REL="NEXT"', "x"),
        ('<x>; rel="nextish"', None),
        ('<>; rel="next"', None),
        ("<x>", None),
        ("x; rel=next", None),
        ("", None),
    ],
)
def test_reads_the_next_page(text: str, target: str | None) -> None:
    assert next_link(text) == target


@given(st.text(max_size=200))
def test_any_text_is_a_link_or_none(text: str) -> None:
    found = next_link(text)
    assert found is None or f"<{found}>" in text


@given(
    st.text("abcdefghijk/?=&:%._-0123456789", min_size=1),
    st.sampled_from(['rel="next"', "rel=next", 'a=b; rel="next last"']),
)
def test_a_written_link_is_read_back(target: str, rel: str) -> None:
    assert next_link(f"<first>; rel=first, <{target}>; {rel}") == target


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Tue, 14 Nov 2023 22:13:10 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("Tue, 99 Nov 2023 22:13:30 GMT", None),
    ],
)
def test_reads_when_to_come_back(text: str, seconds: float | None) -> None:
    assert retry_after(text, 1_700_000_000_000_000) == seconds


@given(st.text(max_size=60))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = retry_after(text, 0)
    assert found is None or found >= 0


def test_patience_ends() -> None:
    slept: list[float] = []
    patience = Patience(10, 20.0, slept.append)
    while patience.pause(None):
        pass
    assert slept == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
    assert not Patience(0, 100.0, slept.append).pause(0.0)
