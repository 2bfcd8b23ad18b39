"""The same object under another name, and another object under the same."""

from typing import Any

from drift_objects import KEY, pod_spec, rendered, thing, told

from vivido.drift.differ import differences
from vivido.drift.naming import Namespaces
from vivido.model.objects import Manifest

ONE, TWO = "g4hk2f9bmd", "k7tc5m22hf"


def within(manifest: Manifest, namespace: str) -> Manifest:
    return {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}


def lines(left: list[Manifest], right: list[Manifest], namespaces: Namespaces = "keep") -> list[str]:
    return [f"{d.sort} {d.at}" for d in differences(rendered(*left), rendered(*right), key=KEY, namespaces=namespaces)]


def user(settings: str, credentials: str) -> Manifest:
    """Return a Deployment that names a ConfigMap and a Secret wherever it can."""
    return pod_spec(
        containers=[
            {
                "name": "app",
                "envFrom": [{"configMapRef": {"name": settings}}, {"secretRef": {"name": credentials}}],
                "env": [
                    {"name": "A", "valueFrom": {"configMapKeyRef": {"name": settings, "key": "a"}}},
                    {"name": "B", "valueFrom": {"secretKeyRef": {"name": credentials, "key": "b"}}},
                ],
            }
        ],
        volumes=[
            {"name": "a", "configMap": {"name": settings}},
            {"name": "b", "secret": {"secretName": credentials}},
            {
                "name": "c",
                "projected": {"sources": [{"configMap": {"name": settings}}, {"secret": {"name": credentials}}]},
            },
        ],
        imagePullSecrets=[{"name": credentials}],
    )


def generated(end: str, **data: str) -> list[Manifest]:
    return [
        thing(name=f"settings-{end}", data=data),
        thing("Secret", name=f"credentials-{end}", data={}),
        user(f"settings-{end}", f"credentials-{end}"),
    ]


def test_references_to_generated_names_are_no_differences() -> None:
    assert lines(generated(ONE, a="1"), generated(TWO, a="2")) == ["changed ConfigMap/settings/data/a"]


def test_a_generated_name_and_a_plain_one_are_the_same_object() -> None:
    plain = [thing(name="settings"), thing("Secret", name="credentials"), user("settings", "credentials")]
    assert lines(generated(ONE), plain) == []


def test_a_reference_to_what_is_not_there_is_a_difference() -> None:
    left, right = user(f"settings-{ONE}", "c"), user(f"settings-{TWO}", "c")
    found = told(left, right)
    assert len(found) == 4
    assert all("/env" in line or "/volumes" in line for line in found)


def test_two_generations_beside_each_other_stay_two() -> None:
    both = [thing(name=f"settings-{end}", data={"a": end}) for end in (ONE, TWO)]
    assert lines(both, both[:1]) == [f"only-left ConfigMap/settings-{TWO}"]


def test_only_generated_kinds_lose_their_endings() -> None:
    assert lines([thing("Service", name=f"a-{ONE}")], [thing("Service", name=f"a-{TWO}")]) == [
        f"only-left Service/a-{ONE}",
        f"only-right Service/a-{TWO}",
    ]


STAGING = [
    thing("Namespace", name="shop-staging"),
    within(thing("Service", spec={"type": "ClusterIP"}), "shop-staging"),
    within(
        thing(
            "RoleBinding",
            "rbac.authorization.k8s.io/v1",
            subjects=[{"kind": "ServiceAccount", "name": "a", "namespace": "shop-staging"}],
        ),
        "shop-staging",
    ),
]


def renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: renamed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [renamed(part) for part in value]
    return "shop-production" if value == "shop-staging" else value


def test_namespaces_are_kept_ignored_or_stand_for_roles() -> None:
    production = renamed(STAGING)
    assert len(lines(STAGING, production)) == 6
    assert lines(STAGING, production, "ignore") == []
    assert lines(STAGING, production, {"shop-staging": "shop", "shop-production": "shop"}) == []
    assert len(lines(STAGING, production, {"shop-staging": "shop"})) == 6


def test_no_object_is_lost_where_namespaces_are_ignored() -> None:
    left = [within(thing(data={"a": name}), name) for name in ("one", "two")]
    right = [within(thing(data={"a": name}), name) for name in ("one", "three")]
    assert lines(left, right, "ignore") == ["only-right ConfigMap/web", "only-left ConfigMap/web"]
    assert lines(left, left, "ignore") == []


def test_a_value_called_namespace_is_a_value() -> None:
    left, right = (thing(data={"namespace": v, "a.json": f'{{"namespace": "{v}"}}'}) for v in "ab")
    assert lines([left], [right], "ignore") == [
        "changed ConfigMap/web/data/a.json/namespace",
        "changed ConfigMap/web/data/namespace",
    ]


def test_an_object_given_twice_is_not_lost() -> None:
    assert lines([thing(), thing(data={"a": "1"})], [thing()]) == ["only-left ConfigMap/web#2"]
