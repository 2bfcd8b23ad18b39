"""Real images in a real registry for the tests that run containers."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.containers import container_environ
from vivido.testing.registry import registry_server

NEEDED = ("podman", "buildah", "haproxy", "docker-registry", "busybox")


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
            (scripts / script).write_text(f"#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\n{body}\n")
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

SCRIPTS = {
    "slow": "/bin/busybox sleep ${QUERY_STRING:-1}; /bin/busybox cat /www/version",
    "call": "/bin/busybox wget -qO- http://$QUERY_STRING/version",
    "env": "/bin/busybox env",
    "file": "/bin/busybox cat /$QUERY_STRING",
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
