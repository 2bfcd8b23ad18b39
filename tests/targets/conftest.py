"""Real images in a real registry for the tests that run containers."""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from target_situation import context, desired

from vivido.containers import container_environ
from vivido.targets.interface import Desired, Live
from vivido.targets.podman.options import PodmanOptions
from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.process import Proxy
from vivido.targets.podman.target import PodmanTarget
from vivido.testing.registry import registry_server


class Images:
    """Builds small images FROM scratch and pushes them; gives them back by digest."""

    def __init__(self, registry: str, directory: Path, environ: dict[str, str]) -> None:
        self.registry = registry
        self._directory = directory
        self._environ = environ
        self._built: dict[tuple[str, str], str] = {}

    def build(self, name: str, version: str) -> str:
        """Return `127.0.0.1:port/name@sha256:…` of an image whose /www/version says version."""
        if (name, version) not in self._built:
            self._built[name, version] = self._build(name, version)
        return self._built[name, version]

    def _build(self, name: str, version: str) -> str:
        context = self._directory / f"{name}-{version}"
        scripts = context / "www" / "cgi-bin"
        scripts.mkdir(parents=True)
        shutil.copy(shutil.which("busybox") or "", context / "busybox")
        (context / "www" / "version").write_text(version)
        for script, body in SCRIPTS.items():
            (scripts / script).write_text(f"#!/bin/sh\n{body}\n")
            (scripts / script).chmod(0o755)
        (context / "Containerfile").write_text(CONTAINERFILE)
        tag = f"{self.registry}/{name}:{version}"
        digest = context / "digest"
        self._run("buildah", "build", "--isolation", "chroot", "--quiet", "--tag", tag, str(context))
        self._run("buildah", "push", "--quiet", "--tls-verify=false", "--digestfile", str(digest), tag)
        self._run("buildah", "rmi", "--force", tag)
        return f"{self.registry}/{name}@{digest.read_text().strip()}"

    def _run(self, *args: str) -> None:
        subprocess.run(args, env={**os.environ, **self._environ}, check=True, capture_output=True)


CONTAINERFILE = """\
FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
COPY www /www
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
"""

HEAD = "printf 'Content-Type: text/plain\\r\\n\\r\\n'\n"
SCRIPTS = {
    "slow": HEAD + "/bin/busybox sleep ${QUERY_STRING:-1}; /bin/busybox cat /www/version",
    "call": HEAD + "/bin/busybox wget -qO- http://$QUERY_STRING/version",
    "env": HEAD + "/bin/busybox env",
    "file": HEAD + "/bin/busybox cat /$QUERY_STRING",
    "reaches": "/bin/busybox wget -qO- http://$QUERY_STRING/version > /dev/null || printf 'Status: 503 No\\r\\n'\n"
    + HEAD,
}


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    directory = tmp_path_factory.mktemp("images")
    environ = container_environ(directory)
    with registry_server(directory / "registry") as server:
        images = Images(server.host, directory, environ)
        yield images
        subprocess.run(
            ["podman", "rmi", "--force", *images._built.values()],
            env={**os.environ, **environ},
            check=False,
            capture_output=True,
        )


class Place:
    """One environment of a project of its own, removed after the test."""

    def __init__(self, tmp_path: Path, registry: str) -> None:
        self.tmp_path = tmp_path
        self.project = f"t{uuid.uuid4().hex[:10]}"
        self.plain_http = (registry,)
        self.secrets: dict[str, dict[str, str]] = {}
        self.said: list[str] = []
        self.environ = {**os.environ, **container_environ(tmp_path / "state")}

    @property
    def state(self) -> Path:
        return self.tmp_path / "state"

    def open(self, **options: Any) -> PodmanTarget:
        made = context(
            self.tmp_path,
            project=self.project,
            secrets=self.secrets,
            plain_http=self.plain_http,
            progress=self.said.append,
        )
        return PodmanTarget(msgspec.convert(options, PodmanOptions), made, "dev", {})

    def desired(self, *objects: dict[str, Any], **images: str) -> Desired:
        return desired(*objects, images=images, project=self.project)

    def deploy(self, want: Desired, **options: Any) -> Live:
        target = self.open(**options)
        assert target.check(want) == ()
        target.stage(want)
        target.switch(want)
        target.settle(want.generation)
        return target.current()

    def podman(self, *args: str) -> str:
        return Podman(self.state, {}).run(*args)

    def containers(self, *extra: str) -> list[dict[str, Any]]:
        label = f"--filter=label=vivido.project={self.project}"
        return json.loads(self.podman("ps", "--all", "--format=json", label, *extra))

    def haproxy_pids(self) -> tuple[int, ...]:
        return Proxy(self.state / "haproxy", {}).running()


@pytest.fixture
def place(tmp_path: Path, images: Images) -> Iterator[Place]:
    place = Place(tmp_path, images.registry)
    yield place
    place.open().settle("")
    for volume in place.podman("volume", "ls", "--quiet").split():
        if volume.startswith(f"vivido-{place.project}-"):
            place.podman("volume", "rm", volume)
    assert place.haproxy_pids() == ()
