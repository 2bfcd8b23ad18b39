"""A bridge keeps its hardware address when its ports come and go: pods remember it."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
set -e
ip link add br0 type bridge
ip link add high type veth peer name high-peer
ip link set high address 0e:00:00:00:00:01 master br0
ip link set br0 up
{keep}
show() {{ ip -o link show br0 | sed 's/.*ether \\([0-9a-f:]*\\).*/\\1/'; }}
show
ip link add low type veth peer name low-peer
ip link set low address 02:00:00:00:00:01 master br0
show
ip link del high
show
ip -o -4 address show br0
"""


def _shown(keep: str) -> list[str]:
    """Run the script in a network of its own and return what it showed."""
    alone = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    command = [*alone, "sh", "-c", SCRIPT.format(keep=keep)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 and "unshare" in done.stderr:
        pytest.skip(f"this user may not have a network of its own: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.real("ip", "unshare")
def test_a_bridge_left_alone_changes_its_hardware_address_with_its_ports() -> None:
    before, *after = _shown(":")
    assert set(after) != {before}


@pytest.mark.real("ip", "unshare")
def test_a_bridge_that_answers_for_services_keeps_its_hardware_address() -> None:
    keep = f"{sys.executable} -m vivido.targets.podman.addresses br0 10.99.0.200 >/dev/null"
    before, after, at_last, addresses = _shown(keep)
    assert before == after == at_last
    assert "10.99.0.200" in addresses
