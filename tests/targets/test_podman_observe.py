"""Manual changes to real containers: each is found where it is, and nothing else is."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from load import get
from manifests import claim, config_map, container, deployment, job, service, serving
from target_situation import needs_limits

from vivido.drift.live.compare import live_drift
from vivido.model.observation import LiveDrift
from vivido.targets.interface import Desired, Observable

if TYPE_CHECKING:
    from conftest import Images, Place

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox")

VALUE = "hunter2-ümlaut"


def rich(place: "Place", images: "Images") -> Desired:
    """An environment with one of everything: secrets, volumes, limits, a pod of two containers, a Job."""
    place.secrets = {"db": {"password": VALUE}}
    web = images.build("web", "1")
    main = serving(
        web,
        env=[
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
            {"name": "URL", "value": "postgres://app:$(PASSWORD)@db"},
            {"name": "LINES", "value": "a\nb"},
            {"name": "EMPTY", "value": ""},
        ],
        envFrom=[{"configMapRef": {"name": "settings"}}],
        workingDir="/www",
        resources={"limits": {"memory": "100M", "cpu": "500m"}},
        securityContext={
            "runAsUser": 1234,
            "runAsGroup": 99,
            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
        },
        volumeMounts=[
            {"name": "files", "mountPath": "/etc/app"},
            {"name": "files", "mountPath": "/etc/one.conf", "subPath": "nested/WHO"},
            {"name": "data", "mountPath": "/data"},
            {"name": "scratch", "mountPath": "/scratch"},
            {"name": "fast", "mountPath": "/fast"},
            {"name": "keys", "mountPath": "/keys"},
        ],
    )
    volumes = [
        {"name": "files", "configMap": {"name": "settings", "items": [{"key": "WHO", "path": "nested/WHO"}]}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "scratch", "emptyDir": {}},
        {"name": "fast", "emptyDir": {"medium": "Memory"}},
        {"name": "keys", "secret": {"secretName": "db", "defaultMode": 0o400}},
    ]
    side = {**container(web, command=["/bin/busybox", "sleep", "100000"]), "name": "side"}
    return place.desired(
        deployment("web", main, volumes=volumes),
        service("web"),
        config_map("settings", WHO="me", LEVEL="info"),
        claim("data"),
        deployment("pair", serving(web), side),
        service("pair"),
        deployment("plain", container(web), replicas=2),
        job("migrate", container(web, command=["/bin/busybox", "true"])),
        web=web,
    )


def look(place: "Place", want: Desired) -> tuple[LiveDrift, ...]:
    target = place.open()
    assert isinstance(target, Observable)
    observation = target.observe(want)
    assert observation.unseen == ()
    assert VALUE not in repr(observation)
    return live_drift(observation)


def told(found: tuple[LiveDrift, ...]) -> list[str]:
    return sorted(d.difference.at for d in found)


def name_of(place: "Place", want: Desired, what: str) -> str:
    return f"vivido-{place.project}-dev-{want.generation}-{what}"


def test_what_nobody_touched_has_no_drift_whatever_the_system_did(place: "Place", images: "Images") -> None:
    want = rich(place, images)
    live = place.deploy(want)
    assert told(look(place, want)) == []
    plain = name_of(place, want, "plain-0")
    place.podman("restart", "--time=0", plain)
    # The program dies, and the restart policy brings it back.
    process = int(place.podman("inspect", "--format={{.State.Pid}}", name_of(place, want, "web-0")))
    before = place.podman("inspect", "--format={{.State.StartedAt}}", name_of(place, want, "web-0"))
    os.kill(process, signal.SIGKILL)
    place.open().stage(want)
    assert before != place.podman("inspect", "--format={{.State.StartedAt}}", name_of(place, want, "web-0"))
    web = name_of(place, want, "web-0")
    place.podman("exec", web, "/bin/busybox", "sh", "-c", "echo 1 >/data/x; echo 2 >/fast/y; echo 3 >/scratch/z")
    place.podman(
        "exec",
        plain,
        "/bin/busybox",
        "sh",
        "-c",
        "/bin/busybox mkdir -p /var/log /tmp; echo 1 >/var/log/x; echo 2 >/tmp/y",
    )
    place.podman("rm", name_of(place, want, "job-migrate-0"))
    place.podman("tag", want.images["web"], f"localhost/{place.project}:alias")
    place.podman("run", "--detach", f"--name={place.project}-else", want.images["web"])
    try:
        assert told(look(place, want)) == []
        assert get(f"{live.urls['web']}/version") == "1"
        assert any(plain in note for note in place.open().observe(want).notes)
    finally:
        place.podman("rm", "--force", "--time=0", f"{place.project}-else")
        # Without the name, all names of the image would go, the one that it is removed by too.
        place.podman("untag", want.images["web"], f"localhost/{place.project}:alias")


CHANGES: list[tuple[str, str]] = [
    ("update", "Deployment/web/0/main/limits/memory"),
    ("exec", "Deployment/plain/0/main/files"),
    ("pause", "Deployment/pair/0/main/state"),
    ("stop", "Deployment/plain/1/main/state"),
    ("disconnect", "Deployment/web/0/(pod)/networks"),
    ("volume", "Volume/{files}/content/nested~1WHO"),
    ("haproxy", "Traffic/haproxy/file"),
    ("secret", "Secret/{secret}"),
    ("stray", "Container/{project}-stray"),
    ("labelled", "Container/{project}-labelled"),
]


@needs_limits
def test_each_manual_change_is_found_where_it_is(place: "Place", images: "Images") -> None:
    want = rich(place, images)
    place.deploy(want)
    secrets = place.podman("secret", "ls", "--format", "{{.Name}}").split()
    known = {
        "files": name_of(place, want, "deployment-web-files"),
        "secret": next(s for s in secrets if s.startswith(f"vivido-{place.project}-")),
        "project": place.project,
    }
    for change, _ in CHANGES:
        by_hand(place, want, change, known)
    found = look(place, want)
    assert told(found) == sorted(at.format(**known) for _, at in CHANGES)
    by_place = {d.difference.at: d for d in found}
    assert by_place["Deployment/web/0/main/limits/memory"].difference.right == 200 * 1024 * 1024
    assert by_place["Deployment/plain/0/main/files"].difference.right == {
        "/new": "added",
        "/www/version": "changed",
        "/www/cgi-bin/env": "deleted",
    }
    assert by_place["Deployment/plain/0/main/files"].how == "podman exec"
    assert by_place["Deployment/pair/0/main/state"].how == "paused"
    assert by_place[f"Container/{place.project}-stray"].how == "made by podman run"
    assert all(
        d.at for at, d in by_place.items() if at.startswith(("Container/", "Deployment/plain", "Deployment/pair"))
    )
    target = place.open()
    target.clear((f"{place.project}-stray", f"{place.project}-labelled"))
    target.clear((f"{place.project}-stray", f"{place.project}-labelled"))
    left = [d for d in told(look(place, want)) if d.startswith("Container/")]
    assert left == []
    # Somebody else's container lives on, out of the environment's network; one that posed as the environment's is gone.
    assert place.podman("inspect", "--format={{.State.Status}}", f"{place.project}-stray").strip() == "running"
    place.podman("rm", "--force", "--time=0", f"{place.project}-stray")


def by_hand(place: "Place", want: Desired, change: str, known: dict[str, str]) -> None:
    network, image = f"vivido-{place.project}-dev", want.images["web"]
    script = "echo 2 > /www/version; echo x > /new; /bin/busybox rm /www/cgi-bin/env"
    labels = [f"--label=vivido.project={place.project}", "--label=vivido.environment=dev"]
    commands = {
        "update": ["update", "--memory=200m", name_of(place, want, "web-0")],
        "exec": ["exec", name_of(place, want, "plain-0"), "/bin/busybox", "sh", "-c", script],
        "pause": ["pause", name_of(place, want, "pair-0-main")],
        "stop": ["stop", "--time=0", name_of(place, want, "plain-1")],
        "disconnect": ["network", "disconnect", network, name_of(place, want, "web-0")],
        "secret": ["secret", "rm", known["secret"]],
        "stray": ["run", "--detach", f"--name={place.project}-stray", f"--network={network}", image],
        "labelled": ["run", "--detach", f"--name={place.project}-labelled", *labels, image],
    }
    if change in commands:
        place.podman(*commands[change])
    elif change == "haproxy":
        with (place.state / "haproxy" / "haproxy.cfg").open("a") as file:
            file.write("# by hand\n")
    else:
        root = place.podman("volume", "inspect", "--format={{.Mountpoint}}", known["files"]).strip()
        (Path(root) / "nested" / "WHO").write_text("somebody else")


def recreate(place: "Place", container: str, change: Callable[[list[str]], list[str]]) -> None:
    """Make a container again as somebody does who copies its command line and edits it."""
    line: list[str] = json.loads(place.podman("inspect", "--format={{json .Config.CreateCommand}}", container))
    place.podman("rm", "--force", "--time=0", container)
    place.podman(*change(line[1:]))
    place.podman("start", container)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ((), []),
        (("--env=DEBUG=1",), ["env/DEBUG"]),
        (("--env=TOKEN=s3cr3t-value",), ["env/TOKEN"]),
        (("--cap-add=SYS_ADMIN",), ["security/capabilities/SYS_ADMIN"]),
        (("--volume=/etc:/host:ro",), ["mounts"]),
        (("--user=65",), ["user"]),
        (("--workdir=/www",), ["directory"]),
        pytest.param(("--pids-limit=77",), ["flags"], marks=needs_limits),
        pytest.param(("--memory=50m",), ["limits"], marks=needs_limits),
        (("--security-opt=no-new-privileges",), ["security/options"]),
        (("--restart=no",), ["restart"]),
    ],
)
def test_a_container_made_again_by_hand(
    place: "Place", images: "Images", change: tuple[str, ...], fields: list[str]
) -> None:
    web = images.build("web", "1")
    want = place.desired(deployment("plain", container(web)), web=web)
    place.deploy(want)
    recreate(place, name_of(place, want, "plain-0"), lambda line: [*line[:-1], *change, line[-1]])
    found = look(place, want)
    assert told(found) == [f"Deployment/plain/0/main/{field}" for field in fields]
    assert "s3cr3t" not in repr(found)


def test_another_image_under_the_same_name(place: "Place", images: "Images") -> None:
    one, two = images.build("web", "1"), images.build("web", "2")
    want = place.desired(deployment("plain", container(one)), web=one)
    place.deploy(want)
    place.podman("pull", "--quiet", "--tls-verify=false", two)
    recreate(place, name_of(place, want, "plain-0"), lambda line: [*line[:-1], two])
    (found,) = look(place, want)
    expected: list[Any] = [one.rpartition("@")[2], two.rpartition("@")[2]]
    assert (found.difference.at, [found.difference.left, found.difference.right]) == (
        "Deployment/plain/0/main/image",
        expected,
    )
