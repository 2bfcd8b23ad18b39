"""Kubernetes objects become a blueprint; what cannot run here is said, whatever the manifests hold."""

import base64
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import claim, config_map, container, deployment, job, service, serving
from target_situation import DIGEST_A, desired

from vivido.targets.podman.manifest.blueprint import Blueprint, Probe, SecretKey
from vivido.targets.podman.manifest.read import WITHOUT_EFFECT, read_blueprint
from vivido.targets.podman.manifest.variables import expand
from vivido.text.quantity import quantity

WEB = f"registry.test/web@{DIGEST_A}"


def read(
    *objects: dict[str, Any], keys: dict[str, tuple[str, ...]] | None = None, ignore: tuple[str, ...] = ()
) -> Blueprint:
    return read_blueprint(desired(*objects), lambda name: (keys or {}).get(name, ()), ignore)


def said(*objects: dict[str, Any], keys: dict[str, tuple[str, ...]] | None = None) -> str:
    return "\n".join(p.message for p in read(*objects, keys=keys).problems)


def pod_of(main: dict[str, Any], **pod: Any) -> Blueprint:
    return read(deployment("web", main, **pod))


def test_a_deployment_with_its_service() -> None:
    blueprint = read(deployment("web", serving(WEB), replicas=3), service("web"))
    assert blueprint.problems == ()
    (web,) = blueprint.workloads
    assert (web.name, web.replicas, web.grace, web.labels) == ("web", 3, 1, {"app": "web"})
    (main,) = web.containers
    assert (main.image, main.service, main.ports) == (WEB, "web", (("http", 8080),))
    assert main.readiness == Probe("http", 8080, "/version")
    (port,) = blueprint.services[0].ports
    assert (port.number, port.mode, port.backends[0].port, port.check) == (80, "http", 8080, main.readiness)
    assert blueprint.published(web) == (8080,)


@pytest.mark.parametrize("kind", WITHOUT_EFFECT)
def test_kinds_without_effect_are_named_once(kind: str) -> None:
    blueprint = read(*({"kind": kind, "apiVersion": "v1", "metadata": {"name": n}} for n in "ab"))
    assert blueprint.problems == ()
    assert blueprint.notices == (f"{kind} has no effect on this machine",)


@pytest.mark.parametrize("kind", ["DaemonSet", "StatefulSet", "CronJob", "Pod", "Certificate", None])
def test_kinds_that_would_be_missed_are_problems(kind: str | None) -> None:
    thing = {"kind": kind, "apiVersion": "v1", "metadata": {"name": "x"}}
    (problem,) = read(thing).problems
    assert (problem.code, problem.where) == ("podman.unsupported", f"{kind}/x")
    assert "ignore:" in problem.hint
    left_out = read(thing, ignore=(f"{kind}/*",))
    assert left_out.problems == ()
    assert "left out" in left_out.notices[0]


@pytest.mark.parametrize(
    ("main", "pod", "words"),
    [
        (container("nginx:1.27"), {}, "not pinned by digest"),
        (container(WEB, securityContext={"privileged": True}), {}, "privileged"),
        (container(WEB, lifecycle={"postStart": {"exec": {}}}), {}, "postStart"),
        (container(WEB, env=[{"name": "A", "valueFrom": {"resourceFieldRef": {}}}]), {}, "resourceFieldRef"),
        (
            container(WEB, env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]),
            {},
            "status.podIP",
        ),
        (
            container(WEB, env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}]),
            {},
            "ConfigMap m",
        ),
        (container(WEB, envFrom=[{"configMapRef": {"name": "m"}}]), {}, "ConfigMap m"),
        (container(WEB, envFrom=[{"secretRef": {"name": "s"}}]), {}, "secret s has no keys"),
        (container(WEB, volumeMounts=[{"name": "v", "mountPath": "/v"}]), {}, "no volume v"),
        (container(WEB), {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, "hostPath"),
        (container(WEB), {"volumes": [{"name": "v"}]}, "kind none"),
        (container(WEB), {"volumes": [{"name": "v", "configMap": {"name": "m"}}]}, "ConfigMap m"),
        (container(WEB), {"hostNetwork": True}, "hostNetwork"),
        (serving(WEB, readinessProbe={"httpGet": {"port": "nope"}}), {}, "port nope"),
        (serving(WEB, readinessProbe={"telepathy": {}}), {}, "telepathy"),
        (
            container(WEB, volumeMounts=[{"name": "v", "mountPath": "/v", "subPath": "../../etc"}]),
            {"volumes": [{"name": "v", "emptyDir": {}}]},
            "leaves its volume",
        ),
        (
            container(WEB, volumeMounts=[{"name": "v", "mountPath": "/v"}]),
            {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]},
            "secret s has no keys",
        ),
    ],
)
def test_what_a_pod_cannot_have(main: dict[str, Any], pod: dict[str, Any], words: str) -> None:
    assert words in said(deployment("web", main, **pod))


