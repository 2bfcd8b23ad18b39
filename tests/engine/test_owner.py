import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vivido.engine.owner import is_gone, this_owner

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux tells when a process started")
_SAY = "from vivido.engine.owner import this_owner; print(this_owner(), flush=True); input()"


def test_this_process_is_not_gone() -> None:
    assert not is_gone(this_owner())
    assert f":{os.getpid()}:" in this_owner()


def test_another_process_is_gone_when_it_is() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        owner = other.stdout.readline().strip()
        assert not is_gone(owner)
        other.kill()
        # A process that nobody has waited for yet is dead all the same.
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(owner)
        other.wait()
        assert is_gone(owner)


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    place, pid, start = this_owner().rsplit(":", 2)
    assert is_gone(f"{place}:{pid}:{int(start) - 1}")


@pytest.mark.parametrize("owner", ["", "somewhere:1:2", "elsewhere#12345678:1:2", "nonsense"])
def test_of_another_machine_or_container_nothing_is_known(owner: str) -> None:
    assert not is_gone(owner)
    assert not is_gone(f"{socket.gethostname()}#00000000:1:1")


def test_an_owner_without_a_number_is_not_known_to_be_gone() -> None:
    assert not is_gone(f"{this_owner().rsplit(':', 2)[0]}:x:1")
