"""Remotes and mirrors that know nothing of this machine's Git configuration."""

from pathlib import Path

import pytest
from git_situation import ALICE, START

from vivido.git.mirror import Mirror
from vivido.git.publish import Hand
from vivido.testing.gitserver import create_bare


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home" / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_ASKPASS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with one commit on `main`."""
    path = tmp_path / "remote.git"
    create_bare(path, START)
    return path


@pytest.fixture
def mirror(remote: Path, tmp_path: Path) -> Mirror:
    """Its mirror, fetched."""
    made = Mirror(str(remote), tmp_path / "cache")
    made.fetch("main")
    return made


@pytest.fixture
def hand() -> Hand:
    """Alice, who does not wait."""
    return Hand(ALICE, pause=lambda _: None)
