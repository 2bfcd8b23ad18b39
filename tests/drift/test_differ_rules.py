"""What is equal and what is not: the traps of reference material, one line each."""

from typing import Any

import pytest
from drift_objects import between, config, container, pod_spec, rendered, thing, told

from vivido.drift.differ import differences
from vivido.model.difference import ABSENT, Sort
from vivido.model.objects import Manifest

Pair = tuple[Manifest, Manifest]
TEMPLATE = "Deployment/web/spec/template/spec"


def service(*ports: dict[str, Any]) -> Manifest:
    return thing("Service", spec={"ports": list(ports)})


def policy(**spec: Any) -> Manifest:
    return thing("NetworkPolicy", "networking.k8s.io/v1", spec={"podSelector": {}, **spec})


def role(*rules: Any) -> Manifest:
    return thing("Role", "rbac.authorization.k8s.io/v1", rules=list(rules))


def resources(**limits: Any) -> Manifest:
    return container(resources={"limits": limits})


def metric(name: str, value: str) -> dict[str, Any]:
    return {"type": "Pods", "pods": {"metric": {"name": name}, "target": {"averageValue": value}}}


def claims(size: str) -> Manifest:
    data = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}}
    return thing("StatefulSet", "apps/v1", spec={"volumeClaimTemplates": [data]})


EQUAL: dict[str, Pair] = {
    "cpu in another spelling": (resources(cpu="500m"), resources(cpu="0.5")),
    "cpu as a number": (resources(cpu=1), resources(cpu="1000m")),
    "memory in another spelling": (resources(memory="1Gi"), resources(memory="1024Mi")),
    "a fraction of a binary unit": (resources(memory="0.1Gi"), resources(memory="107374182400m")),
    "exponents": (resources(memory="1e9"), resources(memory="1G")),
    "a sign": (resources(cpu="+1"), resources(cpu="1")),
    "the default protocol of a container's port": (
        container(ports=[{"containerPort": 80}]),
        container(ports=[{"containerPort": 80, "protocol": "TCP"}]),
    ),
    "the default protocol of a service's port": (service({"port": 80}), service({"port": 80, "protocol": "TCP"})),
    "ports in another order": (
        service({"port": 80, "name": "a"}, {"port": 81, "name": "b"}),
        service({"port": 81, "name": "b"}, {"port": 80, "name": "a"}),
    ),
    "containers in another order": (
        pod_spec(containers=[{"name": "a"}, {"name": "b"}]),
        pod_spec(containers=[{"name": "b"}, {"name": "a"}]),
    ),
    "an empty environment value": (
        container(env=[{"name": "A", "value": ""}]),
        container(env=[{"name": "A"}]),
    ),
    "a false that is the default": (pod_spec(hostNetwork=False), pod_spec()),
    "a mount that is not read-only": (
        container(volumeMounts=[{"mountPath": "/a", "readOnly": False}]),
        container(volumeMounts=[{"mountPath": "/a"}]),
    ),
    "empty resources": (container(resources={}), container()),
    "empty labels": (
        {**thing(), "metadata": {"name": "web", "labels": {}, "annotations": None}},
        thing(),
    ),
    "no creation time": ({**thing(), "metadata": {"name": "web", "creationTimestamp": None}}, thing()),
    "a null field": (container(securityContext=None), container()),
    "an empty list": (container(env=[]), container()),
    "empty rules of a role": (thing("Role", "rbac.authorization.k8s.io/v1", rules=[]), role()),
    "a status": ({**thing("Service"), "status": {"loadBalancer": {}}}, thing("Service")),
    "rules of a role in another order": (
        role({"verbs": ["get", "list"], "resources": ["pods"]}, {"verbs": ["get"], "resources": ["secrets"]}),
        role({"resources": ["secrets"], "verbs": ["get"]}, {"verbs": ["list", "get"], "resources": ["pods"]}),
    ),
    "peers of a network policy in another order": (
        policy(ingress=[{"from": [{"podSelector": {}}, {"namespaceSelector": {}}]}], policyTypes=["Ingress", "Egress"]),
        policy(ingress=[{"from": [{"namespaceSelector": {}}, {"podSelector": {}}]}], policyTypes=["Egress", "Ingress"]),
    ),
    "tolerations in another order": (
        pod_spec(tolerations=[{"key": "a"}, {"key": "b"}]),
        pod_spec(tolerations=[{"key": "b"}, {"key": "a"}]),
    ),
    "capabilities in another order": (
        container(securityContext={"capabilities": {"drop": ["A", "B"]}}),
        container(securityContext={"capabilities": {"drop": ["B", "A"]}}),
    ),
    "metrics of an autoscaler in another order and spelling": (
        thing("HorizontalPodAutoscaler", "autoscaling/v2", spec={"metrics": [metric("a", "1"), metric("b", "500m")]}),
        thing(
            "HorizontalPodAutoscaler", "autoscaling/v2", spec={"metrics": [metric("b", "0.5"), metric("a", "1000m")]}
        ),
    ),
    "finalizers in another order": (
        {**thing(), "metadata": {"name": "web", "finalizers": ["a/b", "c/d"]}},
        {**thing(), "metadata": {"name": "web", "finalizers": ["c/d", "a/b"]}},
    ),
    "keys in another order": (config(a="1", b="2"), config(b="2", a="1")),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name: str) -> None:
    left, right = EQUAL[name]
    assert told(left, right) == []
    assert told(right, left) == []


