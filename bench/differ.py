"""Measure the differ: `python bench/differ.py [pairs]`.

Pairs of a realistic Deployment, staging against production, beside `jsonpatch` and `deepdiff` in the same run (neither is a
dependency of Vivido; what is missing is left out), then whole services of eight objects. Times are of the CPU, the best of
interleaved rounds, so that other load on the machine meets all alike.
"""

import copy
import sys
import time
from collections.abc import Callable
from typing import Any

from vivido.drift.differ import differences
from vivido.model.objects import Rendered, sort_key

ROUNDS = 5
SERVICES = 2000
Pair = tuple[dict[str, Any], dict[str, Any]]


def main(pairs: int) -> None:
    """Measure and print."""
    deployments = [pair(n) for n in range(pairs)]
    wrapped = [(Rendered((a,)), Rendered((b,))) for a, b in deployments]
    equal = [(a, Rendered((respelt(a.objects[0]),))) for a, _ in wrapped]
    slow = max(1, pairs // 20)
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "vivido": (pairs, lambda: [differences(a, b, key=b"k") for a, b in wrapped]),
        "vivido, equal, another spelling": (pairs, lambda: [differences(a, b, key=b"k") for a, b in equal]),
    }
    works |= {name: (slow, lambda run=run: [run(a, b) for a, b in deployments[:slow]]) for name, run in peers().items()}
    best = {name: min(clock(work) for _ in range(ROUNDS)) / count * 1e6 for name, (count, work) in works.items()}
    found = sum(len(differences(a, b, key=b"k")) for a, b in wrapped) / pairs
    for name, micros in best.items():
        told = f"{found:.1f} differences" if name == "vivido" else f"{micros / best['vivido']:.1f}x of vivido"
        print(f"one Deployment pair ({name})  {micros:.1f} us  {told}")
    services = [service(n) for n in range(SERVICES)]
    whole = min(
        clock(lambda: [differences(a, b, key=b"k", namespaces="ignore") for a, b in services]) for _ in range(3)
    )
    print(f"{SERVICES:,} pairs of 8 objects  {whole * 1000:.0f} ms  goal <= 300")


def peers() -> dict[str, Callable[[Any, Any], object]]:
    """Return what is installed to compare with."""
    found: dict[str, Callable[[Any, Any], object]] = {}
    try:
        import jsonpatch

        found["jsonpatch"] = jsonpatch.make_patch
    except ImportError:
        print("# jsonpatch is not installed: no comparison")
    try:
        from deepdiff import DeepDiff

        found["deepdiff"] = DeepDiff
        found["deepdiff, ignore_order"] = lambda a, b: DeepDiff(a, b, ignore_order=True)
    except ImportError:
        print("# deepdiff is not installed: no comparison")
    return found


