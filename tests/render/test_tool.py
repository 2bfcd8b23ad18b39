"""Which version a program has: asked once for each file, and taken from another time only for the very same file."""

import os
import shutil
from pathlib import Path

import pytest

from vivido.render import tool

pytestmark = pytest.mark.real("kubectl")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "bin" / "kubectl"
    copy.parent.mkdir()
    shutil.copy(shutil.which("kubectl") or "", copy)
    monkeypatch.setenv("PATH", f"{copy.parent}:{os.environ['PATH']}")
    return copy


def test_what_was_learnt_of_a_file_is_true_of_no_other(copied: Path) -> None:
    tool.learn({tool.identity("kubectl"): "0.0.1"})
    assert tool.version_of("kubectl") == "0.0.1"
    # Another program in its place, with the same bytes even.
    other = copied.with_name("other")
    shutil.copy(copied, other)
    other.replace(copied)
    assert tool.version_of("kubectl") not in ("", "0.0.1")
    assert tool.versions()[tool.identity("kubectl")] == tool.version_of("kubectl")


def test_nothing_is_learnt_of_a_script(copied: Path) -> None:
    real = shutil.which("kubectl", path=os.environ["PATH"].partition(":")[2]) or ""
    copied.unlink()
    copied.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    copied.chmod(0o755)
    version = tool.version_of("kubectl")
    assert tool.identity("kubectl") == version
    assert not [one for one in tool.versions() if str(copied) in one]
