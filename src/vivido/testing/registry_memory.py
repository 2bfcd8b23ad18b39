"""A registry in memory, served on 127.0.0.1: it keeps the OCI distribution API 1.1, records requests, and lies on demand."""

import re
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

from vivido.testing.registry import LOGIN, Login
from vivido.testing.registry_faults import Fault, Faults
from vivido.testing.registry_gate import Auth, Gate
from vivido.testing.registry_state import Reply, Settings, State, refusal
from vivido.testing.serving import serving

_ROUTE = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs|tags|referrers)/(?P<rest>[^/]+|uploads/[^/]*)")
_ACTIONS = {"GET": ("pull",), "HEAD": ("pull",), "DELETE": ("delete",)}


@dataclass(frozen=True)
class Recorded:
    """A request as it came in.

    Attributes:
        method: `GET`, `PUT`…
        path: With its query.
        headers: Names in lower case.
        status: What was answered; 0 for nothing.
    """

    method: str
    path: str
    headers: dict[str, str]
    status: int


class MemoryRegistry:
    """A running registry.

    Attributes:
        host: `127.0.0.1:port`.
        state: What it keeps; tests may look and change.
        gate: Whom it lets in.
        faults: What goes wrong next.
        requests: What it was asked, in order, token requests too.
    """

    def __init__(self, settings: Settings, gate: Gate) -> None:
        self.host = ""
        self.state = State(settings)
        self.gate = gate
        self.faults = Faults()
        self.requests: list[Recorded] = []
        self.stopped = Event()

    def fail(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        self.faults.add(fault)

    def asked(self, *, tokens: bool = False) -> list[tuple[str, str]]:
        """Return method and path, without query, of the requests until now; those for tokens only where wanted."""
        paths = [(r.method, urlsplit(r.path).path) for r in self.requests]
        return [(method, path) for method, path in paths if tokens or path != "/token"]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Carry out a request."""
        where = urlsplit(path)
        if where.path == "/token":
            fields = parse_qs(body.decode() if method == "POST" else where.query)
            return self.gate.token(headers.get("authorization", ""), fields)
        route = _ROUTE.fullmatch(where.path)
        name = route["name"] if route else ""
        actions = _ACTIONS.get(method, ("pull", "push"))
        refused = self.gate.check(headers.get("authorization", ""), name, actions)
        if refused is not None:
            return refused
        if where.path == "/v2/":
            return Reply(200)
        if route is None:
            return refusal(404, "NAME_INVALID")
        with self.state.lock:
            query = dict(parse_qsl(where.query))
            return self._route(
                method, name, route["kind"], route["rest"], query, (headers.get("content-type", ""), body)
            )

    def _route(
        self, method: str, name: str, kind: str, rest: str, query: dict[str, str], sent: tuple[str, bytes]
    ) -> Reply:
        if rest.startswith("uploads/"):
            return self._upload(method, name, rest.removeprefix("uploads/"), query, sent[1])
        state = self.state
        routes: dict[tuple[str, str], Callable[[], Reply]] = {
            ("manifests", "GET"): lambda: state.get_manifest(name, rest),
            ("manifests", "PUT"): lambda: state.put_manifest(name, rest, *sent),
            ("manifests", "DELETE"): lambda: state.delete_manifest(name, rest),
            ("blobs", "GET"): lambda: state.get_blob(name, rest),
            ("blobs", "DELETE"): lambda: state.delete_blob(name, rest),
            ("tags", "GET"): lambda: state.tags(name, query),
            ("referrers", "GET"): lambda: state.referrers(name, rest, query),
        }
        found = routes.get((kind, "GET" if method == "HEAD" else method))
        return found() if found else refusal(405, "UNSUPPORTED")

    def _upload(self, method: str, name: str, session: str, query: dict[str, str], data: bytes) -> Reply:
        match method:
            case "POST":
                return self.state.begin(name, query, data)
            case "PATCH":
                return self.state.append(name, session, data)
            case "PUT":
                return self.state.finish(name, session, query.get("digest", ""), data)
            case "DELETE":
                return self.state.cancel(session)
            case _:
                return refusal(405, "UNSUPPORTED")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, registry: MemoryRegistry) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.registry = registry

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that break off are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Print nothing: requests are recorded."""

    def _serve(self) -> None:
        registry = cast(_Server, self.server).registry
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = registry.faults.take(self.command, self.path)
        body = self._body(headers)
        reply = fault.instead() if fault else None
        if reply is None:
            reply = registry.answer(self.command, self.path, headers, body)
            reply = fault.spoil(reply) if fault else reply
        silent = fault is not None and (fault.drop or fault.stall)
        registry.requests.append(Recorded(self.command, self.path, headers, 0 if silent else reply.status))
        if fault is not None and fault.stall:
            registry.stopped.wait()
        if silent:
            self.close_connection = True
        else:
            self._send(reply, cut=fault is not None and fault.cut)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length", "0")))
        parts = list[bytes]()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, reply: Reply, *, cut: bool) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers and reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(reply.body[: len(reply.body) // 2] if cut else reply.body)
        self.close_connection = self.close_connection or cut

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815


@contextmanager
def memory_registry(
    settings: Settings | None = None,
    *,
    auth: Auth = "none",
    login: Login = LOGIN,
    tls: ssl.SSLContext | None = None,
) -> Generator[MemoryRegistry]:
    """Serve a registry from memory as long as the context lasts, over plain HTTP or with `tls`.

    Args:
        settings: How it differs from others.
        auth: How it asks who one is; `bearer` has a token service at `/token` of the same host.
        login: The one user it knows.
        tls: The server's context, with its certificate.
    """
    registry = MemoryRegistry(settings or Settings(), Gate(auth, login))
    server = _Server(registry)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    registry.host = f"127.0.0.1:{server.server_address[1]}"
    registry.gate.realm = f"{'https' if tls else 'http'}://{registry.host}/token"
    with serving(server):
        try:
            yield registry
        finally:
            registry.stopped.set()