def clock(work: Callable[[], object]) -> float:
    """Return the seconds of CPU time that work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def deployment(n: int, environment: str) -> dict[str, Any]:
    """Return a Deployment as people write them, about 3.6 kB of JSON."""
    production = environment == "production"
    labels = {
        "app.kubernetes.io/name": f"service-{n}",
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/managed-by": "vivido",
        "environment": environment,
    }
    variables = {
        "LOG_LEVEL": "info" if production else "debug",
        "DATABASE_HOST": f"db.{environment}.example.com",
        "CACHE_SIZE": "512",
        "HTTP_PORT": "8080",
        "FEATURE_CHECKOUT": "true",
        "FEATURE_SEARCH": "false" if production else "true",
        "TRACING_SAMPLE": "0.01" if production else "1",
        "TZ": "UTC",
    }
    keyed = [
        {"name": name.upper(), "valueFrom": {"secretKeyRef": {"name": f"service-{n}-credentials", "key": name}}}
        for name in ("database_password", "api_token", "session_key")
    ]
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 2}
    settings = f"service-{n}-settings-{'g4hk2f9bmd' if production else 'k7tc5m22hf'}"
    app = {
        "name": "app",
        "image": f"registry.example.com/shop/service-{n}@sha256:{'a' * 64}",
        "imagePullPolicy": "IfNotPresent",
        "args": ["--config=/etc/app/app.yaml", "--listen=:8080"],
        "env": [*({"name": name, "value": value} for name, value in variables.items()), *keyed],
        "envFrom": [{"configMapRef": {"name": settings}}],
        "ports": [
            {"name": "http", "containerPort": 8080},
            {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
        ],
        "resources": {
            "requests": {"cpu": "500m" if production else "100m", "memory": "512Mi"},
            "limits": {"cpu": "2" if production else "1", "memory": "1Gi" if production else "512Mi"},
        },
        "livenessProbe": {**probe, "initialDelaySeconds": 15},
        "readinessProbe": {**probe, "failureThreshold": 3 if production else 5},
        "volumeMounts": [
            {"name": "settings", "mountPath": "/etc/app", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    proxy = {
        "name": "proxy",
        "image": f"registry.example.com/platform/proxy@sha256:{'b' * 64}",
        "args": ["--upstream=127.0.0.1:8080"],
        "ports": [{"name": "https", "containerPort": 8443}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
    }
    pod = {
        "serviceAccountName": f"service-{n}",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 60 if production else 30,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [app, proxy],
        "initContainers": [
            {
                "name": "migrate",
                "image": f"registry.example.com/shop/service-{n}@sha256:{'a' * 64}",
                "command": ["/app/migrate", "--wait"],
                "env": keyed,
            }
        ],
        "volumes": [
            {"name": "settings", "configMap": {"name": settings}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "shop", "effect": "NoSchedule"}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule" if production else "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": f"service-{n}"}},
            }
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"service-{n}", "namespace": f"shop-{environment}", "labels": labels},
        "spec": {
            "replicas": 6 if production else 2,
            "revisionHistoryLimit": 3,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
            "selector": {"matchLabels": {"app.kubernetes.io/name": f"service-{n}"}},
            "template": {"metadata": {"labels": labels, "annotations": {"prometheus.io/scrape": "true"}}, "spec": pod},
        },
    }


def pair(n: int) -> Pair:
    """Return a Deployment in two environments, in one namespace."""
    left, right = deployment(n, "staging"), deployment(n, "production")
    right["metadata"]["namespace"] = left["metadata"]["namespace"]
    return left, right


def respelt(one: dict[str, Any]) -> dict[str, Any]:
    """Return the same Deployment: variables stay in order, everything else moves, quantities are written otherwise."""
    other = copy.deepcopy(one)
    pod = other["spec"]["template"]["spec"]
    pod["containers"].reverse()
    pod["volumes"].reverse()
    app = pod["containers"][-1]
    app["ports"].reverse()
    app["volumeMounts"].reverse()
    app["resources"]["limits"] = {"memory": "524288Ki", "cpu": "1000m"}
    return dict(reversed(other.items()))


def service(n: int) -> tuple[Rendered, Rendered]:
    """Return the eight objects of a service in two environments."""
    sides = [tuple(sorted(objects(n, environment), key=sort_key)) for environment in ("staging", "production")]
    return Rendered(sides[0]), Rendered(sides[1])


def objects(n: int, environment: str) -> list[dict[str, Any]]:
    """Return a service's objects in one environment."""
    production = environment == "production"
    meta = {
        "name": f"service-{n}",
        "namespace": f"shop-{environment}",
        "labels": {"app.kubernetes.io/name": f"service-{n}"},
    }
    chosen = {"matchLabels": {"app.kubernetes.io/name": f"service-{n}"}}
    settings = f"service-{n}-settings-{'g4hk2f9bmd' if production else 'k7tc5m22hf'}"
    scale = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"service-{n}"},
        "minReplicas": 2,
    }
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
    ]
    http = {
        "paths": [
            {
                "path": "/",
                "pathType": "Prefix",
                "backend": {"service": {"name": f"service-{n}", "port": {"number": 80}}},
            }
        ]
    }
    host = f"service-{n}.{environment}.example.com"
    return [
        deployment(n, environment),
        one(
            "v1", "Service", meta, spec={"selector": chosen["matchLabels"], "ports": [{"port": 80, "targetPort": 8080}]}
        ),
        one("v1", "ServiceAccount", meta, automountServiceAccountToken=False),
        one(
            "v1",
            "ConfigMap",
            {**meta, "name": settings},
            data={"DATABASE_HOST": f"db.{environment}.example.com", "POOL": "20", "RETRIES": "3", "CURRENCY": "EUR"},
        ),
        one("autoscaling/v2", "HorizontalPodAutoscaler", meta, spec={**scale, "maxReplicas": 12, "metrics": metrics}),
        one("policy/v1", "PodDisruptionBudget", meta, spec={"minAvailable": 1, "selector": chosen}),
        one("networking.k8s.io/v1", "Ingress", meta, spec={"rules": [{"host": host, "http": http}]}),
        one(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            meta,
            spec={"podSelector": chosen, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}]}]},
        ),
    ]


def one(version: str, kind: str, meta: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Return an object."""
    return {"apiVersion": version, "kind": kind, "metadata": meta, **rest}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
