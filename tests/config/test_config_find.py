"""Where the file is looked for, and what is read."""

import os
from pathlib import Path

import pytest
from config_examples import KINDS, SHOP

from vivido.config.diagnostic import ConfigError
from vivido.config.find import find
from vivido.config.load import load, shown_path
from vivido.config.read import MAX_BYTES
from vivido.errors import InputError, NotFoundError


def test_it_is_found_from_below_up_to_the_repositorys_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "vivido.yaml").write_text(SHOP)
    assert find(tmp_path / "a/b", {}) == tmp_path / "vivido.yaml"
    (tmp_path / "a/vivido.yaml").write_text(SHOP)
    assert find(tmp_path / "a/b", {}) == tmp_path / "a/vivido.yaml"


def test_nothing_above_the_repository_is_taken(tmp_path: Path) -> None:
    (tmp_path / "vivido.yaml").write_text(SHOP)
    (tmp_path / "repository/.git").mkdir(parents=True)
    with pytest.raises(NotFoundError) as caught:
        find(tmp_path / "repository", {})
    assert "vivido init" in caught.value.hint


def test_outside_a_repository_only_the_directory_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "vivido.yaml").write_text(SHOP)
    (tmp_path / "below").mkdir()
    assert find(tmp_path, {}) == tmp_path / "vivido.yaml"
    with pytest.raises(NotFoundError):
        find(tmp_path / "below", {})


def test_another_spelling_is_named(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "vivido.yml").write_text(SHOP)
    with pytest.raises(NotFoundError) as caught:
        find(tmp_path / "a", {})
    assert "vivido.yml" in caught.value.message and caught.value.hint == "Rename it to vivido.yaml."


def test_the_variable_names_it(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(SHOP)
    assert find(tmp_path, {"VIVIDO_FILE": "other.yaml"}) == tmp_path / "other.yaml"
    with pytest.raises(NotFoundError) as caught:
        find(tmp_path, {"VIVIDO_FILE": "gone.yaml"})
    assert "VIVIDO_FILE" in caught.value.message


def test_paths_are_shown_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "a/vivido.yaml") == Path("a/vivido.yaml")
    assert shown_path(tmp_path.parent / "vivido.yaml") == tmp_path.parent / "vivido.yaml"


def test_a_good_file_is_loaded(tmp_path: Path) -> None:
    for name in ("web", "deploy/web", *(f"deploy/api/overlays/{e}" for e in ("dev", "staging", "production"))):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "web/Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "vivido.yaml").write_text(SHOP)
    project = load(tmp_path / "vivido.yaml", KINDS)
    assert (project.root, project.file) == (str(tmp_path), str(tmp_path / "vivido.yaml"))


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path / "vivido.yaml", KINDS)
    assert (caught.value.code, "vivido init" in caught.value.hint) == ("config.unreadable", True)
    (tmp_path / "vivido.yaml").mkdir()
    with pytest.raises(InputError, match="is no file"):
        load(tmp_path / "vivido.yaml", KINDS)
    with pytest.raises(InputError) as caught:
        load(tmp_path / "vivido.yaml" / ("x" * 300), KINDS)
    assert "permissions" in caught.value.hint


def test_a_pipe_is_not_waited_for_and_a_large_file_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no file"):
        load(tmp_path / "pipe", KINDS)
    with (tmp_path / "vivido.yaml").open("wb") as sparse:
        sparse.truncate(500 * MAX_BYTES)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "vivido.yaml", KINDS)
    assert caught.value.diagnostics[0].code == "yaml.too-large"
