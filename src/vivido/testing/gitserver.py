"""A real Git server over HTTP on loopback: `git http-backend` behind a small threaded CGI adapter.

    with git_server(tmp_path, users={"alice": "s3cret"}) as server:
        url = server.create("shop", {"README": b"hello"})

Clones, fetches and pushes go through Git's own smart protocol, so hooks, protected branches, races and broken
connections behave as they do on a forge. The server can be told to be slow (`delay`), to answer with a status instead
(`answer`), and to hang up in the middle of an answer (`hang_up_after`).
"""

import base64
import binascii
import hmac
import io
import os
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

from vivido.process import run
from vivido.testing.serving import serving

_CHUNK = 64 * 1024
_PERSON = {
    "GIT_AUTHOR_NAME": "Server",
    "GIT_AUTHOR_EMAIL": "server@example.com",
    "GIT_COMMITTER_NAME": "Server",
    "GIT_COMMITTER_EMAIL": "server@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Request:
    """One request that the server answered."""

    method: str
    path: str
    user: str
    status: int


@dataclass
class GitServer:
    """A running server. Its fields may be changed while it runs.

    Attributes:
        url: `http://127.0.0.1:PORT`.
        directory: Where its bare repositories are, one `NAME.git` each.
        users: Name and password of who may read and write; None lets everybody in.
        delay: Seconds before each answer.
        answer: A status that is answered instead of serving, 0 for none.
        hang_up_after: Bytes of a body after which the connection is cut, None for never.
        cut_pushes: The connection is cut after a push was taken in, before it is answered.
        requests: What was asked, in order.
    """

    url: str
    directory: Path
    users: Mapping[str, str] | None = None
    delay: float = 0
    answer: int = 0
    hang_up_after: int | None = None
    cut_pushes: bool = False
    requests: list[Request] = field(default_factory=list[Request])

    def create(self, name: str, files: Mapping[str, bytes] | None = None, *, branch: str = "main") -> str:
        """Make a bare repository, with one commit where files are given, and return its URL."""
        create_bare(self.path(name), files, branch=branch)
        return f"{self.url}/{name}.git"

    def path(self, name: str) -> Path:
        """Return where the bare repository is on disk."""
        return self.directory / f"{name}.git"

    def hook(self, name: str, kind: str, script: str) -> None:
        """Install a hook (`pre-receive`, `update`, `post-receive`) as a shell script."""
        install_hook(self.path(name), kind, script)

    def protect(self, name: str, branch: str) -> None:
        """Refuse every push to a branch, as forges do with protected ones."""
        self.hook(
            name,
            "update",
            f'[ "$1" != "refs/heads/{branch}" ] || {{ echo "GH006: Protected branch update failed for $1." >&2; exit 1; }}',
        )


@contextmanager
def git_server(directory: Path, *, users: Mapping[str, str] | None = None) -> Generator[GitServer]:
    """Serve the bare repositories of a directory over HTTP while the context lasts.

    Args:
        directory: Made where it is missing.
        users: Name and password for basic authentication; None lets everybody in.
    """
    directory.mkdir(parents=True, exist_ok=True)
    http = _Http(("127.0.0.1", 0), _Handler)
    http.shared = GitServer(f"http://127.0.0.1:{http.server_port}", directory, users)
    with serving(http):
        yield http.shared


def create_bare(path: Path, files: Mapping[str, bytes] | None = None, *, branch: str = "main") -> None:
    """Make a bare repository at a path, with one commit on `branch` where files are given."""
    _git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(path))
    _git("-C", str(path), "config", "http.receivepack", "true")
    if files:
        commit_to(path, files, branch=branch, message="Start")


def clone_of(bare: Path, where: Path) -> None:
    """Clone a repository for somebody who commits as Carol."""
    run(["git", "clone", "--quiet", str(bare), str(where)])
    for key, value in (("user.name", "Carol"), ("user.email", "carol@example.com")):
        run(["git", "-C", str(where), "config", key, value])


