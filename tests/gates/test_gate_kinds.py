"""Which kinds of gates there are."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from vivido.errors import InputError
from vivido.gates.kinds import KINDS, installed_kinds
from vivido.gates.telling import nth


@pytest.mark.parametrize(
    ("kind", "scalar", "moment"),
    [("run", "pytest", "after"), ("http", "/healthz", "after"), ("approve", "managers", "before")],
)
def test_each_kind_can_be_written_as_one_word(kind: str, scalar: str, moment: str) -> None:
    gate = KINDS[kind]
    options = msgspec.convert({gate.shorthand: scalar}, gate.options)
    assert getattr(options, gate.shorthand) == scalar
    assert gate.moment == moment
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({gate.shorthand: scalar, "shorthnad": 1}, gate.options)
    assert msgspec.json.schema(gate.options)


def _package(directory: Path, entry: str, code: str) -> None:
    (directory / "odd_gates.py").write_text(code)
    info = directory / "odd_gates-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-gates\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[vivido.gates]\n{entry}\n")


GATE = """
from vivido.gates.run import RunGate
gate = RunGate()
broken = object()
"""


def test_an_installed_package_adds_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package(tmp_path, "moon = odd_gates:gate", GATE)
    monkeypatch.syspath_prepend(tmp_path)
    kinds = installed_kinds()
    assert set(kinds) == {"run", "http", "approve", "moon"}
    assert set(KINDS) == {"run", "http", "approve"}
    del sys.modules["odd_gates"]


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ("run = odd_gates:gate", GATE, "takes a name that is taken"),
        ("moon = odd_gates:broken", GATE, "is no gate: it has no options"),
        ("moon = odd_gates:gate", "1 / 0", "cannot be loaded"),
        ("moon = odd_gates:missing", GATE, "cannot be loaded"),
    ],
)
def test_a_package_that_offers_no_gate_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, code: str, said: str
) -> None:
    _package(tmp_path, entry, code)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=said) as refused:
        installed_kinds()
    assert refused.value.code == "gates.plugin"
    sys.modules.pop("odd_gates", None)


def test_naming_the_kinds_loads_nothing_heavy() -> None:
    code = "import sys, vivido.gates.kinds; print(*sorted({'httpx2', 'asyncio', 'ssl', 'pygit2', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_numbers_are_spoken() -> None:
    assert [nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
