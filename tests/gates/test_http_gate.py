"""`http`: real requests to real servers."""

import json
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gate_situation import context, subject

from vivido.gates.http import HttpGate, HttpOptions
from vivido.gates.interface import Subject
from vivido.model.canonical import canonical
from vivido.model.gate import Judgment, Outcome
from vivido.process import run as run_program
from vivido.testing.serving import serving as started

GATE = HttpGate()


class Script(msgspec.Struct):
    """What the server answers to a path, and what it was asked."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    asked: list[tuple[str, dict[str, str]]] = []
    later: list[tuple[int, dict[str, str], bytes]] = []
    """Answers that come first, one each."""


@contextmanager
def serving(script: Script, host: str = "127.0.0.1") -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            status, headers, body = (
                script.later.pop(0) if script.later else script.answers.get(self.path, (404, {}, b"no"))
            )
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    with started(server):
        yield f"http://{host}:{server.server_port}"


@contextmanager
def talking(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Serve one connection by hand."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            talk(connection, over)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        listener.close()


def judged(root: Path, options: HttpOptions, about: Subject) -> Judgment:
    seen = GATE.observe(options, about, context(root))
    judgment = GATE.judge(options, about, seen, 7)
    assert GATE.judge(options, about, json.loads(canonical(seen)), 7) == judgment
    return judgment


@pytest.mark.parametrize(
    ("options", "outcome", "said"),
    [
        ({"url": "/ok"}, Outcome.PASSED, "answered 200 in"),
        ({"url": "/gone"}, Outcome.FAILED, "it answered 404, not 200"),
        ({"url": "/gone", "status": [200, 404]}, Outcome.PASSED, "answered 404"),
        ({"url": "/ok", "status": [201, 202]}, Outcome.FAILED, "not 201 or 202"),
        ({"url": "/ok", "contains": "ready"}, Outcome.PASSED, ""),
        ({"url": "/ok", "contains": "vivid"}, Outcome.FAILED, "does not hold “vivid”"),
        ({"url": "/ok", "body": "all ready"}, Outcome.PASSED, ""),
        ({"url": "/ok", "body": {"a": 1}}, Outcome.FAILED, "not what it must be: all ready"),
        ({"url": "/json", "body": {"ok": True, "n": [1, None]}}, Outcome.PASSED, ""),
        ({"url": "/json", "body": {"ok": 1, "n": [1, None]}}, Outcome.FAILED, "not what it must be"),
        ({"url": "/json", "body": None}, Outcome.FAILED, "not what it must be"),
        ({"url": "/deep", "body": []}, Outcome.FAILED, "not what it must be"),
        ({"url": "/latin", "body": "x"}, Outcome.FAILED, "not what it must be"),
        ({"url": "/ok", "within": "1m"}, Outcome.PASSED, ""),
        ({"url": "/ok", "within": "0.001ms"}, Outcome.FAILED, "not 0.001ms at most"),
        ({"url": "/long", "contains": "needle"}, Outcome.BLIND, "first 1048576 bytes"),
        ({"url": "/long", "contains": "hay"}, Outcome.PASSED, ""),
        ({"url": "/long", "body": "hay"}, Outcome.FAILED, "not what it must be"),
        ({"url": "/away"}, Outcome.FAILED, "it answered 302 and redirects to /ok, not 200"),
        ({"url": "/away", "status": 302}, Outcome.PASSED, ""),
        ({"url": "/away", "follow": True}, Outcome.PASSED, ""),
        ({"url": "/round", "follow": True}, Outcome.FAILED, "redirects more than 5 times"),
        ({"url": "/nowhere", "follow": True, "status": 302}, Outcome.PASSED, ""),
    ],
)
def test_the_answer_decides(tmp_path: Path, options: dict[str, Any], outcome: Outcome, said: str) -> None:
    script = Script(
        {
            "/base/ok": (200, {}, b"all ready\n"),
            "/base/json": (200, {}, b'{"n": [1, null],\n "ok": true}'),
            "/base/deep": (200, {}, b"[" * 100_000),
            "/base/latin": (200, {}, b"\xff\xfe"),
            "/base/long": (200, {}, b"hay" * 500_000 + b"needle"),
            "/base/away": (302, {"Location": "/ok"}, b""),
            "/ok": (200, {}, b"here"),
            "/base/round": (307, {"Location": "round"}, b""),
            "/base/nowhere": (302, {}, b""),
        }
    )
    with serving(script) as url:
        judgment = judged(tmp_path, msgspec.convert(options, HttpOptions), subject(url=f"{url}/base/"))
    assert judgment.outcome is outcome
    assert said in judgment.reason
    assert bool(judgment.unmet) is (outcome is not Outcome.PASSED)


def test_a_row_of_right_answers_is_needed(tmp_path: Path) -> None:
    script = Script({"/": (200, {}, b"ok")}, later=[(200, {}, b""), (503, {}, b"starting")])
    with serving(script) as url:
        options = HttpOptions("/", times=3, every="10ms")
        judgment = judged(tmp_path, options, subject(url=url))
        assert judgment.outcome is Outcome.FAILED
        assert "it answered 503" in judgment.reason
        assert judgment.evidence["rows"][0][1]["excerpt"] == "starting"
        assert len(script.asked) == 2
        again = judged(tmp_path, options, subject(url=url))
    assert again.outcome is Outcome.PASSED
    assert "3 times in a row" in again.reason
    assert len(script.asked) == 5


def test_a_retry_is_said_openly(tmp_path: Path) -> None:
    script = Script({"/": (200, {}, b"ok")}, later=[(503, {}, b"")])
    with serving(script) as url:
        judgment = judged(tmp_path, HttpOptions("/", retries=2, every="10ms"), subject(url=url))
    assert judgment.outcome is Outcome.PASSED
    assert judgment.reason.endswith("at the 2nd try; the 1st: it answered 503, not 200")
    assert len(judgment.evidence["rows"]) == 2


def test_a_service_is_asked_at_its_own_url(tmp_path: Path) -> None:
    with serving(Script({"/z": (200, {}, b"")})) as url:
        about = subject(url="http://127.0.0.1:1", urls={"api": url})
        assert judged(tmp_path, HttpOptions("/z", service="api"), about).outcome is Outcome.PASSED
        assert judged(tmp_path, HttpOptions(f"{url}/z"), subject()).outcome is Outcome.PASSED
    lost = judged(tmp_path, HttpOptions("/z", service="db"), about)
    assert (lost.outcome, lost.reason) == (Outcome.BLIND, "the service db has no URL that is known")


def test_headers_take_secrets_from_variables_and_keep_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "canary-4711")
    options = HttpOptions("/", headers={"X-Key": "k ${SHOP_KEY}", "X-Plain": "p"})
    script = Script({"/": (500, {}, b"you sent canary-4711 and k canary-4711")})
    with serving(script) as url:
        judgment = judged(tmp_path, options, subject(url=url))
    assert script.asked[0][1]["x-key"] == "k canary-4711"
    assert judgment.outcome is Outcome.FAILED
    assert "k canary" not in str(judgment)


def test_a_variable_that_is_not_set_is_blind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_KEY", raising=False)
    judgment = judged(tmp_path, HttpOptions("/", headers={"X": "${SHOP_KEY}"}), subject(url="http://127.0.0.1:1"))
    assert (judgment.outcome, "SHOP_KEY" in judgment.reason) == (Outcome.BLIND, True)


def test_headers_do_not_follow_to_another_host(tmp_path: Path) -> None:
    other, first = Script({"/": (200, {}, b"")}), Script()
    with serving(other, "127.0.0.2") as there, serving(first) as url:
        first.answers = {"/": (302, {"Location": f"{url}/same"}, b""), "/same": (302, {"Location": f"{there}/"}, b"")}
        options = HttpOptions("/", follow=True, headers={"X-Key": "canary"})
        assert judged(tmp_path, options, subject(url=url)).outcome is Outcome.PASSED
    assert [h.get("x-key") for _, h in first.asked] == ["canary", "canary"]
    assert [h.get("x-key") for _, h in other.asked] == [None]


def test_a_proxy_is_not_used_for_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(Script({"/": (200, {}, b"")})) as url:
        assert judged(tmp_path, HttpOptions("/"), subject(url=url)).outcome is Outcome.PASSED


def _refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_refused_connection_is_failed(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost"):
        judgment = judged(tmp_path, HttpOptions("/"), subject(url=f"http://{host}:{_refused_port()}"))
        assert judgment.outcome is Outcome.FAILED
        assert "refused the connection" in judgment.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://nobody.invalid/",
        "http://255.255.255.255/",
        "http://[::/",
        "http://127.0.0.1:99999/",
        "http://exa\u0000mple/",
    ],
)
def test_what_cannot_be_asked_is_blind_and_looked_at_again(tmp_path: Path, url: str) -> None:
    judgment = judged(tmp_path, HttpOptions(url), subject())
    assert judgment.outcome is Outcome.BLIND
    assert judgment.look_again == 30_000_007


def test_no_url_is_blind(tmp_path: Path) -> None:
    judgment = judged(tmp_path, HttpOptions("/"), subject())
    assert (judgment.outcome, judgment.reason) == (Outcome.BLIND, "the environment staging has no URL that is known")


def _hang_up(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def _nonsense(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")


def _bad_gzip(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")


def _silent(_: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def _trickle(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    try:
        while not over.wait(0.02):
            connection.sendall(b"x")
    except OSError:
        pass


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (_hang_up, "the connection broke"),
        (_nonsense, "the connection broke"),
        (_bad_gzip, "the connection broke"),
        (_silent, "did not answer in time"),
        (_trickle, "did not answer in time"),
    ],
)
def test_a_broken_answer_is_failed(tmp_path: Path, talk: Callable[..., None], said: str) -> None:
    with talking(talk) as url:
        judgment = judged(tmp_path, HttpOptions("/", timeout="300ms"), subject(url=url))
    assert judgment.outcome is Outcome.FAILED
    assert said in judgment.reason


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_vouches_for_is_blind(tmp_path: Path) -> None:
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    assert run_program(made).returncode == 0
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, pytest.raises(OSError):
            tls.wrap_socket(connection, server_side=True).close()
            raise OSError("closed by us")

    thread = threading.Thread(target=serve)
    thread.start()
    judgment = judged(tmp_path, HttpOptions(f"https://127.0.0.1:{listener.getsockname()[1]}/"), subject())
    thread.join()
    listener.close()
    assert judgment.outcome is Outcome.BLIND
    assert "TLS" in judgment.reason


def test_a_password_in_a_url_is_not_shown(tmp_path: Path) -> None:
    judgment = judged(tmp_path, HttpOptions("/"), subject(url=f"http://me:canary@127.0.0.1:{_refused_port()}"))
    assert judgment.outcome is Outcome.FAILED
    assert "canary" not in str(judgment)


@pytest.mark.parametrize("seen", [{}, {"error": "x"}, {"rows": []}, {"rows": [[]]}])
def test_nothing_seen_is_blind(seen: dict[str, Any]) -> None:
    assert GATE.judge(HttpOptions("/"), subject(), seen, 1).outcome is Outcome.BLIND


def test_a_row_that_is_too_short_is_blind() -> None:
    seen = {"url": "http://x/", "rows": [[], [{"status": 200}]]}
    judgment = GATE.judge(HttpOptions("/", times=2), subject(), seen, 1)
    assert (judgment.outcome, judgment.reason) == (Outcome.BLIND, "1 of 2 requests were made")
    assert GATE.judge(HttpOptions("/"), subject(), seen, 1).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "bad",
    [
        {"url": "healthz"},
        {"url": "ftp://x/"},
        {"url": "http://me:pw@x/"},
        {"url": "/", "status": 99},
        {"url": "/", "status": []},
        {"url": "/", "within": "0s"},
        {"url": "/", "timeout": "x"},
        {"url": "/", "times": 0},
        {"url": "/", "times": 101},
        {"url": "/", "code": 200},
    ],
)
def test_options_that_could_never_be_met_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, HttpOptions)
