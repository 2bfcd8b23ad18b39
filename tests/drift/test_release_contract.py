"""What a release needs and an environment does not have."""

from typing import Any

import pytest
from contract_objects import IMAGE, codes, judged, thing, whole, workload
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.contract.declared import Declared
from vivido.model.difference import path_text, segments
from vivido.model.objects import Manifest, Rendered
from vivido.model.requires import Requires

OTHER = {"key": "app", "operator": "In", "values": ["x"]}
NEEDED = [
    "ConfigMap/settings", "Secret/db", "ConfigMap/more", "Secret/tokens", "ConfigMap/files", "PersistentVolumeClaim/data",
    "Secret/keys", "ConfigMap/seen", "Secret/unseen", "ServiceAccount/web", "Secret/pull", "Secret/tls", "Service/web",
]  # fmt: skip


def test_what_has_everything_has_no_gap() -> None:
    assert judged(*whole().values()) == ()


@pytest.mark.parametrize("name", NEEDED)
def test_each_object_that_is_missing_is_named_with_who_needs_it(name: str) -> None:
    objects = whole()
    del objects[name]
    missing = [gap for gap in judged(*objects.values()) if path_text(gap.needs[:2]) == name]
    assert len(missing) == 1
    assert name in missing[0].message
    assert missing[0].at.object in missing[0].message
    assert missing[0].at.object in objects
    assert missing[0].hint


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_provided_from_outside_is_not_missed(name: str) -> None:
    objects = whole()
    del objects[name]
    assert all(gap.needs[:2] != segments(name) for gap in judged(*objects.values(), provided=(segments(name),)))


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("ConfigMap/settings", "URL", "contract.key"),
        ("Secret/db", "password", "contract.secret-key"),
        ("ConfigMap/files", "app.ini", "contract.key"),
        ("Secret/keys", "a.pem", "contract.secret-key"),
    ],
)
def test_each_key_that_is_missing_is_named(name: str, key: str, code: str) -> None:
    objects = whole()
    objects[name] = {k: v for k, v in objects[name].items() if k not in ("data", "stringData")}
    (gap,) = judged(*objects.values())
    assert (gap.code, gap.needs) == (code, (*segments(name), "data", key))
    assert f"key {key} of {name}" in gap.message
    assert judged(*objects.values(), provided=(segments(f"{name}/data/{key}"),)) == ()


def test_a_key_that_is_misspelt_is_told() -> None:
    objects = whole()
    objects["ConfigMap/settings"]["data"] = {"URI": "x"}
    (gap,) = judged(*objects.values())
    assert "Did you mean URI?" in gap.hint


def test_a_secret_whose_values_the_file_names_is_there() -> None:
    objects = whole()
    del objects["Secret/db"]
    assert codes(*objects.values(), secrets={"db": ("password",)}) == []
    assert codes(*objects.values(), secrets={"db": ("user",)}) == ["contract.secret-key"]


def test_several_keys_of_an_object_that_is_missing_are_one_gap() -> None:
    keys = [{"name": k, "valueFrom": {"configMapKeyRef": {"name": "gone", "key": k}}} for k in ("A", "B")]
    (gap,) = judged(workload(container={"env": keys}))
    assert "keys A, B" in gap.message


@pytest.mark.parametrize(
    "container",
    [
        {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "gone", "key": "A", "optional": True}}}]},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "gone", "key": "A", "optional": True}}}]},
        {"envFrom": [{"configMapRef": {"name": "gone", "optional": True}}]},
        {"envFrom": [{"secretRef": {"name": "gone", "optional": True}}]},
    ],
)
def test_what_is_optional_may_be_missing(container: dict[str, Any]) -> None:
    assert codes(workload(container=container)) == []


@pytest.mark.parametrize(
    "volume",
    [
        {"configMap": {"name": "gone", "optional": True}},
        {"secret": {"secretName": "gone", "optional": True, "items": [{"key": "a", "path": "a"}]}},
        {"projected": {"sources": [{"secret": {"name": "gone", "optional": True}}]}},
        {"configMap": {"name": "kube-root-ca.crt"}},
        {"emptyDir": {}},
    ],
)
def test_volumes_that_are_optional_or_of_the_cluster_are_not_missed(volume: dict[str, Any]) -> None:
    assert codes(workload(volumes=[{"name": "v", **volume}])) == []


def maker(kind: str, name: str, spec: dict[str, Any], **meta: Any) -> Manifest:
    made = thing(kind, name, spec=spec)
    made["metadata"] |= meta
    return made


