import getpass
from collections.abc import Iterator
from pathlib import Path

import pytest
from git_situation import ALICE, START

from vivido.errors import ForbiddenError, NotFoundError, RefusedError, UnreachableError
from vivido.git.mirror import Mirror
from vivido.git.publish import Edit, Hand, Key, publish
from vivido.git.read import read
from vivido.process import run
from vivido.testing.sshserver import SshServer, ssh_server

pytestmark = [pytest.mark.real("sshd"), pytest.mark.real("ssh")]
KEY = Key("p-1", "c")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def server(running: SshServer, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    monkeypatch.setenv("GIT_SSH_COMMAND", running.command)
    return running


def _edit(_: str) -> Edit:
    return Edit({"README.md": b"by ssh\n"}, "S")


def test_fetch_and_push(server: SshServer, tmp_path: Path, hand: Hand) -> None:
    mirror = Mirror(server.create("both", START), tmp_path / "cache")
    assert mirror.default_branch() == "main"
    made = publish(mirror, "main", _edit, KEY, hand)
    assert run(["git", "-C", str(server.path("both")), "rev-parse", "main"]).text.strip() == made
    assert read(mirror, made, "README.md") == b"by ssh\n"


def test_the_command_of_the_users_configuration(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_SSH_COMMAND")
    run(["git", "config", "--global", "core.sshCommand", server.command])
    assert Mirror(server.create("configured", START), tmp_path / "cache").fetch("main")


def test_a_program_of_the_users_own(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_SSH_COMMAND")
    script = tmp_path / "my-ssh"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/args\nexec {server.command} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(script))
    assert Mirror(server.create("own", START), tmp_path / "cache").fetch("main")
    assert "BatchMode" not in (tmp_path / "args").read_text()


def test_a_key_that_is_not_let_in_fails_without_asking(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)])
    monkeypatch.setenv("GIT_SSH_COMMAND", server.command.replace(str(server.directory / "user"), str(other)))
    with pytest.raises(ForbiddenError) as e:
        Mirror(server.create("closed", START), tmp_path / "cache").fetch("main")
    assert e.value.code == "git.unauthorized"


def test_a_host_that_is_not_known(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", server.command.replace("known_hosts", "nobody"))
    with pytest.raises(ForbiddenError) as e:
        Mirror(server.create("stranger", START), tmp_path / "cache").fetch("main")
    assert e.value.code == "git.host-key"


def test_no_such_repository(server: SshServer, tmp_path: Path) -> None:
    url = server.create("real").replace("real.git", "none.git")
    with pytest.raises(NotFoundError) as e:
        Mirror(url, tmp_path / "cache").fetch("main")
    assert e.value.code == "git.no-repository"


def test_a_hook_says_no(server: SshServer, tmp_path: Path) -> None:
    mirror = Mirror(server.create("hooked", START), tmp_path / "cache")
    server.hook("hooked", "pre-receive", "echo 'not on a Friday' >&2; exit 1")
    with pytest.raises(RefusedError, match="not on a Friday"):
        publish(mirror, "main", _edit, KEY, Hand(ALICE, lambda _: None))


def test_nobody_listens(server: SshServer, tmp_path: Path) -> None:
    with ssh_server(tmp_path / "other") as other:
        url = other.create("gone", START)
    with pytest.raises(UnreachableError) as e:
        Mirror(url, tmp_path / "cache").fetch("main")
    assert e.value.code == "git.unreachable"


def test_the_scp_way_to_write_it(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.create("scp", START)
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{server.command} -p {server.port}")
    assert Mirror(f"{getpass.getuser()}@127.0.0.1:{server.path('scp')}", tmp_path / "cache").fetch("main")