def test_other_things_that_cannot_run() -> None:
    recreate = deployment("web", serving(WEB))
    recreate["spec"]["strategy"] = {"type": "Recreate"}
    assert "Recreate" in said(recreate)
    assert "no containers" in said(deployment("web"))
    assert "more than one completion" in said(job("j", container(WEB), completions=2))
    assert "several containers" in said(job("j", container(WEB), container(WEB)))
    elsewhere = deployment("web", serving(WEB))
    elsewhere["metadata"]["namespace"] = "other"
    assert "different namespaces" in said(elsewhere, deployment("web", serving(WEB)))


def test_services_that_cannot_be_had() -> None:
    pods = deployment("web", serving(WEB))
    assert "ExternalName" in said(service("web", type="ExternalName"))
    assert "selects no pods by labels" in said(service("web", selector={}))
    assert "speaks UDP" in said(pods, service("web", {"port": 53, "protocol": "UDP"}))
    assert "targetPort nope" in said(pods, service("web", {"port": 80, "targetPort": "nope"}))
    alone = read(service("web"), service("sticky", sessionAffinity="ClientIP"))
    assert alone.problems == ()
    assert any("selects no pod" in n for n in alone.notices)
    assert any("sessionAffinity" in n for n in alone.notices)


@pytest.mark.parametrize(
    ("port", "mode"),
    [
        ({"port": 80, "appProtocol": "tcp"}, "tcp"),
        ({"port": 9, "name": "grpc-api"}, "h2"),
        ({"port": 9, "appProtocol": "kubernetes.io/h2c"}, "h2"),
        ({"port": 9, "name": "http-admin"}, "http"),
        ({"port": 9, "appProtocol": "kubernetes.io/ws"}, "http"),
        ({"port": 443, "name": "https"}, "tcp"),
        ({"port": 8080}, "http"),
        ({"port": 5432}, "tcp"),
        ({"port": 8080, "appProtocol": "mongo"}, "tcp"),
    ],
)
def test_what_is_spoken_at_a_port(port: dict[str, Any], mode: str) -> None:
    pods = deployment("web", container(WEB, ports=[{"containerPort": 1234}]))
    (found,) = read(pods, service("web", {**port, "targetPort": 1234})).services[0].ports
    assert found.mode == mode
    assert found.check is None


def test_a_probe_says_what_is_spoken() -> None:
    def mode(probe: dict[str, Any]) -> tuple[str, bool]:
        pods = deployment("web", serving(WEB, readinessProbe=probe))
        (port,) = read(pods, service("web", {"port": 1, "targetPort": "http"})).services[0].ports
        return port.mode, port.check is not None

    assert mode({"httpGet": {"port": 8080}}) == ("http", True)
    assert mode({"httpGet": {"port": 8080, "scheme": "HTTPS"}}) == ("tcp", False)
    assert mode({"tcpSocket": {"port": 8080}}) == ("tcp", False)
    assert mode({"grpc": {"port": 8080}}) == ("tcp", False)


def test_variables_come_from_everywhere() -> None:
    main = container(
        WEB,
        envFrom=[
            {"configMapRef": {"name": "m"}, "prefix": "P_"},
            {"configMapRef": {"name": "gone", "optional": True}},
            {"secretRef": {"name": "s"}},
            {"secretRef": {"name": "gone", "optional": True}},
        ],
        env=[
            {"name": "PLAIN", "value": "a"},
            {"name": "EMPTY"},
            {"name": "AGAIN", "value": "$(PLAIN)-$(P_K)-$(NOBODY)-$$(PLAIN)"},
            {"name": "FROM_MAP", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "K"}}},
            {"name": "LEFT_OUT", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "x", "optional": True}}},
            {"name": "NO_SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "x", "optional": True}}},
            {"name": "MIXED", "value": "u:$(token)@h"},
            {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
        ],
        args=["--name=$(PLAIN)", "$(NOBODY)"],
    )
    blueprint = read(
        deployment("web", main),
        config_map("m", K="v") | {"data": {"K": "v", "bad-name": "x", "none": None}},
        keys={"s": ("token", "no.variable")},
    )
    assert blueprint.problems == ()
    (found,) = blueprint.workloads[0].containers
    plain = {v.name: v.plain for v in found.variables if not v.secret}
    assert plain == {
        "P_K": "v",
        "PLAIN": "a",
        "EMPTY": "",
        "AGAIN": "a-v-$(NOBODY)-$(PLAIN)",
        "FROM_MAP": "v",
        "NAME": "web",
        "LABEL": "web",
    }
    token = SecretKey("s", "token")
    assert {v.name: v.parts for v in found.variables if v.secret} == {"token": (token,), "MIXED": ("u:", token, "@h")}
    assert found.arguments == ("--name=a", "$(NOBODY)")
    assert blueprint.secrets == (token,)


