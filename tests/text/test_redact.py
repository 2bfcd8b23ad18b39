import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vivido.text.redact import holds_password, printable, redact, without_userinfo

part = st.text("abcXYZ019._~!$&'()*+,;=:@%-", min_size=1, max_size=12)


@settings(deadline=None)
@given(part, part)
@example("me", "a@b:c@")
def test_no_user_part_of_an_address_is_left(user: str, password: str) -> None:
    told = redact(f"fetching https://{user}:{password}@host.example/x failed")
    assert told == "fetching https://***@host.example/x failed"
    assert without_userinfo(f"ssh://{user}:{password}@h/x") == "ssh://h/x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer ***"),
        ("1https://a:b@c", "1https://***@c"),
        ("git+ssh://a:b@c and x://d:e@f", "git+ssh://***@c and x://***@f"),
        ("the key is hush", "the key is ***"),
    ],
)
def test_secrets_are_starred(text: str, told: str) -> None:
    assert redact(text, ("hush", "")) == told


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("https://me:pw@h/x", True),
        ("see (https://me:p/w@h)", True),
        ("postgresql://me:p@w@h/db", True),
        ("postgresql://h/db?sslmode=require&password=x", True),
        ("https://ghp_abc@github.com/x", True),
        ("https://" + "a" * 40 + "@github.com/x", True),
        ("a://b c://u:p@h", True),
        ("a://b://u:p@h", True),
        ("a://u:p://w@h", True),
        ("https://h:8443/@x", False),
        ("https://h:8443", False),
        ("ssh://git@h/x", False),
        ("git@h:x/y", False),
        ("me:pw@h", False),
        ("", False),
        ("://", False),
    ],
)
def test_passwords_in_addresses_are_seen(text: str, holds: bool) -> None:
    assert holds_password(text) is holds


def test_a_megabyte_of_anything_goes_through() -> None:
    for text in (
        "a" * 1_000_000,
        "a." * 500_000,
        "a://" * 250_000,
        "a:" * 500_000,
        "x://" + "a:" * 400_000,
        "\x1b[" * 500_000,
    ):
        assert len(redact(printable(text))) <= len(text)
        assert holds_password(text) is False


def test_control_characters_are_removed() -> None:
    assert printable("\x1b[31mred\x1b[0m\x00\x85 a\tb\n") == "red a\tb\n"