CHANGED: dict[str, tuple[Manifest, Manifest, list[str]]] = {
    "another quantity": (
        resources(memory="1G"),
        resources(memory="1Gi"),
        [f"changed {TEMPLATE}/containers/app/resources/limits/memory"],
    ),
    "a quantity that is none": (
        resources(memory="much"),
        resources(memory="more"),
        [f"changed {TEMPLATE}/containers/app/resources/limits/memory"],
    ),
    "a port as a text": (
        container(ports=[{"containerPort": 8080}]),
        container(ports=[{"containerPort": "8080"}]),
        [f"changed {TEMPLATE}/containers/app/ports/8080,TCP/containerPort"],
    ),
    "a probe's port as a text": (
        container(livenessProbe={"httpGet": {"port": 8080}}),
        container(livenessProbe={"httpGet": {"port": "8080"}}),
        [f"changed {TEMPLATE}/containers/app/livenessProbe/httpGet/port"],
    ),
    "one is not true": (
        container(env=[{"name": "A", "value": 1}]),
        container(env=[{"name": "A", "value": True}]),
        [f"changed {TEMPLATE}/containers/app/env/A/value"],
    ),
    "an int is not a text": (config(a=1), config(a="1"), ["changed ConfigMap/web/data/a"]),
    "nothing at all is not an empty value in a ConfigMap": (config(a=""), config(), ["only-left ConfigMap/web/data/a"]),
    "an int is not a float": (thing("X", "x/v1", a=1), thing("X", "x/v1", a=1.0), ["changed X/web/a"]),
    "null is not nothing where nothing is known": (
        thing("X", "x/v1", a=None),
        thing("X", "x/v1"),
        ["only-left X/web/a"],
    ),
    "an empty peer allows everything": (
        policy(ingress=[{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]),
        policy(ingress=[{"from": [{"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {}}]}]),
        ["changed NetworkPolicy/web/spec/ingress"],
    ),
    "an empty directory is a volume": (
        pod_spec(volumes=[{"name": "a", "emptyDir": {}}]),
        pod_spec(volumes=[{"name": "a"}]),
        [f"only-left {TEMPLATE}/volumes/a/emptyDir"],
    ),
    "no replicas are not one": (
        thing("Deployment", "apps/v1", spec={"replicas": 0}),
        thing("Deployment", "apps/v1", spec={}),
        ["only-left Deployment/web/spec/replicas"],
    ),
    "a pointer's false is a value": (
        container(securityContext={"allowPrivilegeEscalation": False}),
        container(securityContext={}),
        [f"only-left {TEMPLATE}/containers/app/securityContext/allowPrivilegeEscalation"],
    ),
    "init containers in another order": (
        pod_spec(initContainers=[{"name": "a"}, {"name": "b"}]),
        pod_spec(initContainers=[{"name": "b"}, {"name": "a"}]),
        [f"order {TEMPLATE}/initContainers"],
    ),
    "variables in another order": (
        container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}]),
        container(env=[{"name": "B", "value": "$(A)"}, {"name": "A", "value": "1"}]),
        [f"order {TEMPLATE}/containers/app/env"],
    ),
    "a variable more is no other order": (
        container(env=[{"name": "A", "value": "1"}, {"name": "C", "value": "3"}]),
        container(env=[{"name": "B", "value": "2"}, {"name": "A", "value": "1"}, {"name": "C", "value": "3"}]),
        [f"only-right {TEMPLATE}/containers/app/env/B"],
    ),
    "arguments in another order": (
        container(args=["-a", "-b"]),
        container(args=["-b", "-a"]),
        [f"changed {TEMPLATE}/containers/app/args"],
    ),
    "sources of variables in another order": (
        container(envFrom=[{"configMapRef": {"name": "a"}}, {"configMapRef": {"name": "b"}}]),
        container(envFrom=[{"configMapRef": {"name": "b"}}, {"configMapRef": {"name": "a"}}]),
        [f"changed {TEMPLATE}/containers/app/envFrom"],
    ),
    "one port number, two protocols": (
        service({"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}),
        service({"port": 53}),
        ["only-left Service/web/spec/ports/53,UDP"],
    ),
    "a variable given twice is not lost": (
        container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "3"}]),
        [f"changed {TEMPLATE}/containers/app/env/A#2/value"],
    ),
    "a finalizer more": (
        {**thing(), "metadata": {"name": "web", "finalizers": ["a/b"]}},
        {**thing(), "metadata": {"name": "web", "finalizers": ["c/d", "a/b"]}},
        ["only-right ConfigMap/web/metadata/finalizers/c~1d"],
    ),
    "a mount path in a path": (
        container(volumeMounts=[{"mountPath": "/var/data", "name": "a"}]),
        container(volumeMounts=[{"mountPath": "/var/data", "name": "b"}]),
        [f"changed {TEMPLATE}/containers/app/volumeMounts/~1var~1data/name"],
    ),
    "a label where there was none": (
        thing(),
        {**thing(), "metadata": {"name": "web", "labels": {"a/b": "c"}}},
        ["only-right ConfigMap/web/metadata/labels/a~1b"],
    ),
    "a container more": (
        pod_spec(containers=[{"name": "a"}]),
        pod_spec(containers=[{"name": "sidecar", "image": "x"}, {"name": "a"}]),
        [f"only-right {TEMPLATE}/containers/sidecar"],
    ),
    "one host of an ingress": (
        thing("Ingress", "networking.k8s.io/v1", spec={"rules": [{"host": "a"}, {"host": "b"}]}),
        thing("Ingress", "networking.k8s.io/v1", spec={"rules": [{"host": "a"}, {"host": "c"}]}),
        ["changed Ingress/web/spec/rules/1/host"],
    ),
    "a claim's size": (
        claims("1Gi"),
        claims("2Gi"),
        ["changed StatefulSet/web/spec/volumeClaimTemplates/data/spec/resources/requests/storage"],
    ),
    "items with names where nothing is known": (
        thing("X", "x/v1", spec=[{"name": "a", "v": 1}, {"name": "b", "v": 1}]),
        thing("X", "x/v1", spec=[{"name": "b", "v": 2}, {"name": "a", "v": 1}]),
        ["order X/web/spec", "changed X/web/spec/b/v"],
    ),
    "items without names where nothing is known": (
        thing("X", "x/v1", spec=[1, 2]),
        thing("X", "x/v1", spec=[1, 3, 4]),
        ["changed X/web/spec/1", "only-right X/web/spec/2"],
    ),
    "another version of a kind": (
        thing("HorizontalPodAutoscaler", "autoscaling/v1", spec={"maxReplicas": 1}),
        thing("HorizontalPodAutoscaler", "autoscaling/v2", spec={"maxReplicas": 1}),
        ["changed HorizontalPodAutoscaler/web/apiVersion"],
    ),
    "a list that became a map": (
        container(env=[{"name": "A"}]),
        container(env={"A": "1"}),
        [f"changed {TEMPLATE}/containers/app/env"],
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_changed(name: str) -> None:
    left, right, wanted = CHANGED[name]
    assert told(left, right) == wanted
    mirrored = {Sort.ONLY_LEFT: Sort.ONLY_RIGHT, Sort.ONLY_RIGHT: Sort.ONLY_LEFT}
    back = [(d.at, mirrored.get(d.sort, d.sort), d.right, d.left) for d in between(right, left)]
    assert back == [(d.at, d.sort, d.left, d.right) for d in between(left, right)]


def test_objects_on_one_side_are_one_difference_each() -> None:
    left, right = rendered(thing(name="a"), thing(name="b")), rendered(thing(name="b"), thing("Service", name="a"))
    gone, come = differences(left, right, key=b"k")
    assert (gone.at, gone.sort, gone.left, gone.right) == ("ConfigMap/a", Sort.ONLY_LEFT, thing(name="a"), ABSENT)
    assert (come.at, come.sort, come.path) == ("Service/a", Sort.ONLY_RIGHT, ())


def test_order_tells_the_keys_that_both_sides_have() -> None:
    left = container(env=[{"name": n} for n in "ABC"])
    right = container(env=[{"name": n} for n in "CXA"])
    order = next(d for d in between(left, right) if d.sort is Sort.ORDER)
    assert (order.left, order.right) == (["A", "C"], ["C", "A"])
