"""Tests run `vivido` in a process that was forked from one that had loaded it: it has to be what a new Python would be."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vivido.process import run
from vivido.testing.command import Ran, vivido

_IMPORT = """
import importlib
from vivido.testing.keeper import modules
for name in sorted(modules(), key=lambda n: {key}, reverse=True):
    importlib.import_module(name)
print(len(modules()))
"""


def _in(directory: Path, *args: str, **environ: str) -> Ran:
    return vivido(args, cwd=directory, environ={**os.environ, "HOME": str(directory), **environ})


@pytest.mark.parametrize("args", [("--version",), ("config", "check"), ("nothing",), ("promote", "--help")])
def test_it_says_what_a_new_python_says(args: tuple[str, ...], tmp_path: Path) -> None:
    forked = _in(tmp_path, *args)
    new = _in(tmp_path, *args, PYTHONUNBUFFERED="1")
    assert forked == new
    assert forked.out or forked.err


def test_nothing_is_left_of_the_command_before(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one", "other")]
    for place in places:
        place.mkdir()
        (place / "vivido.yaml").write_text(f"nonsense-{place.name}: 1\n")
    for place in (*places, places[0]):
        assert f"nonsense-{place.name}" in _in(place, "config", "check").err
    assert "\x1b[" in _in(places[0], "config", "check", FORCE_COLOR="1", NO_COLOR="", TERM="xterm").err
    assert "\x1b[" not in _in(places[0], "config", "check", NO_COLOR="1").err


def _hanging(directory: Path) -> Path:
    """Make a repository and a `git` that tells who called it, and then waits until somebody has written into a pipe."""
    run(["git", "init", "--quiet", str(directory)])
    os.mkfifo(directory / "pipe")
    (directory / "git").write_text(f"#!/bin/sh\necho $PPID >{directory}/caller\nexec cat {directory}/pipe\n")
    (directory / "git").chmod(0o755)
    return directory / "pipe"


def test_commands_run_beside_each_other(tmp_path: Path) -> None:
    pipe = _hanging(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_in, tmp_path, "init", PATH=f"{tmp_path}:{os.environ['PATH']}")
        with pipe.open("w", encoding="utf-8"):
            assert _in(tmp_path, "--version").code == 0
            assert not waiting.done()
        pipe.unlink()
        assert waiting.result().code != 0


def test_many_that_are_asked_for_at_once_are_not_mixed_up(tmp_path: Path) -> None:
    words = [f"nothing-{number}" + "x" * 50_000 for number in range(12)]
    with ThreadPoolExecutor(len(words)) as pool:
        answers = list(pool.map(lambda word: _in(tmp_path, word), words))
    assert [a.code for a in answers] == [2] * len(words)
    assert all(word.partition("x")[0] + "x" in a.err for word, a in zip(words, answers, strict=True))


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    pipe = _hanging(tmp_path)
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with pytest.raises(subprocess.TimeoutExpired):
        vivido(["init"], cwd=tmp_path, environ=environ, timeout=2)
    pipe.open("w", encoding="utf-8").close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "caller").read_text()), 0)


@pytest.mark.parametrize("key", ["n", "n[::-1]"])
def test_modules_are_loaded_in_any_order(key: str) -> None:
    # A command loads what it uses when it uses it; a keeper that has all of them would hide that two need each other.
    done = run([sys.executable, "-c", _IMPORT.format(key=key)])
    assert done.returncode == 0, done.complaint
    assert int(done.text) > 100
