"""Build one service and print the artifact's digest: run as a program of its own, so that it can be killed.

Arguments: root, work directory, image repository, registry host, microseconds since 1970.
"""

import os
import sys
from pathlib import Path

from vivido.build.buildah import Buildah
from vivido.build.images import Images
from vivido.build.interface import BuildRequest
from vivido.build.service import build_service
from vivido.build.worktree import WorkTreeSource
from vivido.model.project import Build, Service
from vivido.registry.client import Client
from vivido.registry.options import Options


def main(root: str, work: str, image: str, host: str, now: str) -> None:
    service = Service("web", image, Build("web"), "deploy/web", checks=("echo ran >> ../checks",))
    environ = {name: os.environ[name] for name in ("CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF") if name in os.environ}
    request = BuildRequest(service, Path(root), Path(work), ("production",), plain_http=(host,), environ=environ)
    source = WorkTreeSource(Path(root), Path(work))
    with Client(Options(plain_http=frozenset({host}))) as client:
        built = build_service(request, source, Images(client), Buildah("chroot"), lambda: int(now))
    print(built.artifact.digest, built.reused)


if __name__ == "__main__":
    main(*sys.argv[1:])
