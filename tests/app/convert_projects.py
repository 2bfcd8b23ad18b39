"""A project with three kinds of configuration, in the layout `directories`, and how to look at what a conversion made of it."""

import os
from dataclasses import dataclass
from pathlib import Path

from vivido.process import run
from vivido.testing.command import Ran, own_environ, vivido
from vivido.testing.gitserver import clone_of, create_bare

ENVIRONMENTS = ("dev", "staging", "production")

DECLARED = """\
# The shop, and the way it goes.
project: shop
registry: registry.example.com/shop
services:
  web: {image: registry.example.com/shop/web, config: deploy/web}  # Kustomize
  api:
    image: registry.example.com/shop/api
    config: deploy/api  # a chart, with values beside it
  jobs:
    image: registry.example.com/shop/jobs
    config: deploy/jobs/{environment}
environments:
  dev:
    target: none
  staging:
    after: dev  # after the first look
    target: none
  production:
    after: staging
    target: none
parity:
  staging ~ production:
    allow:
      - {at: Deployment/*/spec/replicas, because: staging is smaller}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - {{name: {name}, image: "registry.example.com/shop/{name}:none"}}
"""
_SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata: {{environment: {0}}}\n"


def files() -> dict[str, bytes]:
    """Return all files of the project."""
    found = {
        "vivido.yaml": DECLARED,
        "deploy/web/base/kustomization.yaml": "resources: [app.yaml, ../../common]\n",
        "deploy/web/base/app.yaml": _DEPLOYMENT.format(name="web"),
        "deploy/web/README.md": "How to set web up.\n",
        "deploy/web/parity.yaml": "'*':\n  allow:\n    - {at: 'ConfigMap/*/data/environment', because: it says so}\n",
        "deploy/common/kustomization.yaml": "resources: [account.yaml]\n",
        "deploy/common/account.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shop}\n",
        "deploy/web/components/big/kustomization.yaml": (
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas: [{name: web, count: 5}]\n"
        ),
        "deploy/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        "deploy/api/values.yaml": "image: {repository: registry.example.com/shop/api, tag: none}\nreplicas: 1\nenvironment: none\n",
        "deploy/api/templates/app.yaml": _DEPLOYMENT.format(name="api")
        .replace("replicas: 1", "replicas: {{ .Values.replicas }}")
        .replace('"registry.example.com/shop/api:none"', '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"'),
        "src/app.py": "print('hello')\n",
    }
    for number, name in enumerate(ENVIRONMENTS, start=1):
        component = "components: [../../components/big]\n" if name == "production" else ""
        found |= {
            f"deploy/web/overlays/{name}/kustomization.yaml": f"resources: [../../base, settings.yaml]\n{component}",
            f"deploy/web/overlays/{name}/settings.yaml": _SETTINGS.format(name),
            f"deploy/api/values-{name}.yaml": f"replicas: {number}  # as many as it takes\nenvironment: {name}\n",
            f"deploy/jobs/{name}/app.yaml": _DEPLOYMENT.format(name="jobs"),
            f"deploy/jobs/{name}/settings.yaml": _SETTINGS.format(name).replace("settings", "job-settings"),
        }
    return {path: text.encode() for path, text in found.items()}


@dataclass
class Shop:
    """The project: `origin.git` and a clone of it under `root`."""

    root: Path
    directory: str = ""
    """Of `vivido.yaml` in the repository."""

    @property
    def clone(self) -> Path:
        """The work tree."""
        return self.root / "clone" / self.directory

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.root / "origin.git"

    def run(self, *args: str, crash: str = "", log: Path | None = None) -> Ran:
        """Run `vivido` in the clone as a process of its own."""
        environ = {**os.environ, **own_environ(self.root)}
        environ |= {"VIVIDO_CRASH_AT": crash} if crash else {}
        environ |= {"VIVIDO_CRASH_LOG": str(log)} if log else {}
        return vivido(args, cwd=self.clone, environ=environ, timeout=300)

    def convert(self, to: str, *args: str, crash: str = "", log: Path | None = None) -> Ran:
        """Run `vivido layout convert`."""
        if to == "repositories":
            args = ("--repository", str(self.root / "config-{environment}.git"), *args)
        return self.run("layout", "convert", "--to", to, *args, crash=crash, log=log)

    def empty_repositories(self) -> None:
        """Make an empty repository for each environment."""
        for name in ENVIRONMENTS:
            bare = str(self.root / f"config-{name}.git")
            assert run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare]).returncode == 0

    def pull(self) -> None:
        """Bring the work tree to the branch's tip."""
        assert run(["git", "-C", str(self.clone), "pull", "--quiet", "--ff-only"]).returncode == 0

    def refs(self) -> dict[str, str]:
        """Return what every branch of every repository is at."""
        found: dict[str, str] = {}
        for bare in sorted(self.root.glob("*.git")):
            listed = run(["git", "-C", str(bare), "for-each-ref", "--format=%(refname:short) %(objectname)"]).text
            found |= {f"{bare.stem} {name}": commit for name, commit in map(str.split, listed.splitlines())}
        return found

    def git(self, *args: str, repository: str = "origin.git") -> str:
        """Run git, which must succeed, and return what it prints."""
        done = run(["git", "-C", str(self.root / repository), *args])
        assert done.returncode == 0, done.complaint
        return done.text


def make_shop(root: Path, changes: dict[str, bytes] | None = None) -> Shop:
    """Make the project under a directory."""
    create_bare(root / "origin.git", files() | (changes or {}))
    return cloned(root)


def cloned(root: Path, directory: str = "") -> Shop:
    """Clone the repository under a directory, as somebody who may commit."""
    clone_of(root / "origin.git", root / "clone")
    return Shop(root, directory)
