"""Where a rendered value stands in the source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.render.trace import Tracer

FILES = {
    "overlay/kustomization.yaml": """\
resources: [../base]
namePrefix: prod-
configMapGenerator:
  - name: settings
    literals:
      - LEVEL=info
      - SSL_MODE=disable
    envs: [settings.env]
    files: [app.ini, other=files/b.ini]
""",
    "overlay/settings.env": "# what differs\nREGION=eu\n",
    "overlay/patch.yaml": "kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n",
    "base/web.yaml": """\
kind: Service
metadata: {name: web}
---
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: URL
              valueFrom:
                configMapKeyRef: {name: settings, key: URL}
          args: [a, b]
""",
    "base/broken.yaml": "kind: Deployment\n  metadata: [",
}
WEB = ("spec", "template", "spec", "containers", "web")


def where(kind: str, name: str, *path: str) -> str:
    return Tracer(FILES, lambda p: FILES[p].encode() if p in FILES else None).where(kind, name, path)


@pytest.mark.parametrize(
    ("kind", "name", "path", "place"),
    [
        ("Deployment", "web", ("spec", "replicas"), "overlay/patch.yaml:4:3"),
        ("Deployment", "prod-web", ("spec", "replicas"), "overlay/patch.yaml:4:3"),
        ("Deployment", "web", (*WEB, "env", "URL", "valueFrom", "configMapKeyRef", "key"), "base/web.yaml:15:51"),
        ("Deployment", "web", (*WEB, "args", "1"), "base/web.yaml:16:21"),
        ("Deployment", "web", (*WEB, "image"), "base/web.yaml:11:11"),
        ("Service", "web", ("spec", "selector"), "base/web.yaml:1:1"),
        ("ConfigMap", "settings-7hk2m8b9cf", ("data", "SSL_MODE"), "overlay/kustomization.yaml:7:9"),
        ("ConfigMap", "prod-settings-7hk2m8b9cf", ("data", "SSL_MODE"), "overlay/kustomization.yaml:7:9"),
        ("ConfigMap", "settings", ("data", "REGION"), "overlay/settings.env:2:1"),
        ("ConfigMap", "settings", ("data", "app.ini"), "overlay/app.ini:1:1"),
        ("ConfigMap", "settings", ("data", "other"), "overlay/files/b.ini:1:1"),
        ("ConfigMap", "settings", ("data", "GONE"), "overlay/kustomization.yaml:4:5"),
        ("ConfigMap", "nothing", ("data", "GONE"), ""),
        ("StatefulSet", "web", (), ""),
    ],
)  # fmt: skip
def test_a_value_is_traced_to_the_deepest_place_that_a_file_has(
    kind: str, name: str, path: tuple[str, ...], place: str
) -> None:
    assert where(kind, name, *path) == place


@given(
    st.sampled_from(["Deployment", "ConfigMap"]),
    st.text(max_size=5),
    st.lists(st.text(max_size=5), max_size=4),
    st.binary(max_size=60),
)
def test_no_file_breaks_it(kind: str, name: str, path: list[str], data: bytes) -> None:
    content = b"kind: " + kind.encode() + b"\nmetadata: {name: a}\n" + data
    found = Tracer(["a.yaml"], lambda p: content).where(kind, name, path)
    assert found == "" or found.startswith("a.yaml:")
