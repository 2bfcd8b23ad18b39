"""A repository with many services in three environments, as teams have them: for benches, and small for tests.

Kustomize: a base of eight objects for each service, a component that all share, an overlay for each environment with namespace,
replicas, patches and a generated ConfigMap. Helm: one chart with the same kinds, a values file for each service and environment.
"""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

ENVIRONMENTS = ("dev", "staging", "production")
DIGEST = "sha256:" + "0" * 64

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      serviceAccountName: {name}
      initContainers:
      - {{name: migrate, image: {name}, command: [migrate]}}
      containers:
      - name: main
        image: {name}
        ports: [{{containerPort: 8080}}]
        envFrom: [{{configMapRef: {{name: {name}-settings}}}}]
        resources: {{requests: {{cpu: 100m, memory: 128Mi}}, limits: {{memory: 256Mi}}}}
        readinessProbe: {{httpGet: {{path: /ready, port: 8080}}}}
        env:
{env}
"""
_OTHERS = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}, minReplicas: 1, maxReplicas: 5}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: {name}}}}}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: {name}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}}}
spec: {{podSelector: {{matchLabels: {{app: {name}}}}}, ingress: [{{ports: [{{port: 8080}}]}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}}}
spec: {{rules: [{{host: {host}, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {name},
  port: {{number: 80}}}}}}}}]}}}}]}}
"""
_BASE = """\
resources: [deployment.yaml, others.yaml]
configMapGenerator:
- name: {name}-settings
  literals: [SERVICE={name}, COLOUR=blue, LIMIT=100]
"""
_COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: Deployment}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/-
      value: {name: log, image: "registry.example.com/log:2"}
"""
_OVERLAY = """\
resources: [../../base]
components: [../../../../components/log]
namespace: {environment}
images:
- name: {name}
  newName: registry.example.com/shop/{name}
  digest: {digest}
configMapGenerator:
- name: {name}-settings
  behavior: merge
  literals: [ENVIRONMENT={environment}]
patches:
- target: {{kind: Ingress}}
  patch: '- {{op: replace, path: /spec/rules/0/host, value: {name}.{environment}.example.com}}'
- path: deployment.yaml
"""
_PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  template: {{spec: {{containers: [{{name: main, env: [{{name: ENVIRONMENT, value: {environment}}}]}}]}}}}
"""
_VALUES = """\
name: {name}
replicas: {replicas}
host: {name}.{environment}.example.com
image:
  repository: registry.example.com/shop/{name}
  digest: {digest}
"""
PARITY = """\
parity:
  "*":
    allow:
      - {at: Deployment/*/spec/replicas, because: later is larger, holds: earlier < later}
      - {at: Deployment/*/spec/template/spec/containers/main/env/ENVIRONMENT/value, because: its own name}
      - {at: ConfigMap/*/data/ENVIRONMENT, because: its own name}
"""
"""Which differences between the environments are meant; names of hosts are declared as tokens."""


def name(number: int) -> str:
    """Return the name of a service."""
    return f"service-{number:04}"


def kustomize(services: int) -> Iterator[tuple[str, str]]:
    """Yield the files, by path."""
    yield "components/log/kustomization.yaml", _COMPONENT
    for number in range(services):
        own = name(number)
        env = "\n".join(f"        - {{name: VARIABLE_{n}, value: 'value {n}'}}" for n in range(20))
        here = f"services/{own}"
        yield f"{here}/base/kustomization.yaml", _BASE.format(name=own)
        yield f"{here}/base/deployment.yaml", _DEPLOYMENT.format(name=own, env=env)
        yield f"{here}/base/others.yaml", _OTHERS.format(name=own, host=f"{own}.example.com")
        for replicas, environment in enumerate(ENVIRONMENTS, 1):
            told = {"name": own, "environment": environment, "replicas": replicas, "digest": DIGEST}
            yield f"{here}/overlays/{environment}/kustomization.yaml", _OVERLAY.format(**told)
            yield f"{here}/overlays/{environment}/deployment.yaml", _PATCH.format(**told)


