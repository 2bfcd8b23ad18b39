"""Kinds that installed packages bring."""

import sys
from pathlib import Path

import pytest

from vivido.app.kinds import installed
from vivido.errors import InputError
from vivido.gates.kinds import KINDS as GATES


def _package(directory: Path, entry: str, code: str, group: str = "gates") -> None:
    (directory / "odd_kinds.py").write_text(code)
    info = directory / "odd_kinds-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-kinds\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[vivido.{group}]\n{entry}\n")


GATE = """
from vivido.gates.run import RunGate
gate = RunGate()
broken = object()
"""


def test_an_installed_package_adds_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package(tmp_path, "moon = odd_kinds:gate", GATE)
    monkeypatch.syspath_prepend(tmp_path)
    kinds = installed()
    assert set(kinds.gates) == {*GATES, "moon"}
    assert "moon" in kinds.for_config().gates
    del sys.modules["odd_kinds"]


@pytest.mark.parametrize(
    ("group", "entry", "code", "said"),
    [
        ("gates", "run = odd_kinds:gate", GATE, "takes a name that is taken"),
        ("gates", "moon = odd_kinds:broken", GATE, "is no gate: it has no options"),
        ("gates", "moon = odd_kinds:gate", "1 / 0", "cannot be loaded"),
        ("gates", "moon = odd_kinds:missing", GATE, "cannot be loaded"),
        ("targets", "podman = odd_kinds:gate", GATE, "takes a name that is taken"),
        ("targets", "moon = odd_kinds:gate", GATE, "is no target: it has no open"),
    ],
)
def test_a_package_that_offers_no_kind_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str, entry: str, code: str, said: str
) -> None:
    _package(tmp_path, entry, code, group)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=said) as refused:
        installed()
    assert refused.value.code == "kind.plugin"
    sys.modules.pop("odd_kinds", None)
