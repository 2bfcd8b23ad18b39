"""A Git server for each configuration repository, on loopback, with a user and a password of its own.

It runs as a process apart (`python -m demo.githost FOLDER`), so that the workspace goes on working when the story is over.
"""

import base64
import contextlib
import http.client
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from demo import process
from demo.story import StoryError

REPOSITORY = "config.git"
"""What each server's repository is called; whoever starts the servers makes it."""
TOOLS = Path(__file__).resolve().parents[1]


def start(home: Path, names: Iterable[str]) -> Mapping[str, str]:
    """Start a server for each name, its repository in `home/NAME`, and return the repositories' URLs.

    The user is called like the server; what `git credential-store` takes is in `home/credentials/NAME`.

    Raises:
        StoryError: They did not come up.
    """
    home.mkdir()
    (home / "credentials").mkdir(mode=0o700)
    users = {name: secrets.token_urlsafe(18) for name in names}
    _write(home / "users", json.dumps(users))
    environ = {**os.environ, "PYTHONPATH": str(TOOLS)}
    pid = process.spawn([sys.executable, "-m", "demo.githost", str(home)], home, environ)
    deadline = time.monotonic() + 20
    while not (home / "urls").exists():
        if not process.runs(pid) or time.monotonic() > deadline:
            raise StoryError(f"the Git servers did not start: {(home / 'log').read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
    urls: dict[str, str] = json.loads((home / "urls").read_text(encoding="utf-8"))
    for name, url in urls.items():
        _write(home / "credentials" / name, url.replace("://", f"://{name}:{users[name]}@") + "\n")
    return urls


def stop(home: Path) -> bool:
    """Stop what `start` started under `home`; True where there was something."""
    return process.stop(home, str(home))


def helper(home: Path, name: str) -> str:
    """Return the credential helper, as Git takes it, that knows one server's user."""
    return f"store --file={home / 'credentials' / name}"


def doors(home: Path) -> dict[str, dict[str, int]]:
    """Return what each server answers to each user: user → server → HTTP status."""
    users: dict[str, str] = json.loads((home / "users").read_text(encoding="utf-8"))
    urls: dict[str, str] = json.loads((home / "urls").read_text(encoding="utf-8"))
    return {user: {n: _status(url, user, password) for n, url in urls.items()} for user, password in users.items()}


def serve(home: Path) -> None:
    """Serve until somebody ends this process."""
    from vivido.testing.gitserver import git_server

    users: dict[str, str] = json.loads((home / "users").read_text(encoding="utf-8"))
    over = Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with contextlib.ExitStack() as stack:
        served = {n: stack.enter_context(git_server(home / n, users={n: password})) for n, password in users.items()}
        (home / "urls.new").write_text(
            json.dumps({n: f"{s.url}/{REPOSITORY}" for n, s in served.items()}), encoding="utf-8"
        )
        (home / "urls.new").rename(home / "urls")
        over.wait()


def _status(url: str, user: str, password: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        told = base64.b64encode(f"{user}:{password}".encode()).decode()
        connection.request(
            "GET", f"{parts.path}/info/refs?service=git-upload-pack", headers={"Authorization": f"Basic {told}"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
