"""The miniature project's configuration in each layout: which repositories and branches there are, and what is in them."""

from collections.abc import Mapping
from pathlib import Path

from vivido.testing.gitserver import commit_to, create_bare

ENVIRONMENTS = ("dev", "staging", "production")
SERVICES = ("web", "api")
BRANCHES = {"dev": "develop", "staging": "staging", "production": "production"}
"""Environment → its branch in the layout `branches`."""

DEPLOYMENT = """\
# {service} in {environment}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {service}
spec:
  replicas: {replicas}  # this is what differs
  selector: {{matchLabels: {{app: {service}}}}}
  template:
    metadata: {{labels: {{app: {service}}}}}
    spec:
      containers:
        - name: {service}
          image: {service}:none
          env:
            - {{name: LOG_LEVEL, value: info}}
"""

SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {service}-settings
data:
  environment: {environment}
  workers: "{replicas}"
"""


def keys(layout: str, root: Path, environment: str) -> str:
    """Return what `vivido.yaml` says of an environment because of the layout, as lines below its name."""
    if layout == "repositories":
        return f"    configuration: {{repository: '{repository(layout, root, environment)}', branch: main}}\n"
    if layout == "branches":
        return f"    branch: {BRANCHES[environment]}\n    own: [deploy/*/settings.yaml]\n"
    return ""


def repository(layout: str, root: Path, environment: str) -> Path:
    """Return the bare repository with an environment's configuration."""
    return root / (f"config-{environment}.git" if layout == "repositories" else "origin.git")


def branch(layout: str, environment: str) -> str:
    """Return the branch with an environment's configuration."""
    return BRANCHES[environment] if layout == "branches" else "main"


def manifest(layout: str, service: str, environment: str) -> str:
    """Return the path of the file that names a service's image."""
    below = f"{environment}/" if layout == "directories" else ""
    return f"deploy/{service}/{below}app.yaml"


def make(layout: str, root: Path, file: bytes) -> None:
    """Make the repositories: the one with `vivido.yaml`, and those with the configuration."""
    origin = root / "origin.git"
    if layout == "directories":
        per_environment = [_deployments(layout, e, n) for n, e in enumerate(ENVIRONMENTS, start=1)]
        create_bare(origin, {"vivido.yaml": file, **{p: data for one in per_environment for p, data in one.items()}})
        return
    if layout == "repositories":
        create_bare(origin, {"vivido.yaml": file})
        for number, environment in enumerate(ENVIRONMENTS, start=1):
            create_bare(repository(layout, root, environment), _deployments(layout, environment, number))
        return
    # Of one history, as branches have it.
    create_bare(origin, {"vivido.yaml": file, **_deployments(layout, "every environment", 2)}, branch=BRANCHES["dev"])
    for other in ENVIRONMENTS[1:]:
        _fork(origin, BRANCHES["dev"], BRANCHES[other])
    for number, environment in enumerate(ENVIRONMENTS, start=1):
        commit_to(origin, _settings(environment, number), branch=BRANCHES[environment], message=f"Set {environment} up")


def _deployments(layout: str, environment: str, number: int) -> dict[str, bytes]:
    return {
        manifest(layout, s, environment): DEPLOYMENT.format(
            service=s, environment=environment, replicas=number
        ).encode()
        for s in SERVICES
    }


def _settings(environment: str, number: int) -> Mapping[str, bytes]:
    return {
        f"deploy/{s}/settings.yaml": SETTINGS.format(service=s, environment=environment, replicas=number).encode()
        for s in SERVICES
    }


def _fork(bare: Path, old: str, new: str) -> None:
    from vivido.process import run

    run(["git", "-C", str(bare), "branch", new, old])
