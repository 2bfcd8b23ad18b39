"""The logins that Docker, Podman and their helpers keep."""

import base64
import json
import stat
from pathlib import Path

import pytest

from vivido.errors import InputError, ToolError
from vivido.model.reference import Repository, parse_repository
from vivido.registry.credentials import Credentials, default_files, find_credentials

WEB = Repository("registry.example.com", "shop/web")
HUB = parse_repository("nginx")


def _auth(pair: str) -> dict[str, str]:
    return {"auth": base64.b64encode(pair.encode()).decode()}


def _write(path: Path, **content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A credential helper that is a real program: what it prints stands beside it."""
    program = tmp_path / "bin" / "docker-credential-vault"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$1" = get ] || exit 9\ncat > {tmp_path}/asked\ncat {tmp_path}/says\nexit $(cat {tmp_path}/code)\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    (tmp_path / "code").write_text("0")
    return tmp_path


@pytest.mark.parametrize(
    "key",
    [
        "registry.example.com",
        "https://registry.example.com",
        "https://registry.example.com/v2/",
        "http://registry.example.com/v1/",
        "registry.example.com/shop",
        "registry.example.com/shop/web",
    ],
)
def test_finds_a_login_under_each_of_its_names(tmp_path: Path, key: str) -> None:
    found = find_credentials((_write(tmp_path / "c", auths={key: _auth("me:pass:word")}),), WEB)
    assert found is not None
    assert (found.user, found.password, found.source) == ("me", "pass:word", str(tmp_path / "c"))


@pytest.mark.parametrize("key", ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"])
def test_finds_the_login_for_docker_hub(tmp_path: Path, key: str) -> None:
    found = find_credentials((_write(tmp_path / "c", auths={key: _auth("me:x")}),), HUB)
    assert found is not None and found.user == "me"


def test_the_longest_name_counts(tmp_path: Path) -> None:
    auths = {"registry.example.com": _auth("all:x"), "registry.example.com/shop": _auth("shop:x")}
    found = find_credentials((_write(tmp_path / "c", auths=auths),), WEB)
    assert found is not None and found.user == "shop"
    other = find_credentials((tmp_path / "c",), Repository("registry.example.com", "shopping/web"))
    assert other is not None and other.user == "all"


def test_another_host_has_no_login(tmp_path: Path) -> None:
    auths = {
        "example.com": _auth("a:b"),
        "registry.example.com:5000": _auth("a:b"),
        "registry.example.co": _auth("a:b"),
    }
    assert find_credentials((_write(tmp_path / "c", auths=auths), tmp_path / "missing"), WEB) is None


def test_plain_names_and_tokens(tmp_path: Path) -> None:
    file = _write(
        tmp_path / "c", auths={"a.io": {"username": "u", "password": "p"}, "b.io": {"identitytoken": "t"}, "c.io": {}}
    )
    assert find_credentials((file,), Repository("a.io", "x")) == Credentials("u", "p", source=str(file))
    assert find_credentials((file,), Repository("b.io", "x")) == Credentials(identity_token="t", source=str(file))
    assert find_credentials((file,), Repository("c.io", "x")) is None


def test_the_first_file_with_a_login_counts(tmp_path: Path) -> None:
    first = _write(tmp_path / "1", auths={"other.io": _auth("no:x")})
    second = _write(tmp_path / "2", auths={WEB.registry: _auth("second:x")})
    third = _write(tmp_path / "3", auths={WEB.registry: _auth("third:x")})
    found = find_credentials((first, second, third), WEB)
    assert found is not None and found.user == "second"


def test_looks_where_docker_and_podman_do(tmp_path: Path) -> None:
    assert default_files({"HOME": "/h"}) == (Path("/h/.docker/config.json"), Path("/h/.config/containers/auth.json"))
    environ = {
        "HOME": "/h",
        "DOCKER_CONFIG": "/d",
        "XDG_RUNTIME_DIR": "/r",
        "REGISTRY_AUTH_FILE": "/a",
        "XDG_CONFIG_HOME": "/c",
    }
    assert default_files(environ) == tuple(
        map(Path, ("/a", "/d/config.json", "/r/containers/auth.json", "/c/containers/auth.json"))
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"auths": 7}', '{"auths": {"a": {"auth": "s3cret" }}, "x": }', "[" * 100_000]
)
def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(InputError) as broken:
        find_credentials((file,), WEB)
    assert broken.value.code == "registry.docker-config"
    assert broken.value.where == str(file)
    assert "s3cret" not in str(broken.value)


@pytest.mark.parametrize("auth", ["not base64!", "/w=="])
def test_a_login_that_is_none_is_said_so(tmp_path: Path, auth: str) -> None:
    with pytest.raises(InputError) as broken:
        find_credentials((_write(tmp_path / "c", auths={WEB.registry: {"auth": auth}}),), WEB)
    assert broken.value.code == "registry.docker-config"
    assert auth not in str(broken.value)


def test_asks_the_helper_of_the_host(helper: Path) -> None:
    (helper / "says").write_text('{"ServerURL":"x","Username":"me","Secret":"s3cret"}')
    file = _write(helper / "c", credHelpers={WEB.registry: "vault"}, auths={WEB.registry: _auth("no:x")})
    found = find_credentials((file,), WEB)
    assert found == Credentials("me", "s3cret", source="docker-credential-vault")
    assert (helper / "asked").read_text() == WEB.registry


def test_asks_the_store_where_the_file_holds_nothing(helper: Path) -> None:
    (helper / "says").write_text('{"Username":"<token>","Secret":"identity"}')
    file = _write(helper / "c", credsStore="vault", auths={WEB.registry: {}})
    assert find_credentials((file,), WEB) == Credentials(identity_token="identity", source="docker-credential-vault")
    find_credentials((file,), HUB)
    assert (helper / "asked").read_text() == "https://index.docker.io/v1/"


def test_a_helper_without_a_login_is_no_error(helper: Path) -> None:
    (helper / "says").write_text("credentials not found in native keychain\n")
    (helper / "code").write_text("1")
    assert find_credentials((_write(helper / "c", credsStore="vault"),), WEB) is None


@pytest.mark.parametrize(
    ("says", "code"), [("the vault is sealed", "1"), ("s3cret", "0"), ('{"Secret":"s3cret"}', "0"), ("[]", "0")]
)
def test_a_helper_that_fails_is_named_and_its_output_kept_back(helper: Path, says: str, code: str) -> None:
    (helper / "says").write_text(says)
    (helper / "code").write_text(code)
    with pytest.raises(ToolError) as failed:
        find_credentials((_write(helper / "c", credsStore="vault"),), WEB)
    assert failed.value.code == "registry.credential-helper"
    assert "docker-credential-vault" in str(failed.value)
    assert "s3cret" not in str(failed.value)


def test_a_missing_helper_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as missing:
        find_credentials((_write(tmp_path / "c", credsStore="nowhere"),), WEB)
    assert missing.value.code == "tool.missing"
    assert "docker-credential-nowhere" in str(missing.value)


def test_a_login_does_not_show_its_secrets() -> None:
    login = Credentials("me", "s3cret", "identity-s3cret", "registry-s3cret")
    assert "s3cret" not in repr(login)
    assert set(login.secrets) == {"s3cret", "identity-s3cret", "registry-s3cret", login.basic[6:]}
