"""Registries of each kind, clients that need not wait, repositories of one's own."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from registry.places import Clock, Connect, Place
from vivido.model.reference import Repository
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.testing.registry import LOGIN, Login, registry_server
from vivido.testing.registry_memory import MemoryRegistry, memory_registry
from vivido.testing.registry_state import Settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(tmp_path: Path, clock: Clock) -> Iterator[Connect]:
    """Make clients of some hosts over plain HTTP; they are closed at the end."""
    with ExitStack() as stack:

        def make(*hosts: str, login: Login | None = None, **options: Any) -> Client:
            config = tmp_path / f"docker-{uuid.uuid4().hex}.json"
            if login is not None:
                login.write_config(config, hosts[0])
            options = {"plain_http": frozenset(hosts), "docker_config": config, **options}
            return stack.enter_context(Client(Options(**options), now=clock.now, sleep=clock.sleep))

        yield make


@pytest.fixture(scope="session")
def _debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Login | None], Place]]:
    """Start each kind of the real registry at most once in a run."""
    with ExitStack() as stack:
        running: dict[Login | None, Place] = {}

        def start(login: Login | None) -> Place:
            if login not in running:
                directory = tmp_path_factory.mktemp("registry")
                server = stack.enter_context(registry_server(directory, auth=login))
                running[login] = Place(
                    server.host,
                    lambda: [
                        (method, path.partition("?")[0]) for method, path, status in server.requests() if status != 401
                    ],
                    login,
                    has_referrers=False,
                    deletes_tags=False,
                )
            return running[login]

        yield start


KINDS = [
    "memory",
    "memory-basic",
    "memory-bearer",
    "memory-plain",
    pytest.param("debian", marks=pytest.mark.real("docker-registry")),
    pytest.param("debian-login", marks=pytest.mark.real("docker-registry")),
]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each kind of registry that the contract holds for. `memory-plain` has neither referrers, mounts nor deletion."""
    if request.param.startswith("debian"):
        start = request.getfixturevalue("_debian")
        yield start(LOGIN if request.param == "debian-login" else None)
        return
    plain = request.param == "memory-plain"
    settings = Settings(referrers=not plain, mounts=not plain, deletes_tags=not plain, page=2)
    auth = {"memory-basic": "basic", "memory-bearer": "bearer"}.get(request.param, "none")
    with memory_registry(settings, auth=auth) as registry:  # type: ignore[arg-type]
        yield Place(
            registry.host,
            lambda: [
                (r.method, r.path.partition("?")[0])
                for r in registry.requests
                if r.status != 401 and not r.path.startswith("/token")
            ],
            None if auth == "none" else LOGIN,
            has_referrers=not plain,
            deletes_tags=not plain,
        )


@pytest.fixture
def memory() -> Iterator[MemoryRegistry]:
    with memory_registry() as registry:
        yield registry


@pytest.fixture
def repository(memory: MemoryRegistry) -> Repository:
    return Repository(memory.host, "shop/web")


@pytest.fixture
def client(memory: MemoryRegistry, connect: Connect) -> Client:
    return connect(memory.host, retries=2, retry_budget=30.0)


@pytest.fixture
def reader(memory: MemoryRegistry, connect: Connect) -> Client:
    """A client that has read nothing yet."""
    return connect(memory.host, retries=2, retry_budget=30.0)
