"""Secrets come from files, variables and commands, and never show in an error."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import Error, InputError
from vivido.model.project import SecretSource
from vivido.secrets.resolve import resolve
from vivido.secrets.value import LIMIT, as_value

VALUE = "s3cr3t-Zeichen-ä"


def test_a_file_relative_to_the_project_is_read_without_its_last_line_feed(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{VALUE}\n", encoding="utf-8")
    assert resolve(SecretSource(file="password"), tmp_path) == VALUE


def test_an_absolute_file_and_one_in_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "password").write_text(f"{VALUE}\r\n", encoding="utf-8")
    assert resolve(SecretSource(file=str(tmp_path / "password")), Path("/")) == VALUE
    assert resolve(SecretSource(file="~/password"), Path("/")) == VALUE


def test_lines_inside_a_value_stay(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"-----BEGIN-----\nabc\n-----END-----\n\n")
    assert resolve(SecretSource(file="key"), tmp_path) == "-----BEGIN-----\nabc\n-----END-----\n"


def test_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", VALUE)
    assert resolve(SecretSource(env="SHOP_PASSWORD"), tmp_path) == VALUE


def test_a_command_runs_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text(VALUE, encoding="utf-8")
    assert resolve(SecretSource(command="cat vault | tr -d x"), tmp_path) == VALUE


@pytest.mark.parametrize(
    ("source", "code", "named"),
    [
        (SecretSource(), "secret.missing", "no source"),
        (SecretSource(file="nowhere"), "secret.missing", "nowhere"),
        (SecretSource(file="."), "secret.missing", "directory"),
        (SecretSource(file="~nobody-of-that-name/x"), "secret.missing", "home"),
        (SecretSource(file="empty"), "secret.empty", "empty"),
        (SecretSource(file="binary"), "secret.unreadable", "UTF-8"),
        (SecretSource(file="large"), "secret.unreadable", "512 kB"),
        (SecretSource(env="VIVIDO_TEST_NOT_SET"), "secret.missing", "VIVIDO_TEST_NOT_SET"),
        (SecretSource(command="exit 3"), "secret.command", "exit code 3"),
        (SecretSource(command=" "), "secret.empty", "empty"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, source: SecretSource, code: str, named: str) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(InputError) as e:
        resolve(source, tmp_path)
    assert e.value.code == code
    assert named in e.value.message


def test_a_failing_command_does_not_give_its_value_away(tmp_path: Path) -> None:
    with pytest.raises(InputError) as e:
        resolve(SecretSource(command=f"echo {VALUE}; echo {VALUE} >&2; exit 1"), tmp_path)
    assert VALUE not in e.value.message + e.value.hint


@given(st.binary(max_size=200))
def test_a_value_is_text_or_an_error_that_does_not_repeat_it(data: bytes) -> None:
    try:
        value = as_value(data, "the file x")
    except Error as e:
        assert e.code in {"secret.empty", "secret.unreadable"}
        assert e.__cause__ is None
    else:
        assert value
        assert data.startswith(value.encode())
        assert len(data) - len(value.encode()) <= 2
