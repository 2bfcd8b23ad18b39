"""What containers get: variables, files, secrets, storage, limits; Jobs and init containers before them."""

import json
from typing import TYPE_CHECKING

import pytest
from load import get
from manifests import claim, config_map, container, deployment, job, service, serving
from target_situation import UNLIMITED

from vivido.errors import NotFoundError, RefusedError, ToolError, UnreachableError
from vivido.targets.interface import Contents
from vivido.targets.podman.logs import logs

if TYPE_CHECKING:
    from conftest import Images, Place

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox")

VALUE = "hunter2-ümlaut 'quoted'"


def test_secrets_reach_programs_and_nothing_else(place: "Place", images: "Images") -> None:
    place.secrets = {"db": {"password": VALUE, "user": "shop"}}
    web = images.build("web", "1")
    main = serving(
        web,
        env=[
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
            {"name": "URL", "value": "postgres://app:$(PASSWORD)@db"},
        ],
        envFrom=[{"secretRef": {"name": "db"}, "prefix": "DB_"}],
        volumeMounts=[{"name": "keys", "mountPath": "/keys"}],
    )
    volumes = [{"name": "keys", "secret": {"secretName": "db", "defaultMode": 0o400}}]
    live = place.deploy(place.desired(deployment("web", main, volumes=volumes), service("web"), web=web))
    seen = get(f"{live.urls['web']}/cgi-bin/env")
    assert f"PASSWORD={VALUE}\n" in seen
    assert f"URL=postgres://app:{VALUE}@db\n" in seen
    assert "DB_user=shop\n" in seen
    assert get(f"{live.urls['web']}/cgi-bin/file?keys/password") == VALUE
    ids = [c["Id"] for c in place.containers()]
    (inspected,) = json.loads(place.podman("inspect", *ids))
    # Podman before 5.3 shows its owner the environment of a running program, secrets and all (its issue 23788).
    shown = inspected["Config"].pop("Env")
    assert VALUE not in json.dumps(inspected, ensure_ascii=False) + place.podman("secret", "ls")
    version = place.podman("version", "--format={{.Client.Version}}").split(".")
    assert [int(n) for n in version[:2]] < [5, 3] or VALUE not in str(shown)
    kept = "".join(p.read_text() for p in place.state.rglob("*") if p.is_file())
    assert "hunter2" not in kept + "".join(place.said)
    place.open().settle("")
    assert f"vivido-{place.project}" not in place.podman("secret", "ls")


def test_a_secret_that_is_printed_by_a_failing_program_is_not_repeated(place: "Place", images: "Images") -> None:
    place.secrets = {"db": {"password": VALUE}}
    env = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
    shows = container(images.build("web", "1"), env=env, command=["/bin/sh", "-c", 'echo "tried $PASSWORD"; exit 1'])
    with pytest.raises(RefusedError) as e:
        place.open().stage(place.desired(job("migrate", shows)))
    assert "tried ***" in e.value.message
    assert "hunter2" not in e.value.message


