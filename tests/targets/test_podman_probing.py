"""Probes say why they fail."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.probing import passes
from vivido.targets.podman.program import Podman
from vivido.targets.podman.readiness import seconds_since
from vivido.targets.podman.seen import Seen
from vivido.testing.serving import serving


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = 204 if (self.path, self.headers.get("X-Key")) == ("/ready", "k") else 500
        self.send_response(status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)) as address:
        yield int(address.partition(":")[2])


def why(probe: Probe, port: int, tmp_path: Path) -> str:
    seen = Seen("id", "n", "n", {}, "running", 0, 0, "i", {8080: port}, "")
    return passes(Podman(tmp_path, {}), probe, seen)


def hang_up(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.close()


def test_http(port: int, tmp_path: Path) -> None:
    assert why(Probe("http", 8080, "/ready", headers=(("X-Key", "k"),)), port, tmp_path) == ""
    assert why(Probe("http", 8080, "/ready"), port, tmp_path) == "GET /ready answered 500"
    assert "does not answer" in why(Probe("http", 8080, "/ready", https=True), port, tmp_path)
    assert why(Probe("http", 9), port, tmp_path) == "port 9 is not published"


def test_tcp(port: int, tmp_path: Path) -> None:
    assert why(Probe("tcp", 8080), port, tmp_path) == ""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
        hangs_up = threading.Thread(target=hang_up, args=(listener,))
        hangs_up.start()
        assert why(Probe("tcp", 8080), free, tmp_path) == "port 8080 hangs up"
        hangs_up.join()
    assert "ConnectionRefusedError" in why(Probe("tcp", 8080), free, tmp_path)


def test_time_stamps_of_podman() -> None:
    assert seconds_since("2026-01-01T00:00:00.123456789Z") > 0
    assert seconds_since("0001-01-01T00:00:00Z") > 1e9
    assert seconds_since("never") == 0
