"""What an adoption writes into an overlay, the real Kustomize reads as it was meant."""

from pathlib import Path

import pytest

from vivido.app.adoption.charts import plain, said
from vivido.app.adoption.files import files_at
from vivido.app.content import rendered_with
from vivido.app.workspace import open_workspace
from vivido.drift.differ import differences
from vivido.layouts.wish import Wish
from vivido.process import run
from vivido.testing.gitserver import create_bare

pytestmark = pytest.mark.real("git", "kubectl")

FILES = {
    "vivido.yaml": """\
project: shop
registry: registry.example.com/shop
services:
  web: {image: "registry.example.com/shop/web", config: "deploy/{environment}"}
environments:
  dev: {target: none}
""",
    "deploy/base/kustomization.yaml": """\
resources: [app.yaml]
configMapGenerator:
- name: site
  literals: [LEVEL=info, OLD=1]
""",
    "deploy/base/app.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes: [{name: site, configMap: {name: site}}]
      containers:
        - name: main
          image: registry.example.com/shop/web
          volumeMounts: [{name: site, mountPath: /site}]
""",
    "deploy/dev/kustomization.yaml": """\
resources: [../base]
configMapGenerator:
- name: own
  literals: [A=1, B=2]
""",
}
WISHES = (
    Wish("ConfigMap", "site", "", ("data", "LEVEL"), "debug"),
    Wish("ConfigMap", "site", "", ("data", "NEW"), "x = 1\ny = 2\n"),
    Wish("ConfigMap", "site", "", ("data", "OLD"), None),
    Wish("ConfigMap", "own", "", ("data", "A"), None),
    Wish("ConfigMap", "own", "", ("data", "C"), "a\nb"),
    Wish("Deployment", "web", "", ("replicas",), 3),
    Wish("Deployment", "web", "", ("volumes", "cache", "emptyDir", "medium"), "Memory"),
    Wish("Deployment", "web", "main", ("volumeMounts", "/cache", "name"), "cache"),
    Wish("Deployment", "web", "main", ("volumeMounts", "/cache", "readOnly"), True),
    Wish("Deployment", "web", "main", ("volumeMounts", "/site"), None),
)


def test_kustomize_makes_of_it_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVIDO_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("VIVIDO_CACHE", str(tmp_path / "cache"))
    create_bare(tmp_path / "origin.git", {path: text.encode() for path, text in FILES.items()})
    run(["git", "clone", "--quiet", str(tmp_path / "origin.git"), str(tmp_path / "clone")])
    ws = open_workspace(tmp_path / "clone")
    try:
        environment = ws.environment("dev")
        tip = ws.repository(environment).fetch()
        made, refused = files_at(ws, environment, WISHES, (), tip)
        assert refused == {}
        assert {path.rpartition("/")[0] for path in made} == {"deploy/dev"}, "a base is never touched"
        rendered = rendered_with(ws, tip, environment, made, ["web"])
        assert [said(rendered, one) for one in WISHES] == [plain(one.value) for one in WISHES]
        alone, _ = files_at(ws, environment, WISHES[:1], (), tip)
        sides = [rendered_with(ws, tip, environment, files, ["web"]) for files in ({}, alone)]
        found = [d for d in differences(*sides, key=b"a key") if not d.remark]
        assert {d.object.text for d in found} == {"ConfigMap/site"}, "a hash that follows is no change of its own"
        (site,) = [o["metadata"]["name"] for o in rendered.objects if "LEVEL" in (o.get("data") or {})]
        (pod,) = [o["spec"]["template"]["spec"] for o in rendered.objects if o["kind"] == "Deployment"]
        assert pod["volumes"][-1]["configMap"]["name"] == site, "the hash of its name follows what it holds"
    finally:
        ws.close()
