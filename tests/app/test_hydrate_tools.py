"""Hydration with the real Kustomize and the real Helm: generated names, several objects of a chart, hooks and CRDs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hydrated import content, place, tree, validated

from vivido.testing.arrangements import ENVIRONMENTS
from vivido.testing.gitserver import commit_to
from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("ssh-keygen", "git", "kubectl", "helm")

BASE = """\
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
          image: web
          envFrom: [{configMapRef: {name: settings}}]
"""
OVERLAY = """\
namespace: shop
resources: [../base]
images: [{{name: web, newName: web, newTag: none}}]
replicas: [{{name: web, count: {number}}}]
configMapGenerator:
  - name: settings
    literals: ["LEVEL=info", "ENVIRONMENT={environment}"]
"""
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 80}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {"helm.sh/hook": pre-upgrade}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boxes.example.com}
spec:
  group: example.com
  names: {kind: Box, plural: boxes}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""


WHERE = {"dev": "directory", "staging": "branch"}
HYDRATE = {"directory": "rendered/{0}", "branch": "{{branch: rendered/{0}}}"}
EXPECTED = {
    "README.md",
    "customresourcedefinition-boxes.example.com.yaml",
    "deployment-api.yaml",
    "job-migrate.yaml",
    "service-api.yaml",
    "shop/configmap-settings.yaml",
    "shop/deployment-web.yaml",
}


@pytest.fixture
def mini(tmp_path: Path) -> Iterator[Miniature]:
    files: dict[str, bytes | None] = {
        "deploy/web/base/app.yaml": BASE.encode(),
        "deploy/web/base/kustomization.yaml": b"resources: [app.yaml]\n",
        "deploy/api/Chart.yaml": b"apiVersion: v2\nname: api\nversion: 1.0.0\n",
        "deploy/api/values.yaml": b"replicas: 1\nimage: {repository: api, tag: none}\n",
        "deploy/api/templates/all.yaml": TEMPLATE.encode(),
        "deploy/api/crds/box.yaml": CRD.encode(),
    }
    with miniature(tmp_path / "mini") as made:
        text = made.file("vivido.yaml")
        for number, environment in enumerate(ENVIRONMENTS, start=1):
            values = f"# of {environment}\nreplicas: {number}\nimage:\n  repository: api\n  tag: none\n"
            files |= {f"deploy/{service}/{environment}/app.yaml": None for service in ("web", "api")}
            overlay = OVERLAY.format(number=number, environment=environment)
            files[f"deploy/web/{environment}/kustomization.yaml"] = overlay.encode()
            files[f"deploy/api/values-{environment}.yaml"] = values.encode()
            if environment in WHERE:
                line = f"hydrate: {HYDRATE[WHERE[environment]].format(environment)}"
                text = text.replace(f"  {environment}:\n", f"  {environment}:\n    {line}\n")
        made.commit({**files, "vivido.yaml": text.encode()}, "Render with tools")
        made.pull()
        yield made


def test_what_kustomize_and_helm_made_is_committed_put_back_and_goes_back_byte_for_byte(mini: Miniature) -> None:
    first = mini.release("v1")
    digests = mini.push("v1")
    for environment, where in WHERE.items():
        mini.good("promote", environment, "--release", first, "--yes")
        found = tree(mini, environment, where)
        assert set(found) == EXPECTED
        assert content(found) == validated(mini, environment, where)
        assert digests["web"] in found["shop/deployment-web.yaml"]
        for name in ("deployment-api.yaml", "job-migrate.yaml"):
            assert f"@{digests['api']}" in found[name]
    before = {environment: tree(mini, environment, where) for environment, where in WHERE.items()}
    # An edit of the base and one of the chart reach nothing by themselves.
    mini.commit(
        {
            "deploy/web/base/app.yaml": BASE.replace("image: web\n", "image: web\n          tty: true\n").encode(),
            "deploy/api/templates/all.yaml": TEMPLATE.replace("port: 80", "port: 81").encode(),
        },
        "Edit base and chart",
    )
    path = "deploy/web/staging/kustomization.yaml"
    mini.commit({path: mini.file(path).replace("LEVEL=info", "LEVEL=debug").encode()}, "Debug staging")
    assert tree(mini, "staging", "branch") == before["staging"]
    second = mini.release("v2")
    for environment in WHERE:
        mini.good("promote", environment, "--release", second, "--yes")
    after = {environment: tree(mini, environment, where) for environment, where in WHERE.items()}
    names = {
        environment: {n for n in EXPECTED if before[environment][n] != after[environment][n]} for environment in WHERE
    }
    images = {"README.md", "deployment-api.yaml", "job-migrate.yaml", "shop/deployment-web.yaml", "service-api.yaml"}
    # The hash in a generated name is no change of a file's name; what refers to it changes.
    assert names == {"dev": images, "staging": images | {"shop/configmap-settings.yaml"}}
    branch, _ = place(mini, "staging", "branch")
    commit_to(
        mini.origin, {"shop/deployment-web.yaml": None, "service-api.yaml": b"a: 1\n"}, branch=branch, message="Fix"
    )
    assert mini.run("drift", "staging").code == 10
    mini.good("drift", "revert", "staging", "--yes")
    assert tree(mini, "staging", "branch") == after["staging"], "the Job too, though it is not run again"
    for environment, where in WHERE.items():
        mini.good("rollback", environment, "--to", first, "--yes")
        assert tree(mini, environment, where) == before[environment]
    assert "port: 81" in mini.file("deploy/api/templates/all.yaml"), "edits of people stay"
    assert mini.good("ledger", "verify").code == 0