@pytest.mark.parametrize(
    "made",
    [
        maker("SealedSecret", "db", {"encryptedData": {"password": "x"}}),
        maker("ExternalSecret", "any", {"target": {"name": "db"}, "data": [{"secretKey": "password"}]}),
        maker("ExternalSecret", "db", {"dataFrom": [{"extract": {"key": "x"}}]}),
        maker("SecretProviderClass", "x", {"secretObjects": [{"secretName": "db", "data": [{"key": "password"}]}]}),
    ],
)
def test_secrets_that_a_controller_makes_are_there(made: Manifest) -> None:
    objects = whole()
    del objects["Secret/db"]
    assert codes(*objects.values(), made) == []


def test_certificates_are_secrets() -> None:
    objects = whole()
    del objects["Secret/tls"]
    assert codes(*objects.values(), maker("Certificate", "x", {"secretName": "tls"})) == []
    objects["Ingress/web"]["metadata"]["annotations"] = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    assert codes(*objects.values()) == []


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ([{"name": "A", "value": "$(B)"}], "not defined"),
        ([{"name": "A", "value": "$(B)"}, {"name": "B", "value": "x"}], "only after it"),
        ([{"name": "A", "value": "$(A)"}], "only after it"),
        ([{"name": "B", "value": "x"}, {"name": "A", "value": "$(B)-$$(C)"}], ""),
        ([{"name": "A", "value": "$(DB_SERVICE_HOST):$(DB_SERVICE_PORT)"}], ""),
    ],
)
def test_a_variable_in_a_variable_is_defined_before_it(env: list[Any], told: str) -> None:
    found = judged(workload(container={"env": env}))
    assert [gap.code for gap in found] == (["contract.variable"] if told else [])
    assert all(told in gap.message for gap in found)


def test_a_shells_own_substitution_is_no_variable() -> None:
    assert codes(workload(container={"command": ["sh", "-c", "echo $(hostname) $(date +%s)"]})) == []
    assert codes(workload(container={"command": ["app", "--port=$(PORT)"]})) == ["contract.variable"]


def test_what_takes_unknown_keys_may_define_anything() -> None:
    one = workload(container={"envFrom": [{"secretRef": {"name": "out"}}], "args": ["$(TOKEN)"]})
    assert codes(one, provided=(("Secret", "out"),)) == []


@pytest.mark.parametrize(
    ("name", "spec", "code"),
    [
        ("Service/web", {"selector": {"app": "wbe"}}, "contract.selector"),
        ("Service/web", {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "https"}]}, "contract.port"),
        ("PodDisruptionBudget/web", {"selector": {"matchLabels": {"app": "x"}}}, "contract.selector"),
        ("PodDisruptionBudget/web", {"selector": {"matchExpressions": [OTHER]}}, "contract.selector"),
        ("NetworkPolicy/web", {"podSelector": {"matchLabels": {"app": "x"}}}, "contract.selector"),
        ("NetworkPolicy/web", {"ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "x"}}}]}]}, "contract.selector"),
        ("HorizontalPodAutoscaler/web", {"scaleTargetRef": {"kind": "Deployment", "name": "x"}}, "contract.reference"),
        ("Ingress/web", {"defaultBackend": {"service": {"name": "x", "port": {"number": 80}}}}, "contract.service"),
        ("Ingress/web", {"defaultBackend": {"service": {"name": "web", "port": {"number": 81}}}}, "contract.port"),
    ],
)  # fmt: skip
def test_references_that_lead_nowhere_are_told(name: str, spec: dict[str, Any], code: str) -> None:
    objects = whole()
    objects[name]["spec"] = spec
    found = judged(*objects.values())
    assert code in [gap.code for gap in found]
    assert all(name in (gap.at.object, "Service/web") for gap in found)


