"""What a difference is about."""

from typing import Any

import pytest
from drift_objects import between, config, container, pod_spec, rendered, thing

from vivido.drift.differ import differences
from vivido.model.difference import Group
from vivido.model.objects import Manifest

DIGEST = "@sha256:" + "a" * 64


def noted(key: str, value: str) -> Manifest:
    return {**thing("Namespace"), "metadata": {"name": "web", "labels": {key: value}}}


def one_of(left: Manifest, right: Manifest) -> Group:
    (only,) = between(left, right)
    return only.group


def volume(**source: Any) -> Manifest:
    return pod_spec(volumes=[{"name": "a", **source}])


CASES: dict[str, tuple[Manifest, Manifest, Group]] = {
    "a digest": (container(image=f"r.example.com/a{DIGEST}"), container(image="r.example.com/a:1"), Group.IMAGE),
    "another registry": (container(image="r.example.com/a:1"), container(image="q.example.com/a:1"), Group.SECURITY),
    "an image that is none": (container(image="A B"), container(image="r.example.com/a"), Group.IMAGE),
    "replicas": (
        thing("Deployment", "apps/v1", spec={"replicas": 1}),
        thing("Deployment", "apps/v1", spec={"replicas": 2}),
        Group.CAPACITY,
    ),
    "limits": (
        container(resources={"limits": {"cpu": "1"}}),
        container(resources={"limits": {"cpu": "2"}}),
        Group.CAPACITY,
    ),
    "an autoscaler": (
        thing("HorizontalPodAutoscaler", "autoscaling/v2", spec={"maxReplicas": 1}),
        thing("HorizontalPodAutoscaler", "autoscaling/v2", spec={"maxReplicas": 2}),
        Group.CAPACITY,
    ),
    "a variable": (container(env=[{"name": "A"}]), container(), Group.CONFIGURATION),
    "a variable with a field's name": (
        container(env=[{"name": "privileged", "value": "1"}]),
        container(env=[{"name": "privileged", "value": "2"}]),
        Group.CONFIGURATION,
    ),
    "a key": (config(a="1"), config(a="2"), Group.CONFIGURATION),
    "a key with a field's name": (config(hostPath="1"), config(hostPath="2"), Group.CONFIGURATION),
    "arguments": (container(args=["a"]), container(args=["b"]), Group.CONFIGURATION),
    "a probe": (
        container(livenessProbe={"periodSeconds": 1}),
        container(livenessProbe={"periodSeconds": 2}),
        Group.STRUCTURE,
    ),
    "a label": (noted("a", "1"), noted("a", "2"), Group.STRUCTURE),
    "a container called image": (
        pod_spec(containers=[{"name": "image", "tty": True}]),
        pod_spec(containers=[{"name": "image"}]),
        Group.STRUCTURE,
    ),
    "a namespace's pod security": (
        noted("pod-security.kubernetes.io/enforce", "restricted"),
        noted("pod-security.kubernetes.io/enforce", "privileged"),
        Group.SECURITY,
    ),
    "host network": (pod_spec(hostNetwork=True), pod_spec(), Group.SECURITY),
    "a user": (
        container(securityContext={"runAsUser": 1}),
        container(securityContext={"runAsUser": 0}),
        Group.SECURITY,
    ),
    "a service account": (pod_spec(serviceAccountName="a"), pod_spec(serviceAccountName="b"), Group.SECURITY),
    "a host path": (volume(hostPath={"path": "/a"}), volume(hostPath={"path": "/"}), Group.SECURITY),
    "a volume that is a host path": (volume(hostPath={"path": "/"}), pod_spec(), Group.SECURITY),
    "a volume that is none": (volume(emptyDir={}), pod_spec(), Group.STRUCTURE),
    "a privileged container more": (
        container(securityContext={"privileged": True}),
        pod_spec(containers=[]),
        Group.SECURITY,
    ),
    "a role": (
        thing("Role", "rbac.authorization.k8s.io/v1", rules=[{"verbs": ["get"]}]),
        thing("Role", "rbac.authorization.k8s.io/v1", rules=[{"verbs": ["*"]}]),
        Group.SECURITY,
    ),
    "a network policy": (
        thing("NetworkPolicy", "networking.k8s.io/v1", spec={"ingress": []}),
        thing("NetworkPolicy", "networking.k8s.io/v1", spec={"ingress": [{}]}),
        Group.SECURITY,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_group(name: str) -> None:
    left, right, group = CASES[name]
    assert one_of(left, right) is group


@pytest.mark.parametrize(
    ("one", "group"),
    [
        (config(a="1"), Group.CONFIGURATION),
        (thing("Service"), Group.STRUCTURE),
        (thing("ClusterRole", "rbac.authorization.k8s.io/v1"), Group.SECURITY),
        (container(image="a"), Group.STRUCTURE),
        (pod_spec(hostPID=True), Group.SECURITY),
        (pod_spec(hostPID=False), Group.STRUCTURE),
    ],
)
def test_group_of_a_whole_object(one: Manifest, group: Group) -> None:
    (only,) = differences(rendered(), rendered(one), key=b"k")
    assert only.group is group


@pytest.mark.parametrize(
    ("key", "remark"),
    [
        ("checksum/config", "derived"),
        ("kubectl.kubernetes.io/restartedAt", "derived"),
        ("example.com/config-hash", "derived"),
        ("example.com/owner", ""),
        ("prometheus.io/scrape", ""),
    ],
)
def test_derived_annotations_are_remarked(key: str, remark: str) -> None:
    left, right = ({**thing(), "metadata": {"name": "web", "annotations": {key: value}}} for value in "12")
    (only,) = between(left, right)
    assert only.remark == remark
