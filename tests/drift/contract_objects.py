"""Objects for the tests of the contract: one workload with everything that it needs, each part by its name."""

from copy import deepcopy
from typing import Any

from vivido.drift.contract.gap import Gap
from vivido.drift.contract.judge import Terms, gaps
from vivido.model.objects import Manifest, Rendered, sort_key

IMAGE = "registry.test/web@sha256:" + "a" * 64


def thing(kind: str, name: str, **more: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def workload(**spec: Any) -> Manifest:
    """A Deployment whose pod has this spec beside its one container."""
    container = {"name": "web", "image": IMAGE, **spec.pop("container", {})}
    pod = {"containers": [container], **spec}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    return thing("Deployment", "web", spec={"selector": {"matchLabels": {"app": "web"}}, "template": template})


def whole() -> dict[str, Manifest]:
    """Everything that is there, by `Kind/name`; each object but the last ones is needed by one reference."""
    web = workload(
        serviceAccountName="web",
        imagePullSecrets=[{"name": "pull"}],
        container={
            "env": [
                {"name": "URL", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "URL"}}},
                {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                {"name": "FULL", "value": "$(URL)/shop"},
            ],
            "envFrom": [{"configMapRef": {"name": "more"}}, {"secretRef": {"name": "tokens"}, "prefix": "T_"}],
            "args": ["--token=$(T_A)"],
            "ports": [{"name": "http", "containerPort": 80}],
            "volumeMounts": [
                {"name": "files", "mountPath": "/f", "subPath": "app.ini"},
                {"name": "data", "mountPath": "/d"},
            ],
        },
        volumes=[
            {"name": "files", "configMap": {"name": "files"}},
            {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
            {"name": "keys", "secret": {"secretName": "keys", "items": [{"key": "a.pem", "path": "a"}]}},
            {
                "name": "all",
                "projected": {"sources": [{"configMap": {"name": "seen"}}, {"secret": {"name": "unseen"}}]},
            },
        ],
    )
    made = [
        web,
        thing("ConfigMap", "settings", data={"URL": "x"}),
        thing("Secret", "db", stringData={"password": "x"}),
        thing("ConfigMap", "more", data={"LEVEL": "info"}),
        thing("Secret", "tokens", data={"A": "eA=="}),
        thing("ConfigMap", "files", data={"app.ini": ""}),
        thing("PersistentVolumeClaim", "data"),
        thing("Secret", "keys", data={"a.pem": "eA=="}),
        thing("ConfigMap", "seen"),
        thing("Secret", "unseen"),
        thing("ServiceAccount", "web"),
        thing("Secret", "pull"),
        thing("Secret", "tls"),
        thing("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}),
        thing(
            "Ingress",
            "web",
            spec={
                "tls": [{"secretName": "tls"}],
                "rules": [{"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}],
            },
        ),
        thing("HorizontalPodAutoscaler", "web", spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}}),
        thing("PodDisruptionBudget", "web", spec={"selector": {"matchLabels": {"app": "web"}}}),
        thing("NetworkPolicy", "web", spec={"podSelector": {"matchLabels": {"app": "web"}}}),
    ]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in made}


def judged(*objects: Manifest, **terms: Any) -> tuple[Gap, ...]:
    ordered = sorted((deepcopy(o) for o in objects), key=sort_key)
    return gaps(Rendered(tuple(ordered)), Terms(**terms))


def codes(*objects: Manifest, **terms: Any) -> list[str]:
    return [gap.code for gap in judged(*objects, **terms)]
