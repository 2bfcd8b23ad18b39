"""Whatever stands in the way is said before anything changes."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from manifests import container, deployment, service, serving
from target_situation import DIGEST_A, context, desired

from vivido.errors import ConflictError, InputError, NotFoundError, RefusedError, ToolError
from vivido.targets.kinds import KINDS
from vivido.targets.podman.addresses import ensure_addresses
from vivido.targets.podman.images import has_digest, user_is_root
from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.materials import remove_secrets
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import Network, ensure_network, find_network
from vivido.targets.podman.options import PodmanOptions
from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.config import configuration, structure
from vivido.targets.podman.proxy.serving import Route, Server, Serving, merged, opened
from vivido.targets.podman.target import PodmanTarget
from vivido.targets.podman.volumes import remove_volumes

if TYPE_CHECKING:
    from conftest import Images, Place

real = pytest.mark.real("podman", "buildah", "haproxy", "docker-registry", "busybox")
WEB = f"registry.test/web@{DIGEST_A}"


def route(name: str, *servers: str, public: int = 20001, check: Probe | None = None) -> Route:
    return Route(
        name, 80, "", "http", "10.200.0.9", public, check, tuple(Server(s, 1000 + i) for i, s in enumerate(servers))
    )


def test_missing_programs_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = KINDS["podman"].open(PodmanOptions(), context(tmp_path), "dev", {})
    problems = target.check(desired(deployment("web", serving(WEB)), service("web")))
    assert [p.code for p in problems] == ["podman.missing", "haproxy.missing"]
    assert all(p.hint for p in problems)
    named = KINDS["podman"].open(PodmanOptions(), context(tmp_path), "dev", {"VIVIDO_HAPROXY": "/opt/haproxy"})
    assert "/opt/haproxy" in named.check(desired())[-1].message
    with pytest.raises(ToolError) as e:
        target.stage(desired(deployment("web", serving(WEB))))
    assert e.value.code == "tool.missing"


@real
def test_secrets_without_a_source_are_said(place: "Place") -> None:
    def broken(name: str, key: str) -> str | None:
        if key == "broken":
            raise InputError("the variable X is not set", code="secret.missing", hint="Set X.")
        return None

    env = [{"name": k.upper(), "valueFrom": {"secretKeyRef": {"name": "db", "key": k}}} for k in ("gone", "broken")]
    want = place.desired(deployment("web", container(WEB, env=env)), web=WEB)
    made = msgspec.structs.replace(context(place.tmp_path, project=place.project), secret=broken)
    target = PodmanTarget(PodmanOptions(), made, "dev", {})
    first, second = target.check(want)
    assert (first.code, second.code) == ("secret.missing", "podman.secret-missing")
    assert (first.hint, first.where) == ("Set X.", "Secret/db")
    assert place.containers() == []


@real
def test_a_secret_that_went_missing_after_the_check_stops_the_stage(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    env = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
    with pytest.raises(RefusedError) as e:
        place.open().stage(place.desired(deployment("web", container(web, env=env)), web=web))
    assert e.value.code == "podman.secret-missing"


@real
def test_an_environment_that_runs_from_another_checkout_is_not_taken_over(
    place: "Place", images: "Images", tmp_path: Path
) -> None:
    web = images.build("web", "1")
    want = place.desired(deployment("web", serving(web)), service("web"), web=web)
    place.deploy(want)
    (tmp_path / "other").mkdir()
    other = context(tmp_path / "other", project=place.project, plain_http=place.plain_http)
    problems = PodmanTarget(PodmanOptions(), other, "dev", {}).check(want)
    assert "podman.foreign" in {p.code for p in problems}
    foreign = next(p for p in problems if p.code == "podman.foreign")
    assert str(place.state) in foreign.message
    assert "vivido down dev" in foreign.hint
    second = PodmanTarget(PodmanOptions(), other, "dev", {})
    for refused in (lambda: second.contents(volumes=False), lambda: second.empty(volumes=True)):
        with pytest.raises(ConflictError, match="another checkout"):
            refused()
    assert len(place.containers()) >= 1


@real
def test_names_that_run_together_are_found(place: "Place") -> None:
    podman = Podman(place.state, {})
    ensure_network(podman, Names(f"{place.project}-x", "dev"))
    try:
        with pytest.raises(ToolError) as e:
            find_network(podman, Names(place.project, "x-dev"))
        assert e.value.code == "podman.name-taken"
        target = PodmanTarget(PodmanOptions(), context(place.tmp_path, project=place.project), "x-dev", {})
        assert [p.code for p in target.check(place.desired())] == ["podman.name-taken"]
    finally:
        place.podman("network", "rm", f"vivido-{place.project}-x-dev")


@real
def test_subnets_that_are_taken_are_passed_over(place: "Place") -> None:
    podman, names = Podman(place.state, {}), Names(place.project, "dev")
    first = ensure_network(podman, names)
    place.podman("network", "rm", names.prefix)
    taken = f"{place.project}-taken"
    place.podman("network", "create", f"--subnet={first.subnet}", taken)
    try:
        second = ensure_network(podman, names)
        assert second.subnet != first.subnet
        assert ensure_network(podman, names) == second
    finally:
        place.podman("network", "rm", taken)


@real
def test_secrets_of_other_environments_are_left_alone(place: "Place") -> None:
    podman = Podman(place.state, {})
    ours, near = Names(place.project, "dev"), Names(place.project, "dev-a")
    kept = [ours.secret("g2", "x"), near.secret("g1", "x")]
    for name in (ours.secret("g1", "x"), *kept):
        podman.run("secret", "create", name, "-", stdin=b"v")
    try:
        remove_secrets(podman, ours, "g2")
        stored = place.podman("secret", "ls", "--format={{.Name}}").split()
        assert [n for n in stored if place.project in n] == sorted(kept) or set(kept) <= set(stored)
        assert ours.secret("g1", "x") not in stored
    finally:
        podman.attempt("secret", "rm", *kept)


@real
def test_volumes_of_other_projects_are_left_alone(place: "Place") -> None:
    podman, ours = Podman(place.state, {}), Names(place.project, "dev")
    other = Names(f"{place.project}x", "dev")
    for number, names in enumerate((ours, ours, other, other)):
        labels = {**names.labels, "vivido.generation": f"g{number % 2}"}
        podman.run("volume", "create", *(f"--label={k}={v}" for k, v in labels.items()), f"{names.prefix}-{number}")
    try:
        remove_volumes(podman, ours.labels, ["g1"])
        left = {n for n in place.podman("volume", "ls", "--quiet").split() if place.project in n}
        assert left == {f"{ours.prefix}-1", f"{other.prefix}-2", f"{other.prefix}-3"}
    finally:
        podman.attempt("volume", "rm", *left)


@real
def test_switching_what_was_never_staged_is_refused(place: "Place", images: "Images") -> None:
    web = images.build("web", "1")
    want = place.desired(deployment("web", serving(web)), service("web"), web=web)
    with pytest.raises(NotFoundError):
        place.open().switch(want)
    ensure_network(Podman(place.state, {}), Names(place.project, "dev"))
    with pytest.raises(RefusedError) as e:
        place.open().switch(want)
    assert e.value.code == "target.not-ready"


def test_ports_for_services_that_do_not_exist_are_said(tmp_path: Path) -> None:
    target = PodmanTarget(PodmanOptions(ports={"wbe": 20_000}), context(tmp_path), "dev", {"VIVIDO_HAPROXY": "sh"})
    problems = target.check(desired(deployment("web", serving(WEB)), service("web")))
    (unknown,) = [p for p in problems if p.code == "podman.port-unknown"]
    assert "wbe" in unknown.message
    assert "web, web:80" in unknown.hint


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ready": "soon"}, "no duration"),
        ({"drain": "0s"}, "longer than nothing"),
        ({"ports": {"a": 80, "b": 80}}, "given to two"),
        ({"ports": {"a": 70000}}, "65535"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_options_that_could_never_work(options: dict[str, object], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(options, PodmanOptions)


def test_addresses_stay_when_services_come_and_go() -> None:
    network = Network("n", "podman9", "10.200.2.0/23")
    few, more = network.addresses(("api", "web")), network.addresses(("api", "web", "zebra"))
    assert few == {k: more[k] for k in few}
    assert len(set(more.values())) == 3
    assert all(a.startswith("10.200.2.") for a in more.values())
    with pytest.raises(ToolError) as e:
        network.addresses(tuple(str(n) for n in range(300)))
    assert e.value.code == "podman.addresses"


def test_addresses_of_an_interface_that_is_not_there() -> None:
    assert not ensure_addresses("no-such-if0", ["10.200.0.1"])


def test_digests_of_an_image() -> None:
    facts = {"Digest": "sha256:a", "RepoDigests": ["r/x@sha256:b"]}
    assert has_digest(facts, "sha256:a")
    assert has_digest(facts, "sha256:b")
    assert not has_digest(facts, "sha256:c")
    assert user_is_root({})
    assert user_is_root({"Config": {"User": "0:0"}})
    assert not user_is_root({"Config": {"User": "app"}})


def test_what_serves_is_merged_opened_and_cleared() -> None:
    old = Serving("g1", "r-1", (route("web", "g1.web.0"), route("gone", "g1.gone.0", public=20002)), 2)
    new = Serving("g2", "r-2", (route("web", "g2.web.0"), route("new", "g2.new.0", public=20003)), 2)
    early = opened(old, new)
    assert [(r.service, r.public) for r in early.routes] == [("web", 20001), ("gone", 20002), ("new", 0)]
    assert early.generation == "g1"
    both = merged(early, new)
    assert (both.generation, [r.service for r in both.routes]) == ("g2", ["web", "new", "gone"])
    assert [s.name for s in both.routes[0].draining] == ["g1.web.0"]
    assert merged(both, old).routes[0].draining[0].name == "g2.web.0"
    assert [r.service for r in both.retired("g2").routes] == ["web", "new"]
    assert both.without("g2").routes[0].draining == ()


def test_only_what_the_socket_cannot_change_is_structure() -> None:
    one, two = (
        Serving("g1", "", (route("web", "g1.web.0"),)),
        Serving("g2", "", (route("web", "g2.web.0", "g2.web.1"),)),
    )
    assert structure(one) == structure(two)
    assert configuration(one, "s") != configuration(two, "s")
    other = Serving("g1", "", (route("web", "g1.web.0", public=20002),))
    assert structure(other) != structure(one)


@real
@pytest.mark.parametrize("path", ["/", "/it's", '/a"b c#d', "/%20$HOME", "/back\\slash"])
def test_haproxy_reads_whatever_a_probe_says(tmp_path: Path, path: str) -> None:
    probe = Probe("http", 1, path, headers=(("X-Odd", "it's \\ # $x"), ("Host", "shop")))
    routes = (
        route("web", "g.web.0", check=probe),
        msgspec.structs.replace(route("h2"), mode="h2", public=20002, number=81),
    )
    config = tmp_path / "haproxy.cfg"
    config.write_text(configuration(Serving("g", "", routes), "haproxy.sock"))
    checked = subprocess.run(["haproxy", "-c", "-f", str(config)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
