"""Which value of a chart makes a place of its objects is found by rendering."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from vivido.app.adoption.files import files_at
from vivido.app.workspace import Workspace, open_workspace
from vivido.layouts.wish import Value, Wish
from vivido.process import run
from vivido.testing.gitserver import create_bare

pytestmark = pytest.mark.real("git", "helm")

FILES = {
    "vivido.yaml": """\
project: shop
registry: registry.example.com/shop
services:
  web: {image: "registry.example.com/shop/web", config: {helm: charts/web}}
environments:
  dev: {target: none}
""",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": """\
image: {repository: registry.example.com/shop/web, digest: ""}
replicaCount: 2
workers: 2
level: info
memory: 64Mi
args: [serve]
""",
    "charts/web/values-dev.yaml": "# of dev\nlevel: warn  # less\n",
    "charts/web/templates/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicaCount }}
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {checksum/config: {{ .Values.level | sha256sum }}}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ end }}"
          args: {{ .Values.args | toJson }}
          env:
            - {name: LEVEL, value: {{ .Values.level | quote }}}
            - {name: WORKERS, value: {{ .Values.workers | quote }}}
            - {name: FIXED, value: "1"}
          resources: {limits: {memory: {{ .Values.memory }}}}
""",
}


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("VIVIDO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    create_bare(tmp_path / "origin.git", {path: text.encode() for path, text in FILES.items()})
    run(["git", "clone", "--quiet", str(tmp_path / "origin.git"), str(tmp_path / "clone")])
    opened = open_workspace(tmp_path / "clone")
    yield opened
    opened.close()


def _made(ws: Workspace, *path: str, value: Value, container: str = "main") -> tuple[Mapping[str, bytes], list[str]]:
    environment = ws.environment("dev")
    tip = ws.repository(environment).fetch()
    one = Wish("Deployment", "web", container, path, value)
    files, refused = files_at(ws, environment, (one,), (), tip)
    return files, [p.message for p in refused.values()]


@pytest.mark.parametrize(
    ("path", "value", "container", "added"),
    [
        # Two values are 2: only one of them is the number of replicas.
        (("replicas",), 1, "", "replicaCount: 1\n"),
        (("env", "WORKERS"), "4", "main", "workers: 4\n"),
        (("resources", "limits", "memory"), "128Mi", "main", "memory: 128Mi\n"),
    ],
)
def test_the_value_that_makes_it_is_found_and_written_to_the_environments_file(
    ws: Workspace, path: tuple[str, ...], value: Value, container: str, added: str
) -> None:
    made, refused = _made(ws, *path, value=value, container=container)
    assert refused == []
    assert made == {"charts/web/values-dev.yaml": (FILES["charts/web/values-dev.yaml"] + added).encode()}


def test_a_value_that_the_environment_sets_is_changed_where_it_stands(ws: Workspace) -> None:
    made, _ = _made(ws, "env", "LEVEL", value="debug")
    # What only follows from it, a checksum, is no other change.
    assert made == {"charts/web/values-dev.yaml": b"# of dev\nlevel: debug  # less\n"}


def test_what_no_value_makes_is_said(ws: Workspace) -> None:
    made, (why,) = _made(ws, "env", "FIXED", value="2")
    assert made == {}
    assert "none of 0 values" in why
    made, (why,) = _made(ws, "args", value=("serve", "-v"))
    assert made == {}
    assert "makes just args" in why
