"""Promotions on real containers lose no request, switch everything or nothing, and survive HAProxy."""

import os
import re
import signal
import socket
import urllib.error
from typing import TYPE_CHECKING

import pytest
from load import Load, get
from manifests import deployment, service, serving

from vivido.errors import ConflictError, RefusedError

if TYPE_CHECKING:
    from conftest import Images, Place

pytestmark = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox")


def test_no_request_is_lost_over_several_promotions(place: "Place", images: "Images") -> None:
    def version(number: str, *more: str, replicas: int = 2) -> list[dict]:
        web = images.build("web", number)
        extra = [o for name in more for o in (deployment(name, serving(web)), service(name))]
        return [deployment("web", serving(web), replicas=replicas), service("web"), *extra]

    live = place.deploy(place.desired(*version("1"), web=images.build("web", "1")))
    url = live.urls["web"]
    with Load(url) as load:
        load.wait_for("1")
        for number, more, replicas in (("2", (), 1), ("3", ("admin",), 2), ("1", (), 2)):
            want = place.desired(*version(number, *more, replicas=replicas), web=images.build("web", number))
            live = place.deploy(want)
            load.wait_for(number)
            assert live.urls["web"] == url
            assert live.healthy, live.detail
    assert load.failures == []
    assert {c: load.versions(c) for c in load.answers} == {c: ["1", "2", "3", "1"] for c in load.answers}
    assert sum(map(len, load.answers.values())) > 200


def test_services_call_each_other_and_switch_together(place: "Place", images: "Images") -> None:
    def release(number: str) -> tuple[list[dict], dict[str, str]]:
        web, api = images.build("web", number), images.build("api", number)
        objects = [
            deployment("web", serving(web)),
            service("web"),
            deployment("api", serving(api)),
            service(
                "api",
                {"name": "http", "port": 80, "targetPort": 8080},
                {"name": "other", "port": 9000, "targetPort": "http"},
            ),
        ]
        return objects, {"web": web, "api": api}

    objects, artifacts = release("1")
    live = place.deploy(place.desired(*objects, **artifacts))
    assert live.digests == {s: i.rpartition("@")[2] for s, i in artifacts.items()}
    assert set(live.urls) == {"web", "api", "api:other"}
    for name in ("api", "api.default", "api.default.svc.cluster.local", "api:9000"):
        assert get(f"{live.urls['web']}/cgi-bin/call?{name}") == "1"

    objects, artifacts = release("2")
    want = place.desired(*objects, **artifacts)
    target = place.open()
    target.stage(want)
    assert (get(f"{live.urls['web']}/version"), get(f"{live.urls['web']}/cgi-bin/call?api")) == ("1", "1")
    target.switch(want)
    assert (get(f"{live.urls['web']}/version"), get(f"{live.urls['web']}/cgi-bin/call?api")) == ("2", "2")
    assert get(f"{live.urls['api:other']}/version") == "2"
    target.settle(want.generation)
    assert {c["Labels"]["vivido.generation"] for c in place.containers()} == {want.generation}


def test_pods_of_a_first_release_may_wait_for_each_other(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    waits = {"httpGet": {"path": "/cgi-bin/reaches?api", "port": "http"}, "timeoutSeconds": 5}
    objects = [deployment("web", serving(web, readinessProbe=waits)), service("web")]
    target = place.open(ready="20s")
    want = place.desired(*objects, deployment("api", serving(web)), service("api"), web=web)
    target.stage(want)
    assert target.current().generation == ""
    assert target.current().urls == {}
    target.switch(want)
    target.settle(want.generation)
    live = target.current()
    assert get(f"{live.urls['web']}/cgi-bin/call?api") == "1"

    never = deployment("new", serving(web, readinessProbe={"httpGet": {"path": "/never", "port": "http"}}))
    with pytest.raises(RefusedError):
        place.open(ready="1s").stage(place.desired(*objects, never, service("new"), web=web))
    target.settle(live.generation)
    assert target.current() == live


def test_what_is_not_ready_leaves_the_old_untouched(place: "Place", images: "Images") -> None:
    web, fixed = images.build("web", "1"), images.build("web", "2")
    live = place.deploy(place.desired(deployment("web", serving(web)), service("web"), web=web))
    before = {c["Id"] for c in place.containers()}
    never = {"httpGet": {"path": "/not-there", "port": "http"}}
    bad = place.desired(
        deployment("web", serving(fixed, readinessProbe=never)),
        service("web"),
        deployment("ok", serving(fixed)),
        web=fixed,
    )
    target = place.open(ready="2s")
    with pytest.raises(RefusedError) as e:
        target.stage(bad)
    assert e.value.code == "target.not-ready"
    assert "Deployment/web" in e.value.message
    assert "GET /not-there answered 404" in e.value.message
    assert get(f"{live.urls['web']}/version") == "1"
    target.settle(live.generation)
    assert {c["Id"] for c in place.containers()} == before
    assert place.open().current() == live


def test_a_program_that_keeps_ending_is_refused_with_what_it_printed(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    crashing = serving(web, command=["/bin/sh", "-c", "echo cannot open the database; exit 7"])
    with pytest.raises(RefusedError) as e:
        place.open().stage(place.desired(deployment("web", crashing), service("web"), web=web))
    assert "cannot open the database" in e.value.message
    assert re.search(r"ended [5-9] times", e.value.message)


def test_haproxy_that_was_killed_comes_back_as_it_was(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    want = place.desired(deployment("web", serving(web), replicas=2), service("web"), web=web)
    live = place.deploy(want)
    assert live.healthy
    for pid in place.haproxy_pids():
        os.kill(pid, signal.SIGKILL)
    down = place.open().current()
    assert (down.generation, down.healthy) == (live.generation, False)
    assert "HAProxy does not run" in down.detail
    with pytest.raises(urllib.error.URLError):
        get(live.urls["web"])
    assert place.open().restore()
    assert get(f"{live.urls['web']}/version") == "1"
    assert place.open().current() == live
    assert not place.open().restore()


def test_containers_that_were_stopped_come_back(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    live = place.deploy(place.desired(deployment("web", serving(web)), service("web"), web=web))
    place.podman("stop", *(c["Id"] for c in place.containers()))
    down = place.open().current()
    assert not down.healthy
    assert "web 0 is exited" in down.detail
    assert place.open().restore()
    assert get(f"{live.urls['web']}/version") == "1"


def test_ports_are_what_the_file_says_and_taken_ones_are_found(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    want = place.desired(deployment("web", serving(web)), service("web"), web=web)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        target = place.open(ports={"web": port})
        (problem,) = target.check(want)
        assert problem.code == "podman.port-taken"
        assert str(port) in problem.message
        target.stage(want)
        with pytest.raises(ConflictError) as e:
            target.switch(want)
        assert e.value.code == "podman.port-taken"
    assert target.check(want) == ()
    target.switch(want)
    live = target.current()
    assert live.urls == {"web": f"http://127.0.0.1:{port}", "": f"http://127.0.0.1:{port}"}
    assert get(f"{live.urls['']}/version") == "1"
    assert target.check(want) == ()


def test_only_the_generation_that_serves_can_be_kept(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    place.deploy(place.desired(deployment("web", serving(web)), service("web"), web=web))
    with pytest.raises(ConflictError) as e:
        place.open().settle("0123456789ab")
    assert e.value.code == "podman.not-serving"
    assert place.open().current().healthy
