"""The locks: every package with its hashes, no addresses, and one version in both files."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("dev.txt", "runtime.txt")


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text().replace("\\\n", " ")
    without = [line for line in text.splitlines() if line and not line.startswith("#") and "--hash=sha256:" not in line]
    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_holds_an_address(lock: str) -> None:
    assert "://" not in (ROOT / "requirements" / lock).read_text()


def test_what_users_get_is_what_is_tested() -> None:
    runtime, dev = _pins("runtime.txt"), _pins("dev.txt")
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}


def test_everything_that_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["dependency-groups"]["tools"],
    ]
    names = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in asked}  # pyright: ignore[reportOptionalSubscript]
    assert names - set(_pins("dev.txt")) == set()
