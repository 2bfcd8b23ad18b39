"""Where a rendered value is written: exactly in manifests, by the files that name it in kustomizations."""

from pathlib import Path

import pytest

from vivido.render.kustomize import Kustomize
from vivido.render.origin import Sources, Written
from vivido.render.tree import of_directory

FILES = {
    "base/kustomization.yaml": """\
resources: [app.yaml]
configMapGenerator:
- name: settings
  literals:
  - LEVEL=info
  - MODE=full
""",
    "base/app.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web
          env:
            - {name: COLOUR, value: red}
            - {name: SIZE, value: small}
          ports:
            - containerPort: 8080
""",
    "over/kustomization.yaml": """\
namePrefix: my-
resources: [../base, extra.yaml]
images:
- {name: web, newTag: v1}
replicas:
- {name: web, count: 3}
configMapGenerator:
- name: settings
  behavior: merge
  literals: [LEVEL=debug]
  files: [app.properties, other.txt=deep/x.txt]
patches:
- path: colour.yaml
- target: {kind: Deployment}
  patch: |
    - op: replace
      path: /spec/template/spec/containers/0/env/1/value
      value: large
""",
    "over/colour.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: COLOUR
              value: blue
""",
    "over/extra.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n    - {port: 80}\n",
    "over/app.properties": "a=1\n",
    "over/deep/x.txt": "x\n",
    "plain/a.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  X: '1'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data: {X: '2', app.properties: 'k=1'}
""",
    "plain/broken.yaml": "a: [\n",
    "marked/kustomization.yaml": """\
resources: [../base]
namespace: shop
commonAnnotations: {who: me}
labels:
- pairs: {tier: front, all: of}
- pairs: {track: stable}
  includeSelectors: true
- pairs: {pod: only}
  includeTemplates: true
""",
    "chart/Chart.yaml": "name: web\n",
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


ENV = "Deployment/my-web/spec/template/spec/containers/web/env"


@pytest.mark.parametrize(
    ("directory", "at", "told"),
    [
        ("plain", "ConfigMap/a/data/X", "plain/a.yaml:5:6"),
        ("plain", "ConfigMap/b/data/X", "plain/a.yaml:10:11"),
        ("plain", "ConfigMap/b/data/app.properties/k", "plain/a.yaml:10:32"),
        ("plain", "ConfigMap/b", "plain/a.yaml:7:1"),
        ("plain", "ConfigMap/c/data/X", "plain"),
        ("over", "Deployment/my-web/spec/replicas", "over/kustomization.yaml:6:22"),
        ("base", "Deployment/web/spec/replicas", "base/app.yaml:5:13"),
        ("over", f"{ENV}/COLOUR/value", "over/colour.yaml:11:22"),
        ("over", f"{ENV}/SIZE/value", "over/kustomization.yaml:18:14"),
        ("base", f"{ENV.replace('my-', '')}/SIZE/value", "base/app.yaml:15:35"),
        ("over", "Deployment/my-web/spec/template/spec/containers/web/image", "over/kustomization.yaml:4:3"),
        ("over", "Deployment/my-web/spec/template/spec/containers/web/ports/8080,TCP", "base/app.yaml:17:15"),
        ("over", "ConfigMap/my-settings-2bcdfghkmt/data/LEVEL", "over/kustomization.yaml:10:14"),
        ("over", "ConfigMap/my-settings/data/MODE", "base/kustomization.yaml:6:5"),
        ("over", "ConfigMap/my-settings/data/app.properties/a", "over/kustomization.yaml:11:11"),
        ("over", "ConfigMap/my-settings/data/other.txt", "over/kustomization.yaml:11:27"),
        ("over", "Service/my-web/spec/ports/80,TCP", "over/extra.yaml:6:7"),
        ("marked", "Deployment/web/metadata/namespace", "marked/kustomization.yaml:2:12"),
        ("marked", "Deployment/web/metadata/annotations/who", "marked/kustomization.yaml:3:26"),
        ("marked", "Deployment/web/metadata/labels/tier", "marked/kustomization.yaml:5:17"),
        ("marked", "Deployment/web/spec/selector/matchLabels/track", "marked/kustomization.yaml:6:18"),
        ("marked", "Deployment/web/spec/template/metadata/labels/pod", "marked/kustomization.yaml:8:16"),
        # Labels of objects alone do not reach the pods'.
        ("marked", "Deployment/web/spec/template/metadata/labels/tier", "base/app.yaml:8:24"),
        ("chart", "Deployment/web/spec/replicas", "chart"),
        ("nowhere", "Deployment/web/spec/replicas", "nowhere"),
    ],
)
def test_a_place_is_found(tree: Path, directory: str, at: str, told: str) -> None:
    kind, name, *path = at.split("/")
    found = Sources(*of_directory(tree)).written(directory, kind, name, tuple(path))
    assert (f"{found.path}:{found.line}:{found.column}" if found.line else found.path) == told


@pytest.mark.real("kubectl")
def test_the_files_of_this_test_render(tree: Path) -> None:
    """What is looked up above is what kustomize makes of these files."""
    made = Kustomize().render(tree, "over")
    assert not isinstance(made, tuple), made
    deployment = next(o for o in made.objects if o["kind"] == "Deployment")
    assert deployment["metadata"]["name"] == "my-web"
    marked = Kustomize().render(tree, "marked")
    assert not isinstance(marked, tuple), marked
    labels = next(o for o in marked.objects if o["kind"] == "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert labels == {"app": "web", "track": "stable", "pod": "only"}
    assert deployment["spec"]["template"]["spec"]["containers"][0]["env"][0] == {"name": "COLOUR", "value": "blue"}


VALUES = {
    "chart/values.yaml": "replicaCount: 2\nlogLevel: info\nimage: {tag: v1}\nother: info\nfar: example.com\n",
    "chart/values-dev.yaml": "# dev\nreplicaCount: 3\nworkers: 3\nlist: [{level: debug}]\n",
}


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        # Two values are 3: one of them is called like the place.
        ("spec/replicas", "3", "chart/values-dev.yaml:2:15"),
        ("spec/replicas", "2", "chart/values.yaml:1:15"),
        ("spec/template/spec/containers/web/env/LOG_LEVEL/value", "info", "chart/values.yaml:2:11"),
        ("spec/template/spec/containers/web/env/LEVEL/value", "debug", "chart/values-dev.yaml:4:16"),
        # Called otherwise, and the only one that says it.
        ("spec/rules/0/host", "example.com", "chart/values.yaml:5:6"),
        # Several say it, or none does: nothing is guessed.
        ("spec/strategy", "info", "chart"),
        ("spec/replicas", "9", "chart"),
    ],
)
def test_what_most_likely_made_a_value_of_a_chart_is_found(tmp_path: Path, path: str, text: str, told: str) -> None:
    for name, body in VALUES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
    sources = Sources(*of_directory(tmp_path))
    found = sources.of_values("chart", ("chart/values-dev.yaml",), tuple(path.split("/")), text)
    assert (f"{found.path}:{found.line}:{found.column}" if found.line else found.path) == told
    assert sources.of_values("chart", ("chart/values-dev.yaml",), (), "Deployment/web") == Written("chart")
