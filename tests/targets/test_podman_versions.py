"""What Podman prints differs from version to version: read alike, and no difference made of it."""

import pytest

from vivido.model.difference import ObjectIdentity
from vivido.targets.podman.arguments import Dressing, container
from vivido.targets.podman.manifest.blueprint import Container, Workload
from vivido.targets.podman.observe.commandline import CommandLine
from vivido.targets.podman.observe.traces import of_events, restarts
from vivido.targets.podman.volumes import lasting

WEB = ObjectIdentity("apps", "Deployment", "web")


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ({"Time": "2026-11-24T12:11:48.33772642Z"}, "2026-11-24T12:11:48.33772642Z"),
        ({"time": 1795522308, "timeNano": 1795522308001988073}, "2026-11-24T12:11:48.001988073Z"),
        ({"time": 1795522308, "timeNano": None}, ""),
        ({}, ""),
    ],
)
def test_the_time_of_an_event(time: dict[str, object], read: str) -> None:
    (trace,) = of_events([{"Name": "web-0", "Status": "pause", **time}], {"web-0": (WEB, ("0",))})
    assert (trace.what, trace.at) == ("paused", read)
    (sentence,) = restarts([{"Name": "web-0", "Status": "restart", **time}], {"web-0": (WEB, ("0",))})
    assert sentence == f"web-0 was restarted 1 times, last at {read}"


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ({}, {}),
        ({"UID": "0", "o": "uid=0"}, {}),
        ({"UID": "7", "GID": "8", "o": "uid=7,gid=8"}, {}),
        ({"type": "tmpfs", "device": "tmpfs"}, {"type": "tmpfs", "device": "tmpfs"}),
        (
            {"type": "tmpfs", "device": "tmpfs", "UID": "0", "o": "uid=0,mode=0777"},
            {"type": "tmpfs", "device": "tmpfs"},
        ),
        ({"type": "nfs", "UID": "0", "o": "uid=0,addr=10.0.0.1,ro"}, {"type": "nfs", "o": "addr=10.0.0.1,ro"}),
    ],
)
def test_whose_a_volume_is_makes_no_difference(listed: dict[str, str], read: dict[str, str]) -> None:
    assert lasting(listed) == read


def test_what_makes_a_container_is_known_on_its_command_line() -> None:
    dressing = Dressing({"a": "b"}, {}, {}, {}, restart="always")
    spec = Container("main", "registry.test/web@sha256:0", memory=1 << 20, cpus=0.5, directory="/")
    made = container(Workload("Deployment", "web", "", 1, {}, (spec,)), spec, dressing)
    line = CommandLine.of(["podman", "create", "--name=x", *made])
    assert line.values("--health-cmd") == ("none",)
    assert line.foreign == {}
    # Containers that run already may have been given another flag for the same.
    before = CommandLine.of(["podman", "create", "--no-healthcheck", "--pull=never", "registry.test/web"])
    assert (before.foreign, before.flags) == ({}, (("--no-healthcheck", ""), ("--pull", "never")))
