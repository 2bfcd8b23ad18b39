"""A project whose one environment runs on real containers, used through the command line."""

import os
import subprocess
import sys
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vivido.containers import container_environ
from vivido.process import run
from vivido.targets.podman.program import Podman
from vivido.testing.command import Ran, own_environ, vivido
from vivido.testing.gitserver import clone_of, commit_to, create_bare

FILE = """\
project: {project}
registry: {registry}
registries: {{plain-http: ["{registry}"]}}
services:
  web: {{image: "{registry}/web", config: deploy}}
environments:
  dev: {{target: podman}}
"""

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2  # enough for a laptop
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: web:none
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /version, port: http}}
          resources: {limits: {memory: 64Mi}}
          env:
            - {name: LEVEL, value: info}  # how much it tells
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
"""


class Shop:
    """The project."""

    def __init__(self, root: Path, registry: str) -> None:
        self.root = root
        self.project = f"d{uuid.uuid4().hex[:8]}"
        self.registry = registry
        # A user's images and containers lie below the home, which is another one for the command.
        stored = {"XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")}
        self.environ = {**own_environ(root), **stored, **container_environ(root / "containers")}
        files = {
            "vivido.yaml": FILE.format(project=self.project, registry=registry).encode(),
            "deploy/dev/app.yaml": MANIFEST.encode(),
        }
        create_bare(self.origin, files)
        clone_of(self.origin, self.clone)

    @property
    def origin(self) -> Path:
        return self.root / "origin.git"

    @property
    def clone(self) -> Path:
        return self.root / "clone"

    def run(self, *args: str, environ: Mapping[str, str] | None = None) -> Ran:
        whole = {**os.environ, **self.environ, **(environ or {})}
        return vivido(args, cwd=self.clone, environ=whole, timeout=300)

    def good(self, *args: str) -> str:
        ran = self.run(*args)
        assert ran.code == 0, f"vivido {' '.join(args)}: {ran.code}\n{ran.out}\n{ran.err}"
        return ran.out

    def promote(self, image: str) -> str:
        release = self.good("release", "create", "-o", "name", f"--artifact=web={image}").strip()
        self.good("promote", "dev", "--release", release, "--yes")
        return release

    def drift(self) -> dict[str, Any]:
        ran = self.run("drift", "dev", "-o", "json")
        assert ran.code in (0, 10), ran.err
        return ran.json()[0]

    def places(self) -> list[str]:
        found = self.drift()
        return [f"{i['object']}/{i['path']}".rstrip("/") for i in found["live"]] + [
            a["where"] for a in found["artifacts"]
        ]

    def podman(self, *args: str) -> str:
        return Podman(self.root / "containers", {}).run(*args)

    def containers(self) -> list[str]:
        label = f"--filter=label=vivido.project={self.project}"
        return sorted(self.podman("ps", "--all", "--format={{.Names}}", label).split())

    def url(self) -> str:
        return self.good("open", "dev").strip().splitlines()[0].split()[-1]

    def commit(self, files: Mapping[str, bytes | None], message: str) -> str:
        return commit_to(self.origin, files, message=message)

    def git(self, *args: str) -> str:
        return run(["git", "-C", str(self.origin), *args]).text

    def clean(self) -> None:
        """Remove every container of it, and HAProxy."""
        code = (
            "from pathlib import Path; from vivido.app.workspace import open_workspace\n"
            "ws = open_workspace(Path('.')); ws.target(ws.environment('dev')).settle('')"
        )
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.clone,
            env={**os.environ, **self.environ},
            check=True,
            capture_output=True,
        )


@contextmanager
def shop(root: Path, registry: str) -> Generator[Shop]:
    """Make the project under a directory; nothing of it is left afterwards."""
    root.mkdir()
    made = Shop(root, registry)
    try:
        yield made
    finally:
        made.clean()
