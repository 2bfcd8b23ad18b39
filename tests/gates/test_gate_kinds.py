"""Which kinds of gates there are."""

import subprocess
import sys

import msgspec
import pytest

from vivido.gates.kinds import KINDS
from vivido.gates.telling import nth


@pytest.mark.parametrize(
    ("kind", "scalar", "moment"),
    [
        ("run", "pytest", "after"),
        ("http", "/healthz", "after"),
        ("approve", "managers", "before"),
        ("parity", "production", "before"),
        ("terraform", "{release}.json", "before"),
    ],
)
def test_each_kind_can_be_written_as_one_word(kind: str, scalar: str, moment: str) -> None:
    gate = KINDS[kind]
    options = msgspec.convert({gate.shorthand: scalar}, gate.options)
    assert getattr(options, gate.shorthand) == scalar
    assert gate.moment == moment
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({gate.shorthand: scalar, "shorthnad": 1}, gate.options)
    assert msgspec.json.schema(gate.options)


def test_naming_the_kinds_loads_nothing_heavy() -> None:
    code = "import sys, vivido.gates.kinds; print(*sorted({'httpx2', 'asyncio', 'ssl', 'pygit2', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_numbers_are_spoken() -> None:
    assert [nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
