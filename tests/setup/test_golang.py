"""Programs that are built: when there is something to do, and that what is kept is found again by what it was built from."""

import shutil
from pathlib import Path

import pytest

from machine import golang
from machine.apt import Archive

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the folders of the programs, and nothing built."""
    monkeypatch.setenv("VIVIDO_PROGRAMS", str(tmp_path / "kept"))
    shutil.copytree(ROOT / "tools" / "programs", tmp_path / "tools" / "programs")
    (tmp_path / "kept").mkdir()
    return tmp_path


def test_every_program_says_its_version_and_has_its_modules_hashes(root: Path) -> None:
    assert golang.missing(root) == list(golang.PROGRAMS)
    for name in golang.PROGRAMS:
        sums = (ROOT / "tools" / "programs" / name / "go.sum").read_text()
        package = golang.PROGRAMS[name][0].removesuffix("/cmd/helm")
        assert f"{package} {golang.version(root, name)} h1:" in sums


def test_what_is_kept_is_used_until_something_else_is_asked_for(root: Path) -> None:
    for name in golang.PROGRAMS:
        golang.kept(root, name).write_text("#!/bin/sh\necho built\n")
        golang.kept(root, name).chmod(0o755)
    assert golang.bring(root, Archive(root / "apt"), golang.missing(root))
    assert golang.missing(root) == []
    assert (root / ".tools" / "bin" / "helm").resolve() == golang.kept(root, "helm")
    with (root / "tools" / "programs" / "helm" / "go.sum").open("a") as sums:
        sums.write("another\n")
    assert golang.missing(root) == ["helm"]