@pytest.mark.parametrize(
    "spec",
    [
        {"ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "x"}}, "namespaceSelector": {}}]}]},
        {"podSelector": {}},
        {"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]}},
        {"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}, {"key": "old", "operator": "DoesNotExist"}]}},
    ],
)  # fmt: skip
def test_selectors_that_may_choose_something_are_good(spec: dict[str, Any]) -> None:
    objects = whole()
    objects["NetworkPolicy/web"]["spec"] = spec
    assert codes(*objects.values()) == []


def test_a_place_whose_need_is_met_outside_can_be_declared() -> None:
    service = thing("Service", "metrics", spec={"selector": {"app": "prometheus"}})
    assert codes(service) == ["contract.selector"]
    assert codes(service, provided=(segments("Service/metrics/spec/selector"),)) == []
    assert codes(service, provided=(segments("Service/metrics/spec"),)) == []
    assert codes(service, provided=(segments("Service/other/spec/selector"),)) == ["contract.selector"]


def test_namespaces_keep_things_apart() -> None:
    one = workload(serviceAccountName="web")
    one["metadata"]["namespace"] = "shop"
    account = thing("ServiceAccount", "web")
    assert codes(one, account) == []
    account["metadata"]["namespace"] = "other"
    assert codes(one, account) == ["contract.account"]


def test_a_mount_needs_its_volume() -> None:
    mount = {"volumeMounts": [{"name": "data", "mountPath": "/d"}]}
    assert codes(workload(container=mount)) == ["contract.volume"]
    stateful = workload(container=mount)
    stateful["kind"] = "StatefulSet"
    stateful["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}}]
    assert codes(stateful) == []


def needs(**what: tuple[str, ...]) -> tuple[Declared, ...]:
    return (Declared("web", (IMAGE,), Requires(**what)),)


@pytest.mark.parametrize(
    ("met", "unmet"),
    [
        ({"env": ("URL", "LEVEL", "T_A")}, {"env": ("NEW_URL",)}),
        ({"config": ("settings", "settings/URL")}, {"config": ("settings/NEW",)}),
        ({"secrets": ("db/password",)}, {"secrets": ("bd",)}),
        ({"services": ("web", "kubernetes")}, {"services": ("db",)}),
    ],
)
def test_what_a_service_declares_to_need_is_held_against_what_is_there(met: Any, unmet: Any) -> None:
    objects = whole().values()
    assert judged(*objects, declared=needs(**met)) == ()
    (gap,) = judged(*objects, declared=needs(**unmet))
    assert gap.code == "contract.requires"
    assert "web requires" in gap.message
    assert gap.hint


def test_variables_are_asked_of_what_runs_on_not_of_its_jobs() -> None:
    job = {**workload(), "kind": "Job", "metadata": {"name": "migrate"}}
    lasting = workload(container={"env": [{"name": "URL", "value": "x"}]})
    assert codes(lasting, job, declared=needs(env=("URL",))) == []
    assert codes(job, declared=needs(env=("URL",))) == ["contract.requires"]


KEYS = [
    *(
        "spec",
        "template",
        "containers",
        "env",
        "name",
        "valueFrom",
        "configMapKeyRef",
        "envFrom",
        "volumes",
        "configMap",
    ),
    *(
        "items",
        "selector",
        "rules",
        "http",
        "paths",
        "backend",
        "service",
        "port",
        "data",
        "ports",
        "volumeMounts",
        "subPath",
    ),
    *("tls", "metadata", "labels"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)
KINDS = st.sampled_from(
    [
        "Deployment",
        "Pod",
        "Service",
        "Ingress",
        "ConfigMap",
        "NetworkPolicy",
        "StatefulSet",
        "RoleBinding",
        "ExternalSecret",
    ]
)


@given(st.lists(st.tuples(KINDS, JSON, JSON), max_size=4))
def test_nothing_that_is_rendered_breaks_it(parts: list[tuple[str, Any, Any]]) -> None:
    objects = [
        {"kind": kind, "metadata": {"name": f"o{n}"}, "spec": spec, "data": data}
        for n, (kind, spec, data) in enumerate(parts)
    ]
    found = judged(*objects)
    assert all(gap.message and gap.code.startswith("contract.") for gap in found)
    # What every place needs can be met from outside.
    places = tuple((g.at.kind, g.at.name, *g.at.path) for g in found if g.at.path)
    assert all(not g.at.path or any("*" in p or not p for p in g.at.path) for g in judged(*objects, provided=places))


@given(st.sets(st.sampled_from(sorted(whole()))))
def test_more_objects_never_make_an_object_missing(gone: set[str]) -> None:
    objects = whole()
    there = {name: one for name, one in objects.items() if name not in gone}
    fewer = {gap.needs for gap in judged(*there.values()) if gap.needs}
    assert all(path_text(need[:2]) in gone for need in fewer)


def test_the_order_of_objects_means_nothing() -> None:
    objects = list(whole().values())[:1]
    assert judged(*objects) == judged(*reversed(objects))
    assert isinstance(Rendered(tuple(objects)).hash, str)
