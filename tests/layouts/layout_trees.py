"""Trees as people keep them, and the projects that go with them."""

from pathlib import Path

from vivido.model.project import Environment, Kinded, Project, Service
from vivido.model.reference import parse_digest, parse_repository
from vivido.model.release import Artifact
from vivido.render.tree import List, Read

DIGEST = {n: parse_digest("sha256:" + n * 64) for n in "0123456789abcdef"}


def service(name: str, config: str, *replaces: str, image: str = "") -> Service:
    return Service(name, image or f"localhost:5000/shop/{name}", None, config, replaces)


def project(*services: Service, environments: tuple[str, ...] = ("dev", "staging", "production")) -> Project:
    stops = tuple(Environment(e, "", Kinded("none")) for e in environments)
    return Project("shop", "/", "/vivido.yaml", "localhost:5000/shop", "directories", services, stops)


def environment(project: Project, name: str) -> Environment:
    found = project.environment(name)
    assert found is not None
    return found


def artifact(name: str, digest: str, repository: str = "") -> Artifact:
    return Artifact(name, parse_repository(repository or f"localhost:5000/shop/{name}"), DIGEST[digest])


class Tree(dict[str, bytes]):
    """Files by path, read as a commit is: without a disk."""

    @property
    def read(self) -> Read:
        return self.get

    @property
    def listing(self) -> List:
        def names(directory: str) -> tuple[str, ...]:
            prefix = f"{directory}/" if directory else ""
            below = [path.removeprefix(prefix) for path in self if path.startswith(prefix)]
            return tuple(sorted({rest.partition("/")[0] + ("/" if "/" in rest else "") for rest in below}))

        return names

    def export(self, directories: tuple[str, ...], where: Path) -> Path:
        for path, data in self.items():
            if any(d in ("", path) or path.startswith(f"{d}/") for d in directories):
                (where / path).parent.mkdir(parents=True, exist_ok=True)
                (where / path).write_bytes(data)
        return where


def tree(**files: str) -> Tree:
    """Make a tree; `__` in a name is `/`, a last `_` the dot of the ending."""
    return Tree({_path(name): text.encode() for name, text in files.items()})


def _path(name: str) -> str:
    head, _, ending = name.replace("__", "/").rpartition("_")
    return f"{head}.{ending}"


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      initContainers:
        - name: migrate
          image: {image}   # the same as below
      containers:
        - name: {name}
          image: {image}
          envFrom: [{{configMapRef: {{name: settings}}}}]
        - name: log
          image: quay.io/log:2
"""


def shop() -> Tree:
    """A base with two services, a component, and three overlays that differ as real ones do."""
    found = tree(
        deploy__base__kustomization_yaml="resources:\n  - web.yaml\n  - api.yaml\n  - namespace.yaml\nconfigMapGenerator:\n"
        "  - name: settings\n    literals: [COLOUR=blue]\n",
        deploy__base__web_yaml=DEPLOYMENT.format(name="web", image="web:dev"),
        deploy__base__api_yaml=DEPLOYMENT.format(name="api", image="ghcr.io/team/api:1.0"),
        deploy__base__namespace_yaml="apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
        deploy__tracing__kustomization_yaml="apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/containers/-\n"
        "      value: {name: tracer, image: 'quay.io/tracer:1'}\n",
        deploy__overlays__dev__kustomization_yaml="resources: [../../base]\n",
        deploy__overlays__staging__kustomization_yaml="# staging\r\nresources:\r\n- ../../base\r\ncomponents: [../../tracing]\r\n"
        "images:\r\n- name: web\r\n  newName: localhost:5000/shop/web # ours\r\n  newTag: '1.10'\r\n"
        '- {name: ghcr.io/team/api, newTag: "0e5"}',
        deploy__overlays__production__kustomization_yaml="resources:\n- ../../base\n\nnamePrefix: prod-\n\n"
        "images:\n# the window\n- name: web\n  newName: localhost:5000/shop/web\n"
        f"  digest: {DIGEST['a']}   # by vivido\n"
        f"- name: ghcr.io/team/api\n  newName: localhost:5000/shop/api\n  digest: {DIGEST['b']}\n\n"
        "patches:\n- path: replicas.yaml\n  target: {kind: Deployment}\n",
        deploy__overlays__production__replicas_yaml="- {op: replace, path: /spec/replicas, value: 3}\n".replace(
            "replace", "add"
        ),
        web__main_go="package main\n",
    )
    return found


SHOP = project(service("web", "deploy"), service("api", "deploy", "ghcr.io/team/api"))