def test_a_secret_in_a_command_line_is_refused() -> None:
    env = [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "t"}}}]
    assert "a secret stands in the args" in said(deployment("web", container(WEB, env=env, args=["--token=$(T)"])))


def test_secrets_that_the_manifests_hold_in_clear() -> None:
    clear = {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {"name": "s"},
        "data": {"a": base64.b64encode(b"one").decode(), "broken": "%%%"},
        "stringData": {"b": "two"},
    }
    volumes = [{"name": "v", "secret": {"secretName": "s", "items": [{"key": "a", "path": "deep/a"}]}}]
    mounts = [{"name": "v", "mountPath": "/s"}, {"name": "v", "mountPath": "/one", "subPath": "deep/a"}]
    main = container(WEB, envFrom=[{"secretRef": {"name": "s"}}], volumeMounts=mounts)
    blueprint = read(clear, deployment("web", main, volumes=volumes))
    assert blueprint.problems == ()
    assert blueprint.in_clear == {SecretKey("s", "a"): "one", SecretKey("s", "b"): "two"}
    (found,) = blueprint.workloads[0].containers
    assert [(f.secret.key, f.path) for f in found.secret_files] == [("a", "/s/deep/a"), ("a", "/one")]


def test_volumes_and_sidecars() -> None:
    volumes = [
        {"name": "files", "configMap": {"name": "m", "defaultMode": 0o400}},
        {"name": "none", "configMap": {"name": "gone", "optional": True}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "c"}},
        {"name": "fast", "emptyDir": {"medium": "Memory"}},
    ]
    first = [container(WEB) | {"name": "first"}, container(WEB, restartPolicy="Always") | {"name": "side"}]
    blueprint = read(
        deployment("web", container(WEB), volumes=volumes, initContainers=first), config_map("m", a="b"), claim("c")
    )
    assert blueprint.problems == ()
    (web,) = blueprint.workloads
    assert [(v.name, v.how, v.files, v.mode) for v in web.volumes] == [
        ("files", "files", (("a", "b"),), 0o400),
        ("none", "files", (), 0o644),
        ("data", "claim", (), 0o644),
        ("fast", "memory", (), 0o644),
    ]
    assert [c.name for c in web.first] == ["first"]
    assert [c.name for c in web.containers] == ["side", "main"]


def test_a_security_context_becomes_flags() -> None:
    context = {
        "runAsGroup": 7,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        "runAsNonRoot": True,
    }
    pod = {"fsGroup": 9, "supplementalGroups": [8], "sysctls": [{"name": "a.b", "value": "1"}], "runAsUser": 5}
    (main,) = pod_of(container(WEB, securityContext=context), securityContext=pod).workloads[0].containers
    assert set(main.flags) == {
        "--user=5:7",
        "--read-only",
        "--security-opt=no-new-privileges",
        "--cap-drop=ALL",
        "--cap-add=NET_BIND_SERVICE",
        "--sysctl=a.b=1",
        "--group-add=8",
        "--group-add=9",
    }
    assert not main.non_root
    (left,) = pod_of(container(WEB), securityContext={"runAsNonRoot": True}).workloads[0].containers
    assert left.non_root


def test_what_has_no_effect_is_said() -> None:
    main = serving(WEB, livenessProbe={"tcpSocket": {"port": 1}}, lifecycle={"preStop": {"exec": {}}})
    blueprint = pod_of(main)
    assert blueprint.problems == ()
    assert len(blueprint.notices) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", "0.5"),
        ("128Mi", str(128 * 2**20)),
        ("2", "2"),
        (3, "3"),
        ("1e3", "1000"),
        ("1k", "1000"),
        ("1G", "1e9"),
    ],
)
def test_quantities(text: object, value: str) -> None:
    assert quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "5Q", "1ki", None])
def test_no_quantities(text: object) -> None:
    assert quantity(text) is None


@given(st.text(max_size=60))
def test_expansion_without_definitions_keeps_the_text(text: str) -> None:
    assert "".join(str(p) for p in expand(text, {})) == text.replace("$$", "$")


WORDS = (
    "spec template metadata name containers image env envFrom valueFrom secretKeyRef configMapRef volumes volumeMounts secret "
    "configMap items ports port targetPort selector readinessProbe httpGet securityContext resources limits labels data"
)
FIELDS = st.sampled_from(WORDS.split(" "))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300)
@given(st.sampled_from(["Deployment", "Job", "Service", "ConfigMap", "Secret", "Nonsense"]), ANYTHING, ANYTHING)
def test_any_manifest_is_read_without_falling_over(kind: str, spec: object, data: object) -> None:
    thing = {"kind": kind, "apiVersion": "v1", "metadata": {"name": "x"}, "spec": spec, "data": data}
    pods = {"template": {"spec": {"containers": [data], "volumes": [spec]}}}
    blueprint = read(thing, {**thing, "kind": "Deployment", "metadata": {"name": "y"}, "spec": pods})
    assert all(p.message for p in blueprint.problems)
