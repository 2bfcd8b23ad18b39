"""Podman's settings on restricted machines: what is there stays, what is missing is added."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from vivido.containers import container_environ
from vivido.errors import ToolError


def test_whoever_names_a_configuration_knows_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERS_CONF", "/somewhere")
    assert container_environ(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_the_users_settings_are_carried_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    mine = tmp_path / "containers" / "containers.conf"
    mine.parent.mkdir()
    mine.write_text(
        '[containers]\ntz = "it\'s \\"local\\""\nlog_size_max = 5\n[engine.runtimes]\nm = ["/bin/mine"]\n[network]\n'
    )
    environ = container_environ(tmp_path / "state")
    if not environ:
        pytest.skip("this machine is not restricted")
    written = tomllib.loads(Path(environ["CONTAINERS_CONF"]).read_text())
    assert written["containers"]["tz"] == 'it\'s "local"'
    assert written["containers"]["log_size_max"] == 5
    assert written["engine"]["runtimes"]["m"] == ["/bin/mine"]
    before = Path(environ["CONTAINERS_CONF"]).stat().st_mtime_ns
    assert container_environ(tmp_path / "state") == environ
    assert Path(environ["CONTAINERS_CONF"]).stat().st_mtime_ns == before


def test_settings_that_are_no_toml_are_left_to_podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "containers").mkdir()
    (tmp_path / "containers" / "containers.conf").write_text("[[[")
    container_environ(tmp_path / "state")


def test_a_state_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    (tmp_path / "file").touch()
    if not container_environ(tmp_path / "state"):
        pytest.skip("this machine is not restricted")
    with pytest.raises(ToolError) as e:
        container_environ(tmp_path / "file" / "state")
    assert e.value.code == "containers.state"


@pytest.mark.real("podman")
def test_podman_takes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    environ = {**os.environ, **container_environ(tmp_path)}
    done = subprocess.run(["podman", "info", "--format=json"], env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
