"""`vivido init` with branches, charts or custom resources alone: what it writes passes `vivido config check`."""

import os
from pathlib import Path

import pytest

from vivido.process import run
from vivido.testing.command import Ran, own_environ, vivido
from vivido.testing.gitserver import commit_to, create_bare

pytestmark = pytest.mark.real("git")

_APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "registry.example.com/shop/web:1"}]}}}
"""


def _vivido(directory: Path, *args: str) -> Ran:
    return vivido(args, cwd=directory, environ={**os.environ, **own_environ(directory.parent)})


def _clone(root: Path, files: dict[str, str], branch: str = "main") -> Path:
    create_bare(root / "origin.git", {p: t.encode() for p, t in files.items()}, branch=branch)
    return root / "origin.git"


def _fresh(root: Path) -> Path:
    run(["git", "clone", "--quiet", str(root / "origin.git"), str(root / "clone")])
    return root / "clone"


def _begun(clone: Path) -> str:
    made = _vivido(clone, "init", "--registry", "registry.example.com/shop")
    assert made.code == 0, made.err
    checked = _vivido(clone, "config", "check")
    assert checked.code == 0, checked.err
    return (clone / "vivido.yaml").read_text()


def test_branches_that_have_the_configuration_become_environments(tmp_path: Path) -> None:
    limits = {f"deploy/{s}/limits.yaml": b"limits: {}\n" for s in ("web", "api")}
    api = _APP.replace("web", "api")
    bare = _clone(
        tmp_path,
        {"deploy/web/app.yaml": _APP, "deploy/api/app.yaml": api, "README": "Hello\n"}
        | {p: t.decode() for p, t in limits.items()},
    )
    for branch in ("develop", "staging", "production", "qa"):
        run(["git", "-C", str(bare), "branch", branch, "main"])
    # A branch without the configuration is no environment, whatever it is called.
    commit_to(
        bare, dict.fromkeys(("deploy/web/app.yaml", "deploy/api/app.yaml", *limits)), branch="qa", message="Remove it"
    )
    # Own: what develop never had. Not own: what it had once, and images that somebody promoted.
    commit_to(bare, dict.fromkeys(limits, b"limits: {cpu: 2}\n"), branch="production", message="More")
    commit_to(bare, {"deploy/web/app.yaml": _APP.replace(":1", ":2").encode()}, branch="production", message="Promote")
    commit_to(bare, {"deploy/api/app.yaml": api.encode() + b"# new\n"}, branch="develop", message="Go on")
    clone = _fresh(tmp_path)
    shown = _vivido(clone, "init", "--registry", "registry.example.com/shop", "--dry-run")
    assert (shown.code, (clone / "vivido.yaml").exists(), (clone / ".vivido").exists()) == (0, False, False)
    assert "nothing was written" in shown.err
    text = _begun(clone)
    assert shown.out == text
    assert "layout: branches" in text
    order = [line.strip() for line in text.splitlines() if line.strip().startswith(("after:", "branch:"))]
    assert order == ["branch: develop", "after: develop", "branch: staging", "after: staging", "branch: production"]
    assert [line.strip() for line in text.splitlines() if "own: [" in line] == [
        'own: ["deploy/*/limits.yaml"]  # stays as its branch has it'
    ]
    # A file that is there is no hindrance to a look.
    assert _vivido(clone, "init", "--registry", "registry.example.com/shop", "--dry-run").code == 0


def test_one_branch_is_no_layout(tmp_path: Path) -> None:
    _clone(tmp_path, {"deploy/web/app.yaml": _APP})
    assert "layout:" not in _begun(_fresh(tmp_path))


def test_a_chart_with_values_for_each_environment(tmp_path: Path) -> None:
    files = {"charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"}
    files["charts/web/values.yaml"] = "image: {repository: registry.example.com/shop/web, tag: '1'}\n"
    files |= {f"charts/web/values-{e}.yaml": "replicas: 1\n" for e in ("dev", "prod")}
    _clone(tmp_path, files)
    text = _begun(_fresh(tmp_path))
    assert "config: charts/web  # a Helm chart" in text
    assert "  prod:\n    after: dev" in text


def test_custom_resources_alone_are_no_error(tmp_path: Path) -> None:
    resource = "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: shop}\n"
    _clone(tmp_path, {"fleet/shop.yaml": resource})
    text = _begun(_fresh(tmp_path))
    assert "fleet:" in text
    assert "target: none" in text