def test_configuration_and_storage(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    main = serving(
        web,
        env=[{"name": "GREETING", "value": "$(WHO) says $$(hello)"}, {"name": "LINES", "value": "a\nb"}],
        envFrom=[{"configMapRef": {"name": "settings"}}],
        workingDir="/www",
        resources={"limits": {"memory": "64Mi", "cpu": "500m"}},
        securityContext={"runAsUser": 1234, "runAsGroup": 99, "capabilities": {"drop": ["ALL"]}},
        volumeMounts=[
            {"name": "files", "mountPath": "/etc/app"},
            {"name": "files", "mountPath": "/etc/one.conf", "subPath": "nested/WHO"},
            {"name": "data", "mountPath": "/data"},
            {"name": "scratch", "mountPath": "/scratch"},
            {"name": "fast", "mountPath": "/fast"},
        ],
    )
    side = container(
        web, command=["/bin/sh", "-c", "echo shared > /scratch/note; while :; do /bin/busybox sleep 60; done"]
    )
    side |= {"name": "side", "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}
    side |= {"readinessProbe": {"exec": {"command": ["/bin/busybox", "test", "-s", "/scratch/note"]}}}
    volumes = [
        {"name": "files", "configMap": {"name": "settings", "items": [{"key": "WHO", "path": "nested/WHO"}]}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "scratch", "emptyDir": {}},
        {"name": "fast", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
    ]
    objects = [
        deployment("web", main, side, volumes=volumes),
        service("web"),
        config_map("settings", WHO="Ada", OTHER="x"),
        claim("data"),
    ]
    live = place.deploy(place.desired(*objects, web=web))
    assert live.healthy, live.detail
    seen = get(f"{live.urls['web']}/cgi-bin/env")
    assert "GREETING=Ada says $(hello)\n" in seen
    assert "LINES=a\nb\n" in seen
    for path, content in (("etc/app/nested/WHO", "Ada"), ("etc/one.conf", "Ada"), ("scratch/note", "shared\n")):
        assert get(f"{live.urls['web']}/cgi-bin/file?{path}") == content
    (main_id,) = [c["Id"] for c in place.containers() if c["Names"][0].endswith("-main")]
    assert place.podman("exec", main_id, "/bin/busybox", "id", "-u").strip() == "1234"
    assert "/fast tmpfs" in place.podman("exec", main_id, "/bin/busybox", "cat", "/proc/mounts")
    (inspected,) = json.loads(place.podman("inspect", main_id))
    assert UNLIMITED or inspected["HostConfig"]["Memory"] == 64 * 1024 * 1024
    assert UNLIMITED or inspected["HostConfig"]["NanoCpus"] == 500_000_000
    assert inspected["Config"]["WorkingDir"] == "/www"
    place.podman("exec", main_id, "/bin/sh", "-c", "echo kept > /data/note")

    again = place.deploy(place.desired(*objects, config_map("more", a="b"), web=web))
    assert again.generation != live.generation
    assert get(f"{again.urls['web']}/cgi-bin/file?data/note") == "kept\n"
    names = place.podman("volume", "ls", "--quiet").split()
    assert not [n for n in names if live.generation in n]
    printed = list(logs(place_context(place), "dev", {}, lines=5))
    assert printed == []
    with pytest.raises(NotFoundError, match="there is: web"):
        list(logs(place_context(place), "dev", {}, service="nobody"))


def place_context(place: "Place"):
    from target_situation import context

    return context(place.tmp_path, project=place.project)


def test_programs_of_any_user_can_write_to_an_empty_volume(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    at = [{"name": name, "mountPath": f"/{name}"} for name in ("scratch", "fast", "data")]
    volumes = [
        {"name": "scratch", "emptyDir": {}},
        {"name": "fast", "emptyDir": {"medium": "Memory"}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
    ]
    one = container(web, volumeMounts=at, securityContext={"runAsUser": 1234, "runAsGroup": 99})
    two = container(
        web, volumeMounts=at[:2], securityContext={"runAsUser": 4321}, command=["/bin/busybox", "sleep", "9999"]
    )
    pod = deployment("pair", one, two | {"name": "side"}, volumes=volumes)
    want = place.desired(pod, claim("data"), web=web)
    place.deploy(want)
    names = {c["Names"][0].rpartition("-")[2]: c["Names"][0] for c in place.containers()}
    # Podman 5 looks at a volume's owner again whenever a container starts while nothing is in it.
    place.podman("restart", "--time=0", names["main"])
    for path in ("/scratch", "/fast", "/data"):
        place.podman("exec", names["main"], "/bin/sh", "-c", f"echo 1 >{path}/one")
    for path in ("/scratch", "/fast"):
        place.podman("exec", names["side"], "/bin/sh", "-c", f"echo 2 >{path}/two; /bin/busybox rm {path}/one")


def test_a_job_runs_once_before_the_pods_and_its_output_can_be_read(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    mount = [{"name": "data", "mountPath": "/data"}]
    step = container(web, command=["/bin/sh", "-c", "echo migrating; echo ran >> /data/ran"], volumeMounts=mount)
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    migrate = job("migrate", step)
    migrate["spec"]["template"]["spec"]["volumes"] = volumes
    first = container(web, command=["/bin/sh", "-c", "/bin/busybox cat /data/ran > /data/first"], volumeMounts=mount)
    pod = deployment(
        "web", serving(web, volumeMounts=mount), volumes=volumes, initContainers=[first | {"name": "first"}]
    )
    want = place.desired(migrate, pod, service("web"), claim("data"), web=web)
    live = place.deploy(want)
    place.open().stage(want)
    assert get(f"{live.urls['web']}/cgi-bin/file?data/ran") == "ran\n"
    assert get(f"{live.urls['web']}/cgi-bin/file?data/first") == "ran\n"
    assert [line.split(" ", 1)[1] for line in logs(place_context(place), "dev", {}, service="migrate")] == ["migrating"]


def test_an_environment_is_emptied_and_its_data_only_when_that_is_asked_for(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    mount = {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    want = place.desired(
        deployment("web", serving(web, **mount), volumes=volumes), service("web"), claim("data"), web=web
    )
    place.deploy(want)
    target = place.open()
    there = target.contents(volumes=False)
    assert [line.split()[0] for line in there.goes] == ["container", "HAProxy,", "network"]
    assert len(there.stays) == 1
    target.empty(volumes=False)
    assert place.containers() == []
    assert place.haproxy_pids() == ()
    assert target.contents(volumes=False) == Contents((), there.stays)
    place.deploy(want)
    target.empty(volumes=True)
    target.empty(volumes=True)
    assert target.contents(volumes=True) == Contents(())


def test_what_is_waited_for_is_said_and_for_how_long(place: "Place", images: "Images") -> None:
    one, two = images.build("web", "1"), images.build("web", "2")
    place.deploy(place.desired(deployment("web", serving(one)), service("web"), web=one))
    assert "waiting for 1 pod to be ready, at most 120 s" in place.said
    place.said.clear()
    place.deploy(place.desired(deployment("web", serving(two)), service("web"), web=two), drain="7s")
    assert "requests under way on the old pods may take up to 7s to end" in place.said
    stopping = [line for line in place.said if line.startswith("stopping ")]
    assert len(stopping) == 1
    assert f"vivido-{place.project}-dev-" in stopping[0]
    assert stopping[0].endswith("each may take up to 1 s")


def test_a_failed_job_stops_everything_with_its_output(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    bad = job("migrate", container(web, command=["/bin/sh", "-c", "echo column is gone >&2; exit 3"]))
    target = place.open()
    with pytest.raises(RefusedError) as e:
        target.stage(place.desired(bad, deployment("web", serving(web)), web=web))
    assert e.value.code == "podman.job-failed"
    assert "column is gone" in e.value.message
    assert [c["Labels"]["vivido.role"] for c in place.containers()] == ["job"]


def test_a_job_that_may_try_again_does(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    mount = [{"name": "data", "mountPath": "/data"}]
    flaky = container(web, command=["/bin/sh", "-c", "test -e /data/x || { : > /data/x; exit 1; }"], volumeMounts=mount)
    tried = job("migrate", flaky, backoffLimit=1)
    tried["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    place.open().stage(place.desired(tried, claim("data")))
    assert sorted(c["ExitCode"] for c in place.containers()) == [0, 1]


def test_a_job_that_does_not_end_is_stopped(place: "Place", images: "Images") -> None:
    endless = job(
        "migrate",
        container(images.build("web", "1"), command=["/bin/busybox", "sleep", "600"]),
        activeDeadlineSeconds=1,
    )
    with pytest.raises(RefusedError) as e:
        place.open().stage(place.desired(endless))
    assert e.value.code == "podman.job-timeout"
    assert [c["State"] for c in place.containers()] == ["exited"]


def test_what_cannot_start_says_why(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    root = serving(web, securityContext={"runAsNonRoot": True})
    with pytest.raises(ToolError) as e:
        place.open().stage(place.desired(deployment("web", root), web=web))
    assert e.value.code == "podman.root"
    failing = container(web, command=["/bin/sh", "-c", "echo no database; exit 1"]) | {"name": "first"}
    with pytest.raises(ToolError) as e:
        place.open().stage(place.desired(deployment("web", serving(web), initContainers=[failing]), web=web))
    assert e.value.code == "podman.init-failed"
    assert "no database" in e.value.message
    gone = web.rpartition("@")[0] + "@sha256:" + "0" * 64
    with pytest.raises(UnreachableError) as u:
        place.open().stage(place.desired(deployment("web", serving(gone)), web=gone))
    assert u.value.code == "podman.pull"
