"""The demo's image registry: Debian's, on loopback, started and stopped by its recorded process id."""

import http.client
import os
import re
import socket
import time
from pathlib import Path

from demo import process
from demo.story import StoryError

USUAL_PORT = 5000
_MANIFESTS = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.manifest.v1",
        "oci.image.index.v1",
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
    )
)
_CONFIG = """version: 0.1
storage: {{filesystem: {{rootdirectory: {root}}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{level: warn}}
"""


def start(home: Path, wanted: int = USUAL_PORT) -> int:
    """Start it, with everything it keeps under `home`, and return its port: the one that is wanted, or another where that is taken.

    Raises:
        StoryError: It did not come up.
    """
    home.mkdir(parents=True)
    free = _free_port(wanted)
    config, log = home / "config.yml", home / "log"
    config.write_text(_CONFIG.format(root=home / "blobs", port=free), encoding="utf-8")
    pid = process.spawn(["docker-registry", "serve", str(config)], home, os.environ)
    deadline = time.monotonic() + 20
    while not _answers(free):
        if not process.runs(pid) or time.monotonic() > deadline:
            raise StoryError(f"the registry did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
    return free


def port(home: Path) -> int:
    """Return the port of the registry that was started under `home`, 0 where none was."""
    config = home / "config.yml"
    found = re.search(r"127\.0\.0\.1:(\d+)", config.read_text(encoding="utf-8")) if config.exists() else None
    return int(found[1]) if found else 0


def stop(home: Path) -> bool:
    """Stop the registry that `start` started under `home`; True where there was one.

    A process of that number that is another program is left alone.
    """
    return process.stop(home, str(home / "config.yml"))


def digest(port: int, repository: str, reference: str) -> str:
    """Return the digest that the registry has for a tag or a digest of a repository, empty where it has none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("HEAD", f"/v2/{repository}/manifests/{reference}", headers={"Accept": _MANIFESTS})
        answer = connection.getresponse()
        return answer.headers["Docker-Content-Digest"] if answer.status == 200 else ""
    finally:
        connection.close()


def _free_port(first: int) -> int:
    for wanted in (first, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return trial.getsockname()[1]
    raise StoryError("no port is free on 127.0.0.1")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
