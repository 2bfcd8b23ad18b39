"""A real registry, a real Git repository and container storage of the tests' own."""

from collections.abc import Generator
from pathlib import Path

import pytest
from build_bench import Bench, Repo

from vivido.build.images import Images
from vivido.containers import container_environ
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.testing.registry import Server, registry_server


def storage(home: Path) -> dict[str, str]:
    """Return variables for Buildah and Podman: what this machine needs, and a storage below `home`."""
    home.mkdir(exist_ok=True)
    file = home / "storage.conf"
    file.write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{home}/graph"\nrunroot = "{home}/run"\n', encoding="utf-8"
    )
    return {**container_environ(home), "CONTAINERS_STORAGE_CONF": str(file)}


@pytest.fixture(scope="session")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return storage(tmp_path_factory.mktemp("containers"))


@pytest.fixture
def fresh_environ(tmp_path: Path) -> dict[str, str]:
    """The same with a storage in which nothing ever was."""
    return storage(tmp_path / "containers")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    with registry_server(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def images(server: Server) -> Generator[Images]:
    with Client(Options(plain_http=frozenset({server.host}))) as client:
        yield Images(client)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one service in `web/` and one commit."""
    made = Repo(tmp_path / "repo")
    made.commit({"web/Containerfile": "FROM scratch\nCOPY page /page\n", "web/page": "one\n", "README": "x\n"})
    return made


@pytest.fixture
def bench(repo: Repo, server: Server, images: Images, environ: dict[str, str], tmp_path: Path) -> Bench:
    return Bench(repo, server, images, environ, tmp_path)
