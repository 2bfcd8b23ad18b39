"""The PostgreSQL that tests run on: found, started, and gone again."""

import os
import sys
from pathlib import Path

import pytest

from vivido.errors import ToolError
from vivido.testing.postgres import PostgresServer, postgres_server, programs


def _put(folder: Path, script: str) -> Path:
    """Put programs of PostgreSQL's names into a folder that nobody but its owner may enter."""
    folder.mkdir(mode=0o700)
    for name in ("initdb", "postgres"):
        (folder / name).write_text("#!/bin/sh\n" + script.format(name=name), encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def test_the_programs_may_lie_where_only_root_may_go(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PostgreSQL looks in this way whether its programs are its own.
    look = f"{sys.executable} -c 'import os, sys; sys.exit(not os.access(sys.argv[1], os.R_OK))' \"$0\" || exit 1"
    closed = _put(tmp_path / "closed", f'{look}\nexec {programs()}/{{name}} "$@"\n')
    monkeypatch.setenv("PATH", str(closed), prepend=os.pathsep)
    assert programs() == closed
    with postgres_server() as server:
        server.execute("SELECT 1")
        directory = server.directory
    assert not directory.exists()


@pytest.mark.parametrize("broken", ["initdb", "start"])
def test_what_a_program_said_is_told_and_nothing_is_left(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    real = programs()
    folder = _put(tmp_path / "broken", "echo no room in {name}; exit 1\n")
    if broken == "start":
        (folder / "initdb").write_text(f'#!/bin/sh\nexec {real}/initdb "$@"\n', encoding="utf-8")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    with pytest.raises(ToolError, match="no room in") as caught, postgres_server():
        pass
    assert caught.value.code == f"postgres.{broken}"
    assert list(temporary.iterdir()) == []