def helm(services: int) -> Iterator[tuple[str, str]]:
    """Yield the files of the same with one chart, by path."""
    yield "charts/service/Chart.yaml", "apiVersion: v2\nname: service\nversion: 1.0.0\n"
    yield (
        "charts/service/values.yaml",
        "name: ''\nreplicas: 1\nhost: ''\nlimit: '100'\nimage: {repository: '', digest: ''}\n",
    )
    env = "\n".join(f"        - {{name: VARIABLE_{n}, value: 'value {n}'}}" for n in range(20))
    image = "{{ .Values.image.repository }}@{{ .Values.image.digest }}"
    deployment = _DEPLOYMENT.format(name="NAME", env=env).replace("image: NAME", f'image: "{image}"')
    others = _OTHERS.format(name="NAME", host='"{{ .Values.host }}"')
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME-settings}\n"
    settings += "data: {SERVICE: NAME, LIMIT: '{{ .Values.limit }}'}\n"
    for file, text in (("deployment", deployment), ("others", others), ("settings", settings)):
        text = text.replace("replicas: 1", "replicas: {{ .Values.replicas }}")  # noqa: PLW2901
        yield f"charts/service/templates/{file}.yaml", text.replace("NAME", "{{ .Values.name }}")
    for number in range(services):
        for replicas, environment in enumerate(ENVIRONMENTS, 1):
            told = {"name": name(number), "environment": environment, "replicas": replicas, "digest": DIGEST}
            yield f"services/{name(number)}/{environment}.yaml", _VALUES.format(**told)


def project(services: int, kind: str) -> str:
    """Return the `vivido.yaml` of such a repository."""
    lines = ["project: monorepo", "registry: registry.example.com/shop", "services:"]
    for number in range(services):
        own = name(number)
        chart = f'{{helm: charts/service, values: ["services/{own}/{{environment}}.yaml"]}}'
        config = f"services/{own}" if kind == "kustomize" else chart
        lines.append(f"  {own}: {{image: registry.example.com/shop/{own}, config: {config}}}")
    lines.append("environments:")
    for number, environment in enumerate(ENVIRONMENTS):
        after = f", after: {ENVIRONMENTS[number - 1]}" if number else ""
        token = f"tokens: {{domain: {environment}.example.com}}"
        lines.append(f"  {environment}: {{target: none{after}, {token}}}")
    return "\n".join(lines) + "\n"


def touch(root: Path, kind: str, number: int) -> None:
    """Change a service in all environments."""
    if kind == "kustomize":
        file = root / "services" / name(number) / "base" / "deployment.yaml"
        file.write_text(file.read_text().replace("memory: 256Mi", "memory: 512Mi"))
    else:
        for environment in ENVIRONMENTS:
            file = root / "services" / name(number) / f"{environment}.yaml"
            file.write_text(file.read_text() + "more: 'yes'\n")


def forget(root: Path, kind: str, number: int) -> None:
    """Change a service in production alone, as nobody meant it."""
    if kind == "kustomize":
        file = root / "services" / name(number) / "overlays" / "production" / "kustomization.yaml"
        file.write_text(file.read_text().replace("ENVIRONMENT=production]", "ENVIRONMENT=production, LIMIT=50]"))
    else:
        file = root / "services" / name(number) / "production.yaml"
        file.write_text(file.read_text() + "limit: '50'\n")


def rendering(kind: str, numbers: Iterable[int]) -> Iterator[list[str]]:
    """Yield the commands that render services, each in every environment, one by one."""
    for own in map(name, numbers):
        for environment in ENVIRONMENTS:
            if kind == "kustomize":
                yield ["kubectl", "kustomize", f"services/{own}/overlays/{environment}"]
            else:
                yield ["helm", "template", own, "charts/service", "--values", f"services/{own}/{environment}.yaml"]


def write(root: Path, services: int, kind: str) -> Path:
    """Make the repository, committed."""
    files = dict(kustomize(services) if kind == "kustomize" else helm(services))
    for path, text in {**files, "vivido.yaml": project(services, kind)}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "Begin")
    return root


def commit(root: Path, message: str) -> str:
    """Commit everything; return the commit's id."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD")


def git(root: Path, *arguments: str) -> str:
    """Run Git there."""
    own = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgSign=false"]
    done = subprocess.run(["git", "-C", str(root), *own, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()
