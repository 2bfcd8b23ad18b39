"""Killed at each effect, called again: it ends as if nothing had happened, and no request notices."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from load import Load, get
from manifests import claim, config_map, container, deployment, job, service, serving

from vivido.targets.interface import Desired

if TYPE_CHECKING:
    from conftest import Images, Place

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox")

BEFORE_TRAFFIC = [
    "podman.image.pull.before",
    "podman.image.pull.after",
    "podman.network.create.before",
    "podman.network.create.after",
    "podman.volume.create.before",
    "podman.volume.create.after",
    "podman.container.create.before",
    "podman.container.create.after",
    "podman.job.start.before",
    "podman.job.start.after",
    "podman.secret.create.before",
    "podman.secret.create.after",
    "podman.container.start.before",
    "podman.container.start.after",
]
SWITCH = [
    "haproxy.switch.before",
    "haproxy.switch.recorded",
    "haproxy.start.before",
    "haproxy.start.after",
    "haproxy.switch.after",
]
REMOVAL = ["podman.container.remove.before", "podman.container.remove.after"]
LATER = [p for p in BEFORE_TRAFFIC if "network" not in p]


class Killed:
    """Runs a promotion in a process of its own."""

    def __init__(self, place: "Place", want: Desired) -> None:
        file = place.tmp_path / "want.json"
        file.write_bytes(msgspec.json.encode(want))
        script = Path(__file__).with_name("promote.py")
        self._args = [sys.executable, str(script), str(place.tmp_path), place.project, *place.plain_http, str(file)]

    def at(self, point: str) -> None:
        done = subprocess.run(
            self._args, env={**os.environ, "VIVIDO_CRASH_AT": point}, check=False, capture_output=True, text=True
        )
        assert done.returncode == -signal.SIGKILL, f"{point}: {done.returncode} {done.stderr[-2000:]}"

    def to_the_end(self) -> None:
        done = subprocess.run(self._args, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]


def release(place: "Place", images: "Images", number: str, *more: dict[str, Any]) -> Desired:
    # A name that no other test pulls: each pull is to be killed.
    web = images.build("crash", number)
    mounts = [{"name": "data", "mountPath": "/data"}, {"name": "files", "mountPath": "/files"}]
    volumes = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "files", "configMap": {"name": "settings"}},
    ]
    step = container(web, command=["/bin/sh", "-c", "/bin/busybox cat /www/version >> /data/ran"], volumeMounts=mounts)
    migrate = job("migrate", step)
    migrate["spec"]["template"]["spec"]["volumes"] = volumes
    env = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
    pods = deployment("web", serving(web, env=env, volumeMounts=mounts), replicas=1, volumes=volumes)
    settings = config_map("settings", number=number)
    return place.desired(migrate, pods, service("web"), claim("data"), settings, *more, web=web)


def test_killed_anywhere_it_ends_as_if_nothing_had_happened(place: "Place", images: "Images") -> None:
    first = release(place, images, "1")
    run = Killed(place, first)
    for point in BEFORE_TRAFFIC + SWITCH:
        run.at(point)
    run.to_the_end()
    live = place.open().current()
    url = live.urls["web"]
    assert (live.generation, live.healthy) == (first.generation, True)
    assert get(f"{url}/cgi-bin/file?data/ran") == "1"

    # A further Service changes what HAProxy listens on, so that it is reloaded under load as well.
    second = release(place, images, "2", service("more", selector={"app": "web"}))
    run = Killed(place, second)
    with Load(url) as load:
        load.wait_for("1")
        for point in LATER + SWITCH + REMOVAL:
            run.at(point)
        run.to_the_end()
        load.wait_for("2")
    assert load.failures == []
    assert {c: load.versions(c) for c in load.answers} == {c: ["1", "2"] for c in load.answers}
    live = place.open().current()
    assert (live.generation, live.healthy) == (second.generation, True)
    assert live.digests == {"web": images.build("crash", "2").rpartition("@")[2]}
    assert get(f"{url}/cgi-bin/file?data/ran") == "12"
    assert get(f"{url}/cgi-bin/file?files/number") == "2"
    assert sorted(c["Labels"]["vivido.role"] for c in place.containers()) == ["job", "pod"]
    assert {c["Labels"]["vivido.generation"] for c in place.containers()} == {second.generation}
    assert len(place.haproxy_pids()) == 1
    Killed(place, second).to_the_end()
    assert place.open().current() == live
