"""The real kustomize on real trees, and what it is not let do."""

import http.server
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.errors import ToolError
from vivido.model.objects import Rendered, identity
from vivido.render.images import images
from vivido.render.kustomize import Kustomize
from vivido.testing.serving import serving

pytestmark = pytest.mark.real("kubectl")

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ghcr.io/team/web:dev
        envFrom: [{configMapRef: {name: settings}}]
"""
BASE = """\
resources: [deployment.yaml]
configMapGenerator:
- name: settings
  literals: [COLOUR=blue]
  files: [motd=motd.txt]
"""
SIDECAR = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: Deployment}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/-
      value: {name: log, image: "quay.io/log:2"}
"""
OVERLAY = """\
resources: [../../base]
components: [../../sidecar]
namePrefix: prod-
namespace: shop
images:
- name: ghcr.io/team/web
  newName: localhost:5000/shop/web
  digest: sha256:0000000000000000000000000000000000000000000000000000000000000001
patches:
- path: replicas.yaml
  target: {kind: Deployment, name: web}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "base/deployment.yaml": DEPLOYMENT,
        "base/kustomization.yaml": BASE,
        "base/motd.txt": "hello\n",
        "sidecar/kustomization.yml": SIDECAR,
        "overlays/production/kustomization.yaml": OVERLAY,
        "overlays/production/replicas.yaml": "- {op: add, path: /spec/replicas, value: 3}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def refused(root: Path, directory: str = "overlays/production") -> list[tuple[str, str]]:
    found = Kustomize().render(root, directory)
    assert isinstance(found, tuple), found
    assert all(p.message and p.hint for p in found)
    return [(p.code, p.where) for p in found]


def change(root: Path, old: str, new: str, name: str = "overlays/production/kustomization.yaml") -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


def test_an_overlay_with_base_component_patches_and_generator(tree: Path) -> None:
    found = Kustomize().render(tree, "overlays/production")
    assert isinstance(found, Rendered)
    deployment, settings = found.objects
    assert identity(deployment) == "Deployment/shop/prod-web"
    assert identity(settings).startswith("ConfigMap/shop/prod-settings-")
    assert settings["data"] == {"COLOUR": "blue", "motd": "hello\n"}
    assert deployment["spec"]["replicas"] == 3
    assert [use.image for use in images(found)] == [
        "localhost:5000/shop/web@sha256:" + "0" * 63 + "1",
        "quay.io/log:2",
    ]
    assert found.source.startswith("kubectl kustomize 5.")
    assert Kustomize().render(tree, "overlays/production") == found


@pytest.mark.parametrize(
    ("old", "new", "code", "position"),
    [
        ("[../../base]", "[../../base, https://example.com/a.yaml]", "render.remote", "1:25"),
        ("[../../base]", "['github.com/team/repo//deploy?ref=v1']", "render.remote", "1:13"),
        ("[../../base]", "['git@example.com:team/repo.git']", "render.remote", "1:13"),
        ("[../../base]", "[../../../../elsewhere]", "render.outside", "1:13"),
        ("[../../base]", "[/etc]", "render.outside", "1:13"),
        ("[../../base]", "[nowhere.yaml]", "render.missing", "1:13"),
        ("path: replicas.yaml", "path: http://example.com/x.yaml", "render.remote", "10:9"),
        (
            "namespace: shop",
            "configMapGenerator: [{name: a, files: ['a=https://example.com/x']}]",
            "render.remote",
            "4:40",
        ),
        ("namespace: shop", "helmCharts: [{name: a, repo: 'https://example.com'}]", "render.unsupported", "4:13"),
        ("namespace: shop", "openapi: {path: schema.json}", "render.missing", "4:17"),
        ("namespace: shop", "namespace: shop\nnamespace: shop2", "yaml.duplicate-key", "5:1"),
    ],
)
def test_what_is_not_in_the_tree_is_refused_before_anything_runs(
    tree: Path, old: str, new: str, code: str, position: str
) -> None:
    change(tree, old, new)
    assert refused(tree) == [(code, f"overlays/production/kustomization.yaml:{position}")]


def test_all_problems_of_all_files_are_told_at_once(tree: Path) -> None:
    change(tree, "[../../base]", "[../../base, gone.yaml]")
    change(tree, "[deployment.yaml]", "[deployment.yaml, lost]", "base/kustomization.yaml")
    assert refused(tree) == [
        ("render.missing", "overlays/production/kustomization.yaml:1:25"),
        ("render.missing", "base/kustomization.yaml:1:30"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kustomization.yml", "resources: []\n"),
        ("kustomization.yaml", "- a\n"),
        ("kustomization.yaml", "a: 1\n---\nb: 1\n"),
    ],
)
def test_a_directory_has_one_kustomization(tree: Path, name: str, text: str) -> None:
    (tree / "overlays/production" / name).write_text(text)
    assert [code for code, _ in refused(tree)] == ["render.kustomization"]


def test_a_base_without_kustomization_and_a_linked_one_are_refused(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tree / "base/kustomization.yaml").rename(tree / "base/other.yaml")
    assert refused(tree) == [("render.kustomization", "base")]
    outside = tmp_path_factory.mktemp("outside") / "kustomization.yaml"
    outside.write_text("resources: []\n")
    (tree / "base/kustomization.yaml").symlink_to(outside)
    assert refused(tree) == [("render.outside", "base/kustomization.yaml")]


def test_a_file_above_a_kustomization_is_refused_by_kustomize_itself(tree: Path) -> None:
    (tree / "overlays/secret.txt").write_text("x")
    change(tree, "namespace: shop", "configMapGenerator: [{name: a, files: [../secret.txt]}]")
    assert refused(tree) == [("render.kustomize", "overlays/production")]


def test_plugins_do_not_run(tree: Path) -> None:
    marker = tree / "ran"
    plugin = tree / "overlays/production/plugin.sh"
    plugin.write_text(f"#!/bin/sh\ntouch {marker}\n")
    plugin.chmod(0o755)
    (tree / "overlays/production/generator.yaml").write_text(
        "apiVersion: x/v1\nkind: X\nmetadata:\n  name: x\n  annotations:\n"
        "    config.kubernetes.io/function: |\n      exec: {path: ./plugin.sh}\n"
    )
    change(tree, "namespace: shop", "generators: [generator.yaml]")
    assert refused(tree) == [("render.kustomize", "overlays/production")]
    assert not marker.exists()


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: correct-horse}\n"


@pytest.mark.parametrize(
    "fields",
    [
        "secretGenerator: [{name: b, literals: [p=x, correct-horse]}]",
        "secretGenerator: [{name: b, envs: [e.env]}, 1]",
        'patches: [\'{ {\', {patch: \'[{"op": "no", "path": "/data/a", "value": "correct-horse"}]\', target: {kind: Secret}}]',
        'patches: [{patch: "[{op: add, path: /stringData, value: {a: correct-horse, b: }}]", target: {kind: Secret}}]',
    ],
)
def test_complaints_name_no_secret_and_no_temporary_path(tree: Path, fields: str) -> None:
    (tree / "overlays/production/secret.yaml").write_text(SECRET)
    (tree / "overlays/production/e.env").write_text("correct-horse battery=staple\n")
    (tree / "overlays/broken.yaml").write_text("a: [")
    (tree / "overlays/production/kustomization.yaml").write_text(f"resources: [../../base, secret.yaml]\n{fields}\n")
    found = Kustomize().render(tree, "overlays/production")
    assert isinstance(found, tuple)
    assert found[0].code == "render.kustomize"
    assert "correct-horse" not in found[0].message
    assert str(tree) not in found[0].message


def test_a_rendering_that_takes_too_long_is_given_up(tree: Path) -> None:
    with pytest.raises(ToolError) as caught:
        Kustomize(timeout=0.001).render(tree, "overlays/production")
    assert caught.value.code == "render.timeout"


def test_what_kustomize_lets_pass_is_checked_again(tree: Path) -> None:
    (tree / "base/deployment.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: 1}}\n"
    )
    change(tree, "resources: [deployment.yaml]", "resources: [deployment.yaml]", "base/kustomization.yaml")
    change(tree, "components: [../../sidecar]\n", "")
    change(tree, "patches:\n- path: replicas.yaml\n  target: {kind: Deployment, name: web}\n", "")
    found = Kustomize().render(tree, "overlays/production")
    assert isinstance(found, Rendered)
    assert "ConfigMap/shop/prod-x" in [identity(o) for o in found.objects]


@pytest.mark.parametrize("program", ["kubectl", "kustomize", ""])
def test_the_program_that_is_there_is_used(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    import shutil

    kubectl = shutil.which("kubectl")
    tools = tmp_path_factory.mktemp("tools")
    if program == "kubectl":
        (tools / program).symlink_to(str(kubectl))
    if program == "kustomize":
        # kustomize on its own has other words for the same.
        (tools / program).write_text(
            '#!/bin/sh\n[ "$1" = version ] && { echo v5.9.9; exit; }\n[ "$1" = build ] || exit 9\nshift\n'
            f'exec {kubectl} kustomize "$@"\n'
        )
        (tools / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    if not program:
        with pytest.raises(ToolError) as caught:
            Kustomize().render(tree, "overlays/production")
        assert caught.value.code == "tool.missing"
        return
    found = Kustomize().render(tree, "overlays/production")
    assert isinstance(found, Rendered)
    assert found.source.startswith("kustomize 5.9.9" if program == "kustomize" else "kubectl kustomize 5.")


class _Manifests(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: remote}\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def web() -> Iterator[str]:
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Manifests)) as address:
        yield f"http://{address}/a.yaml"


def test_the_network_is_used_only_where_it_is_allowed(tree: Path, web: str) -> None:
    change(tree, "[../../base]", f"[../../base, '{web}']")
    assert [code for code, _ in refused(tree)] == ["render.remote"]
    found = Kustomize(allow_remote=True).render(tree, "overlays/production")
    assert isinstance(found, Rendered)
    assert "ConfigMap/shop/prod-remote" in [identity(o) for o in found.objects]


def test_a_complaint_is_the_same_each_time_and_holds_no_warnings(tree: Path) -> None:
    generator = "configMapGenerator: [{name: nowhere, behavior: merge, literals: [A=b]}]\n"
    (tree / "base/kustomization.yaml").write_text("commonLabels: {a: b}\nresources: [deployment.yaml]\n" + generator)
    made = [Kustomize().render(tree, "base") for _ in range(2)]
    assert made[0] == made[1]
    (problem,) = made[0] if isinstance(made[0], tuple) else ()
    assert problem.message.startswith("kustomize refused base: merging from generator")
    assert "does not exist" in problem.message