def commit_to(path: Path, files: Mapping[str, bytes | None], *, branch: str = "main", message: str = "Edit") -> str:
    """Commit to a branch of a bare repository as a person would from elsewhere, and return the commit's id.

    Args:
        path: The repository.
        files: Content by path; None deletes.
        branch: It is made where it is missing.
        message: The commit's.
    """
    reference = f"refs/heads/{branch}"
    parent = run(["git", "-C", str(path), "rev-parse", "--quiet", "--verify", reference]).text.strip()
    lines = [f"commit {reference}", "committer Server <server@example.com> 1767225600 +0000"]
    stream = "\n".join(lines).encode() + _data(message.encode())
    if parent:
        stream += f"from {parent}\n".encode()
    for name, content in files.items():
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        head = f"D {quoted}\n" if content is None else f"M 100644 inline {quoted}"
        stream += os.fsencode(head) + (b"" if content is None else _data(content))
    _git("-C", str(path), "fast-import", "--quiet", "--date-format=raw", stdin=stream)
    return _git("-C", str(path), "rev-parse", reference)


def install_hook(path: Path, kind: str, script: str) -> None:
    """Write a hook of a bare repository as a shell script."""
    hook = path / "hooks" / kind
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    hook.chmod(0o755)


def credential_helper(path: Path, users: Mapping[str, str]) -> str:
    """Write a Git credential helper that knows these users, and return what `credential.helper` takes."""
    name, password = next(iter(users.items()))
    path.write_text(
        f'#!/bin/sh\n[ "$1" = get ] || exit 0\necho "username={name}"\necho "password={password}"\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return str(path)


def _data(content: bytes) -> bytes:
    return f"\ndata {len(content)}\n".encode() + content + b"\n"


def _git(*args: str, stdin: bytes = b"") -> str:
    done = run(["git", *args], env=_PERSON, stdin=stdin)
    if done.returncode != 0:
        raise AssertionError(f"git {args}: {done.complaint}")
    return done.text.strip()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    shared: GitServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
        """Nothing: what was asked is in `GitServer.requests`."""

    @property
    def _shared(self) -> GitServer:
        return cast("_Http", self.server).shared

    def _serve(self) -> None:
        shared = self._shared
        body = self._body()
        if shared.delay:
            time.sleep(shared.delay)
        user = self._user(shared.users)
        if user is None:
            self._refuse(401, {"WWW-Authenticate": 'Basic realm="git"'})
        elif shared.answer:
            self._refuse(shared.answer, {})
        else:
            self._backend(shared, user, body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _user(self, users: Mapping[str, str] | None) -> str | None:
        if users is None:
            return ""
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        known = scheme.lower() == "basic" and name in users
        return name if known and hmac.compare_digest(users[name], password) else None

    def _refuse(self, status: int, headers: Mapping[str, str]) -> None:
        self._note("", status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _note(self, user: str, status: int) -> None:
        self._shared.requests.append(Request(self.command, self.path, user, status))

    def _backend(self, shared: GitServer, user: str, body: bytes) -> None:
        with subprocess.Popen(
            ["git", "http-backend"],
            env=self._environ(shared.directory, user, len(body)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            stdin, stdout = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
            feeder = Thread(target=_feed, args=(stdin, body), daemon=True)
            feeder.start()
            try:
                self._answer(shared, user, stdout)
            finally:
                stdout.close()
                feeder.join()

    def _environ(self, directory: Path, user: str, length: int) -> dict[str, str]:
        parts = urlsplit(self.path)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROJECT_ROOT": str(directory),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "REMOTE_ADDR": "127.0.0.1",
        }
        optional = {
            "REMOTE_USER": user,
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        return environ | {k: v for k, v in optional.items() if v}

    def _answer(self, shared: GitServer, user: str, output: IO[bytes]) -> None:
        headers: list[tuple[str, str]] = []
        while line := output.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        status = next((int(v.split()[0]) for n, v in headers if n.lower() == "status"), 200)
        self._note(user, status)
        if shared.cut_pushes and self.path.endswith("/git-receive-pack") and self.command == "POST":
            output.read()
            return
        self.send_response(status)
        for name, value in headers:
            if name.lower() != "status":
                self.send_header(name, value)
        self.end_headers()
        left = shared.hang_up_after
        while chunk := cast("io.BufferedReader", output).read1(_CHUNK):
            self.wfile.write(chunk if left is None else chunk[:left])
            if left is not None:
                left -= len(chunk)
                if left <= 0:
                    return


def _feed(stdin: IO[bytes], body: bytes) -> None:
    try:
        stdin.write(body)
        stdin.close()
    except BrokenPipeError:
        return
