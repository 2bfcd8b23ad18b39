"""Measure parity: `python bench/parity.py [services]`.

1,000 services in three environments are 2,000 pairs of 8 objects each. Each pair differs in a handful of places by design, as
declared, and one in fifty in a place that nobody declared. Figures are CPU time of this process, the least of five.
"""

import copy
import sys
import time
from collections.abc import Callable
from typing import Any

from vivido.config.parity import pairs
from vivido.config.read import read
from vivido.drift.differ import differences
from vivido.drift.parity.judge import Compared, judge
from vivido.drift.parity.report import Declared, Parity, Subject, report
from vivido.drift.parity.rules import Rules
from vivido.drift.parity.tokens import Marker
from vivido.model.objects import Rendered

ORDER = ("dev", "staging", "production")
PAIRS = (("dev", "staging"), ("staging", "production"))
MARKED: dict[tuple[str, str], Rendered] = {}
TOKENS = {e: {"domain": f"{e}.shop.test", "account": f"account-{e}"} for e in ORDER}
RULES = """
"*":
  budget: 20
  allow:
    - {at: Deployment/*/spec/replicas, because: later is larger, holds: earlier <= later}
    - {at: HorizontalPodAutoscaler/*/spec/maxReplicas, because: later is larger, ratio: 1..10}
    - {at: "Deployment/*/spec/template/spec/containers/*/resources/**", because: later is larger}
    - {at: ConfigMap/*/data/LOG_LEVEL, because: quieter later, one-of: [debug, info, warning]}
    - {at: ConfigMap/*/data/DATABASE_URL, because: own database, regex: "postgres://.*"}
  equal:
    - {at: ConfigMap/*/data/DATABASE_SSL_MODE}
"""


def main(services: int) -> None:
    """Measure and print."""
    subjects = [_subject(n) for n in range(services)]
    declared = Declared(ORDER, pairs(read(RULES, "vivido.yaml")[0], "vivido.yaml"), TOKENS)
    for subject in subjects:
        for environment, side in subject.sides.items():
            assert isinstance(side, Rendered)
            MARKED[subject.services[0], environment] = Marker(environment, TOKENS).mark(side).rendered
    compared = [(p, _compared(s, p)) for s in subjects for p in PAIRS]
    count = len(compared)
    found = sum(len(c.differences) for _, c in compared)

    def judged() -> int:
        rules = {p: Rules(declared.pairs, *p) for p in PAIRS}
        return sum(len(judge(rules[p], c, "2027-01-15").findings) for p, c in compared)

    def whole() -> Parity:
        return report(subjects, PAIRS, declared, key=b"k", today="2027-01-15")

    def differ() -> int:
        return sum(len(_compared(s, p).differences) for s in subjects for p in PAIRS)

    print(f"# {count} pairs of 8 objects, {found} differences, {judged()} findings; whole: {len(whole().findings)}")
    print(f"parity: judgment of {count} pairs (cpu) {_least(judged):.2f} s  goal <= 0.3")
    print(f"parity: differences of {count} pairs (cpu) {_least(differ):.2f} s")
    print(f"parity: tokens, differences and judgment of {count} pairs (cpu) {_least(whole):.2f} s")


def _least(work: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(5):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def _compared(subject: Subject, pair: tuple[str, str]) -> Compared:
    left, right = (MARKED[subject.services[0], e] for e in pair)
    found = differences(left, right, key=b"k", namespaces="ignore")
    return Compared(subject.services, found, (TOKENS[pair[0]], TOKENS[pair[1]]))


def _subject(number: int) -> Subject:
    name = f"service-{number}"
    sides = {e: Rendered(tuple(_objects(name, number, step, e))) for step, e in enumerate(ORDER)}
    return Subject((name,), sides)


def _objects(name: str, number: int, step: int, environment: str) -> list[dict[str, Any]]:
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"}

    def one(version: str, kind: str, **body: Any) -> dict[str, Any]:
        meta = {"name": name, "namespace": f"shop-{environment}", "labels": copy.copy(labels)}
        return {"apiVersion": version, "kind": kind, "metadata": meta, **body}

    container = {
        "name": name,
        "image": f"registry.test/shop/{name}@sha256:{'a' * 64}",
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [{"name": f"VARIABLE_{n}", "value": f"value {n}"} for n in range(10)],
        "envFrom": [{"configMapRef": {"name": name}}],
        "resources": {"requests": {"cpu": f"{100 * (step + 1)}m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    if number % 50 == 0 and step == 2:
        container["env"] = [*container["env"], {"name": "FORGOTTEN", "value": "1"}]
    template = {
        "metadata": {"labels": copy.copy(labels)},
        "spec": {"serviceAccountName": name, "containers": [container]},
    }
    data = {f"KEY_{n}": f"some value {n}" for n in range(10)} | {
        "LOG_LEVEL": ("debug", "info", "warning")[step],
        "DATABASE_URL": f"postgres://{environment}-db/{name}",
        "DATABASE_SSL_MODE": "verify-full",
        "PUBLIC_URL": f"https://{name}.{environment}.shop.test/",
    }
    host = f"{name}.{environment}.shop.test"
    selector = {"matchLabels": {"app.kubernetes.io/name": name}}
    return [
        one("v1", "ServiceAccount"),
        one("v1", "ConfigMap", data=data),
        one("v1", "Service", spec={"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}),
        one("apps/v1", "Deployment", spec={"replicas": step + 1, "selector": selector, "template": template}),
        one("autoscaling/v2", "HorizontalPodAutoscaler", spec={"minReplicas": 1, "maxReplicas": 3 * (step + 1)}),
        one("networking.k8s.io/v1", "Ingress", spec={"rules": [{"host": host, "http": {"paths": []}}]}),
        one("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": selector, "policyTypes": ["Ingress"]}),
        one("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": selector}),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
