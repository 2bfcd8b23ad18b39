"""A real PostgreSQL for tests: a cluster of its own in a temporary directory, reached through a Unix socket in it.

    with postgres_server() as server:
        database = Database(server.schema())

Nothing is installed, and nothing listens on the network. PostgreSQL refuses to run as root, so there it runs as `nobody`,
who may read whatever root may: the programs can lie in root's own home.
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

    They are looked for on PATH, and where Debian keeps them.
    """
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return next((p for p in (*on_path, *debian) if (p / "initdb").exists() and (p / "postgres").exists()), None)


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
        raise ToolError("there is no PostgreSQL here", code="postgres.missing", hint="Install postgresql.")
    directory = Path(tempfile.mkdtemp(prefix="vivido-pg-"))
    try:
        _give_away(directory)
        _initialize(found, directory)
        server = PostgresServer(directory)
        with _running(found, server, fsync=fsync):
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _give_away(directory: Path) -> None:
    """Let the user that the programs run as own the directory."""
    if os.geteuid() == 0:
        os.chown(directory, _NOBODY, _NOBODY)
        directory.chmod(0o711)


def _not_root() -> list[str]:
    """Return what stands before a program that must not be root; it keeps root's reach through other people's directories."""
    if os.geteuid() != 0:
        return []
    # PostgreSQL asks access(2) about its own programs, which without this bit answers as for a user without capabilities.
    kept = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *kept, "--"]


def _initialize(found: Path, directory: Path) -> None:
    command = [*_not_root(), str(found / "initdb"), "-D", str(directory / "data"), "-U", USER, "--auth=trust"]
    done = subprocess.run(
        [*command, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolError(f"initdb failed: {done.stdout.strip()}", code="postgres.initdb")


@contextmanager
def _running(found: Path, server: PostgresServer, *, fsync: bool) -> Generator[None]:
    directory = server.directory
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "fsync": "on" if fsync else "off",
        # Its compiler need not be here, and for tests' small statements it would only cost time.
        "jit": "off",
        "shared_buffers": "16MB",
        "max_connections": "50",
    }
    given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = directory / "log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [*_not_root(), str(found / "postgres"), "-D", str(directory / "data"), *given],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(server, process, log)
        yield
    finally:
        # SIGINT is the fast shutdown: what is connected is sent away.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: PostgresServer, process: "subprocess.Popen[Any]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ToolError(f"PostgreSQL did not start: {log.read_text().strip()}", code="postgres.start")
        time.sleep(0.05)


def _answers(server: PostgresServer) -> bool:
    import psycopg

    try:
        server.execute("SELECT")
    except psycopg.OperationalError:
        return False
    return True
