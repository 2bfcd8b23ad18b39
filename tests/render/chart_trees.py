"""Charts as people write them, on disk."""

import gzip
import io
import tarfile
from pathlib import Path

TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  annotations: {kube: "{{ .Capabilities.KubeVersion.Version }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
"""
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: '7'\n"
VALUES = "replicas: 1\nimage:\n  repository: web\n  tag: dev\n"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def chart(root: Path, **more: str | bytes) -> Path:
    """A small chart in `deploy/web`; further files by their path in it."""
    own: dict[str, str | bytes] = {"Chart.yaml": CHART, "values.yaml": VALUES, "templates/web.yaml": TEMPLATE, **more}
    return write(root, {f"deploy/web/{name}": text for name, text in own.items()})


def config_map(name: str, value: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{value: {value}}}\n"


def packed(name: str, files: dict[str, str]) -> bytes:
    """A chart's archive, as `helm package` makes it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(raw.getvalue())
