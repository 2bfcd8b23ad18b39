"""What holds for any two objects: nothing is lost, nothing is invented, and nothing crashes."""

import copy
import random
from fractions import Fraction
from typing import Any

from drift_objects import KEY, between, thing
from drift_patch import key_of, patched
from hypothesis import given
from hypothesis import strategies as st

from vivido.drift.differ import differences
from vivido.model.canonical import canonical
from vivido.model.difference import Sort
from vivido.model.objects import Manifest, Rendered
from vivido.text.quantity import quantity

NAMES = st.sampled_from(["a", "b", "c", "name", "spec", "env", "data", "metadata", "status", "x/y", "~"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "a", "1", "true"])
    | st.floats(allow_nan=False)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
NAMED = st.lists(st.sampled_from("abcd"), unique=True).flatmap(
    lambda names: st.tuples(*(st.fixed_dictionaries({"name": st.just(n), "v": SCALARS}) for n in names)).map(list)
)
KINDS = st.sampled_from(
    [
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("v1", "Service"),
        ("v1", "Namespace"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("networking.k8s.io/v1", "Ingress"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("example.com/v1", "Thing"),
    ]
)


@st.composite
def anything(draw: st.DrawFn) -> Manifest:
    """Any object: the fields of a known kind, with anything in them."""
    version, kind = draw(KINDS)
    body = draw(
        st.dictionaries(st.sampled_from(["spec", "data", "stringData", "rules", "status", "type"]), JSON, max_size=3)
    )
    pod = draw(
        st.none() | st.dictionaries(st.sampled_from(["containers", "volumes", "tolerations", "hostNetwork"]), JSON)
    )
    meta = draw(
        st.dictionaries(st.sampled_from(["labels", "annotations", "finalizers", "namespace"]), JSON, max_size=2)
    )
    if not isinstance(meta.get("namespace", ""), str):
        del meta["namespace"]
    body |= {"spec": {"template": {"spec": pod}}} if pod is not None else {}
    name = draw(st.sampled_from(["web", "web-2222222222", "web-4444444444", "api"]))
    return {**body, "apiVersion": version, "kind": kind, "metadata": {**meta, "name": name}}


@given(st.lists(anything(), max_size=4), st.lists(anything(), max_size=4), st.sampled_from(["keep", "ignore"]))
def test_any_objects_have_differences_and_the_mirrored_ones(
    left: list[Manifest], right: list[Manifest], namespaces: Any
) -> None:
    before, after = Rendered(tuple(left)), Rendered(tuple(right))
    there = differences(before, after, key=KEY, namespaces=namespaces)
    back = differences(after, before, key=KEY, namespaces=namespaces)
    mirror = {Sort.ONLY_LEFT: Sort.ONLY_RIGHT, Sort.ONLY_RIGHT: Sort.ONLY_LEFT}
    assert [(d.object, d.path, d.sort, d.group, repr(d.left), repr(d.right)) for d in there] == [
        (d.object, d.path, mirror.get(d.sort, d.sort), d.group, repr(d.right), repr(d.left)) for d in back
    ]
    assert differences(before, Rendered(tuple(copy.deepcopy(left))), key=KEY, namespaces=namespaces) == ()


def _ordered(value: Any) -> Any:
    """Sort lists whose items have names: where an added one stands is no difference."""
    if isinstance(value, dict):
        return {key: _ordered(part) for key, part in value.items()}
    if isinstance(value, list):
        parts = [_ordered(part) for part in value]
        names = [part.get("name") if isinstance(part, dict) else None for part in parts]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return sorted(parts, key=lambda part: part["name"])
        return parts
    return value


UNKNOWN = st.dictionaries(
    st.sampled_from(["a", "b", "x/y", "~"]), JSON | NAMED | st.dictionaries(NAMES, NAMED), max_size=4
)


@given(UNKNOWN, UNKNOWN)
def test_the_differences_make_the_right_side_of_the_left(left: dict[str, Any], right: dict[str, Any]) -> None:
    """Of a kind of which nothing is known every value counts, so that the differences are a patch."""
    before, after = (thing("Thing", "example.com/v1", spec=body) for body in (left, right))
    found = between(before, after)
    assert canonical(_ordered(patched(before, found))) == canonical(_ordered(after))
    assert found or canonical(_ordered(before)) == canonical(_ordered(after))
    assert not found or canonical(before) != canonical(after)


CPU = st.sampled_from(["1", "1000m", 1, "0.5", "500m", "2"])
ENV = st.lists(st.sampled_from("ABCD"), unique=True).flatmap(
    lambda names: st.tuples(
        *(
            st.fixed_dictionaries({"name": st.just(n)}, optional={"value": st.sampled_from(["", "1", "x"])})
            for n in names
        )
    ).map(list)
)
PORTS = st.lists(
    st.fixed_dictionaries(
        {"containerPort": st.sampled_from([80, 81])}, optional={"protocol": st.sampled_from(["TCP", "UDP"])}
    ),
    max_size=3,
    unique_by=key_of,
)
CONTAINERS = st.lists(st.sampled_from(["app", "proxy", "log"]), unique=True).flatmap(
    lambda names: st.tuples(
        *(
            st.fixed_dictionaries(
                {"name": st.just(n), "env": ENV, "ports": PORTS},
                optional={
                    "args": st.lists(st.sampled_from(["-a", "-b"]), max_size=2),
                    "resources": st.fixed_dictionaries({}, optional={"limits": st.dictionaries(st.just("cpu"), CPU)}),
                    "stdin": st.booleans(),
                },
            )
            for n in names
        )
    ).map(list)
)
PODS = st.fixed_dictionaries(
    {"containers": CONTAINERS},
    optional={"hostNetwork": st.booleans(), "tolerations": st.permutations([{"key": "a"}, {"key": "b"}])},
)


def deployment(pod: dict[str, Any]) -> Manifest:
    """Return a Deployment."""
    return thing("Deployment", "apps/v1", spec={"template": {"spec": pod}})


def meaning(pod: dict[str, Any], *, order: bool) -> Any:
    """Return what a pod of `PODS` means, written down by hand: the differ must agree with it."""
    containers = {
        c["name"]: (
            tuple(e["name"] for e in c["env"]) if order else (),
            {e["name"]: e.get("value", "") for e in c["env"]},
            {key_of(p) for p in c["ports"]},
            c.get("args", []),
            {k: quantity(v) or Fraction(-1) for k, v in c.get("resources", {}).get("limits", {}).items()},
            c.get("stdin", False),
        )
        for c in pod["containers"]
    }
    return containers, pod.get("hostNetwork", False), bool(pod.get("tolerations"))


@given(PODS, PODS)
def test_the_differ_agrees_with_what_a_deployment_means(left: dict[str, Any], right: dict[str, Any]) -> None:
    found = between(deployment(left), deployment(right))
    same_but_for_order = meaning(left, order=False) == meaning(right, order=False)
    if same_but_for_order:
        assert bool(found) == (meaning(left, order=True) != meaning(right, order=True))
        assert {d.sort for d in found} <= {Sort.ORDER}
    made = patched(deployment(left), found)["spec"]["template"]["spec"]
    assert meaning(made, order=same_but_for_order) == meaning(right, order=same_but_for_order)


@given(PODS, st.randoms(use_true_random=False))
def test_another_order_and_spelling_is_no_difference(pod: dict[str, Any], chance: random.Random) -> None:
    assert between(deployment(pod), deployment(_respelt(pod, chance))) == ()


def _respelt(pod: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    other = copy.deepcopy(pod)
    chance.shuffle(other["containers"])
    if not other.get("hostNetwork", True):
        del other["hostNetwork"]
    for one in other["containers"]:
        chance.shuffle(one["ports"])
        for port in one["ports"]:
            port.setdefault("protocol", "TCP")
        for variable in one["env"]:
            variable.setdefault("value", "")
        limits = one.get("resources", {}).get("limits", {})
        if limits:
            limits["cpu"] = f"{int((quantity(limits['cpu']) or 0) * 1000)}m"
    return dict(chance.sample(list(other.items()), len(other)))


@given(PODS, st.randoms(use_true_random=False))
def test_variables_in_another_order_are_told_exactly_then(pod: dict[str, Any], chance: random.Random) -> None:
    other = copy.deepcopy(pod)
    for one in other["containers"]:
        chance.shuffle(one["env"])
    found = between(deployment(pod), deployment(other))
    moved = {
        one["name"] for one, two in zip(pod["containers"], other["containers"], strict=True) if one["env"] != two["env"]
    }
    assert {d.path[-2] for d in found} == moved
    assert all(d.sort is Sort.ORDER for d in found)
    assert patched(deployment(pod), found) == deployment(other)
