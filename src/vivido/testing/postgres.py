"""A real PostgreSQL for tests: a cluster of its own in a temporary directory, reached through a Unix socket in it.

    with postgres_server() as server:
        database = Database(server.schema())

Nothing is installed, and nothing listens on the network. PostgreSQL refuses to run as root, so there it runs as `nobody`.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vivido.errors import ToolError

USER = "vivido"
_NOBODY = 65534
_PATIENCE = 60.0
"""Seconds that it may take to start or to stop on a busy machine."""


@dataclass
class PostgresServer:
    """A server that runs.

    Attributes:
        directory: Holds its data and its socket.
    """

    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql:///{database}?host={self.directory}&user={USER}"

    def database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"vivido_{os.getpid()}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def schema(self) -> str:
        """Make an empty schema and return the URL under which it looks like a database of its own: cheaper than one."""
        name = f"vivido_{os.getpid()}_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}&options=-csearch_path%3D{name}"

    def rename(self, database: str, other: str) -> None:
        """Send everybody away from a database and give it another name: for those who look for it, it is gone."""
        self.execute("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s", database)
        self.execute(f"ALTER DATABASE {database} RENAME TO {other}")

    def execute(self, statement: str, *parameters: str) -> None:
        """Run a statement of the administrator's."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode(), parameters or None)


def programs() -> Path | None:
    """Return the directory of PostgreSQL's programs, None where there are none.

    They are looked for on PATH, where Debian keeps them, and in the package `pgserver`.
    """
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    spec = find_spec("pgserver")
    packaged = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [])] if spec else []
    return next(
        (p for p in (*on_path, *debian, *packaged) if (p / "initdb").exists() and (p / "postgres").exists()), None
    )


@contextmanager
def postgres_server(*, fsync: bool = False) -> Generator[PostgresServer]:
    """Run a server while the context lasts, and remove it.

    Args:
        fsync: Whether a commit waits for the disk, as a real one does. Tests that nobody unplugs need not.

    Raises:
        ToolError: `postgres.missing`, `postgres.initdb`, `postgres.start`: with what it printed.
    """
    found = programs()
    if found is None:
        raise ToolError("there is no PostgreSQL here", code="postgres.missing", hint="Install postgresql or pgserver.")
    directory = Path(tempfile.mkdtemp(prefix="vivido-pg-"))
    try:
        _as(directory)
        _initialize(found, directory)
        with _running(found, directory, fsync=fsync):
            yield PostgresServer(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _as(directory: Path) -> dict[str, Any]:
    """Return how a program is started that must not be root, and let it use the directory."""
    if os.geteuid() != 0:
        return {}
    os.chown(directory, _NOBODY, _NOBODY)
    directory.chmod(0o711)
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _initialize(found: Path, directory: Path) -> None:
    command = [str(found / "initdb"), "-D", str(directory / "data"), "-U", USER, "--auth=trust", "--encoding=UTF8"]
    done = subprocess.run(
        [*command, "--locale=C", "--no-sync", "--no-instructions"],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **_as(directory),
    )
    if done.returncode:
        raise ToolError(f"initdb failed: {done.stdout.strip()}", code="postgres.initdb")


@contextmanager
def _running(found: Path, directory: Path, *, fsync: bool) -> Generator[None]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "fsync": "on" if fsync else "off",
        "shared_buffers": "16MB",
        "max_connections": "50",
    }
    given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = directory / "log"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [str(found / "postgres"), "-D", str(directory / "data"), *given],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            **_as(directory),
        )
    try:
        _wait(found, directory, server, log)
        yield
    finally:
        # SIGINT is the fast shutdown: what is connected is sent away.
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(found: Path, directory: Path, server: "subprocess.Popen[Any]", log: Path) -> None:
    ready = [str(found / "pg_isready"), "-q", "-h", str(directory), "-U", USER, "-d", "postgres"]
    deadline = time.monotonic() + _PATIENCE
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise ToolError(f"PostgreSQL did not start: {log.read_text().strip()}", code="postgres.start")
        time.sleep(0.05)
