import sys
from pathlib import Path

import pytest

from vivido.build.scratch import scratch, sweep
from vivido.process import run

HOLD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from vivido.build.scratch import scratch, sweep
with scratch(Path(sys.argv[1])) as directory:
    (directory / "file").write_text("left")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_each_has_its_own_and_it_goes_in_the_end(tmp_path: Path):
    with scratch(tmp_path / "work") as one, scratch(tmp_path / "work") as two:
        assert one != two
        (one / "file").write_text("x", encoding="utf-8")
        (two / "file").write_text("y", encoding="utf-8")
    assert list((tmp_path / "work").iterdir()) == []


def test_it_goes_when_what_uses_it_fails(tmp_path: Path):
    with pytest.raises(ValueError, match="no"), scratch(tmp_path):
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_lives_stays(tmp_path: Path):
    killed = run([sys.executable, "-c", HOLD_AND_DIE, str(tmp_path)])
    assert killed.returncode < 0
    left = list(tmp_path.rglob("file"))
    assert len(left) == 1
    with scratch(tmp_path) as living:
        (living / "file").write_text("mine", encoding="utf-8")
        sweep(tmp_path)
        assert not left[0].exists()
        assert (living / "file").exists()
    sweep(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
