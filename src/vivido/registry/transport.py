"""HTTP for registries: TLS or not, proxies, redirects, time limits. The only module that knows httpx2.

httpx2's transports are used below its `Client`: that one logs addresses (signed ones too), keeps cookies and takes user names from
URLs. httpx2 is imported when the first request goes out, because it costs 0.2 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from vivido.errors import Error, InputError, RefusedError, UnreachableError
from vivido.registry.descriptor import malformed
from vivido.registry.options import CHUNK, REDIRECT_LIMIT, Options
from vivido.text.redact import printable, redact

if TYPE_CHECKING:
    import ssl

    import httpx2

    from vivido.registry.exchange import Body

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Outgoing:
    """A request as it goes out.

    Attributes:
        method: `GET`, `PUT`…
        url: The whole address.
        headers: All but those of the body.
        body: What is sent.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: Body | None = None


class Incoming:
    """An answer whose body is still to be read. Close it."""

    def __init__(self, response: httpx2.Response, url: str) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.url = url

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Give the body as sent, undecoded, at most `size` bytes at a time.

        Raises:
            UnreachableError: `registry.unreachable`: it broke off.
        """
        import httpx2

        try:
            yield from self._response.iter_raw(size)
        except httpx2.TransportError as e:
            raise unreachable(urlsplit(self.url).netloc, e) from e

    def read(self, limit: int) -> bytes:
        """Return the whole body.

        Raises:
            RefusedError: `registry.too-large`: it is longer than `limit` bytes.
            UnreachableError: `registry.unreachable`: it broke off.
        """
        parts, size = list[bytes](), 0
        for chunk in self.chunks(64 * 1024):
            size += len(chunk)
            if size > limit:
                host = urlsplit(self.url).netloc
                raise RefusedError(
                    f"{host} answers with more than {limit} bytes",
                    code="registry.too-large",
                    hint="No manifest is that long: check that this address is a registry of OCI images.",
                )
            parts.append(chunk)
        return b"".join(parts)


class Transport:
    """Connections to registries, kept open between requests. Threads may share it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._open: dict[tuple[str, str], httpx2.HTTPTransport] = {}
        self._lock = Lock()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for transport in self._open.values():
                transport.close()
            self._open.clear()

    def send(self, outgoing: Outgoing) -> Incoming:
        """Send a request, follow redirects, return the answer with its body unread.

        `Authorization` is dropped for good once a redirect leaves the scheme, host or port it was meant for.

        Raises:
            UnreachableError: `registry.unreachable`, `registry.tls`.
            RefusedError: `registry.plain-http`: without TLS, to a host for which that is not allowed.
            Error: `registry.malformed`: redirects to nowhere, or too many.
        """
        for _ in range(REDIRECT_LIMIT + 1):
            incoming = self._send_once(outgoing)
            location = incoming.headers.get("location")
            if incoming.status not in _REDIRECTS or location is None:
                return incoming
            incoming.close()
            outgoing = _redirected(outgoing, incoming.status, location)
        raise malformed(f"the answer of {urlsplit(outgoing.url).netloc}", f"more than {REDIRECT_LIMIT} redirects")

    def _send_once(self, outgoing: Outgoing) -> Incoming:
        import httpx2

        where = self._checked(outgoing.url)
        headers = {**outgoing.headers, "Accept-Encoding": "identity"}
        if outgoing.body is not None:
            headers |= {"Content-Length": str(outgoing.body.size), "Content-Type": outgoing.body.media_type}
        elif outgoing.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = "0"
        o = self._options
        timeout = httpx2.Timeout(o.read_timeout, connect=o.connect_timeout)
        try:
            request = httpx2.Request(
                outgoing.method,
                outgoing.url,
                headers=headers,
                content=outgoing.body.chunks() if outgoing.body else None,
                extensions={"timeout": timeout.as_dict()},
            )
            return Incoming(self._transport(where).handle_request(request), outgoing.url)
        except httpx2.TransportError as e:
            raise unreachable(where.netloc, e) from e
        except httpx2.InvalidURL as e:
            raise malformed(f"an address of {where.netloc}", str(e)) from e

    def _checked(self, url: str) -> SplitResult:
        where = split(url)
        allowed = where.scheme == "https" or (where.scheme == "http" and where.netloc in self._options.plain_http)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise malformed("an address the registry gave", "it is no http or https address")
        if not allowed:
            raise RefusedError(
                f"{where.netloc} would be spoken to without TLS",
                code="registry.plain-http",
                hint=f"Use https, or allow plain HTTP for {where.netloc} by name if it is a registry of your own.",
            )
        return where

    def _transport(self, where: SplitResult) -> httpx2.HTTPTransport:
        import httpx2

        proxy = _proxy(where)
        with self._lock:
            found = self._open.get((where.scheme, proxy))
            if found is None:
                limits = httpx2.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=30)
                found = httpx2.HTTPTransport(
                    verify=self._verify(where.scheme), limits=limits, proxy=proxy or None, trust_env=False
                )
                self._open[(where.scheme, proxy)] = found
        return found

    def _verify(self, scheme: str) -> ssl.SSLContext | bool:
        import ssl

        import httpx2

        if scheme == "http":
            return False
        context = httpx2.create_ssl_context()
        if self._options.ca_file is not None:
            try:
                context.load_verify_locations(cafile=str(self._options.ca_file))
            except (OSError, ssl.SSLError) as e:
                raise InputError(
                    f"the certificate authority {self._options.ca_file} cannot be read: {e}",
                    code="registry.ca-file",
                    hint="Name a readable file of PEM certificates.",
                ) from e
        return context


def _proxy(where: SplitResult) -> str:
    """Return the proxy that the environment names for an address (`https_proxy`, `no_proxy`); empty for none."""
    import urllib.request

    if urllib.request.proxy_bypass(where.hostname or ""):
        return ""
    return urllib.request.getproxies().get(where.scheme, "")


def _redirected(outgoing: Outgoing, status: int, location: str) -> Outgoing:
    if status in (301, 302, 303) and outgoing.method not in ("GET", "HEAD"):
        raise malformed(f"the answer of {urlsplit(outgoing.url).netloc}", f"{status} to a {outgoing.method}")
    url = join(outgoing.url, location)
    headers = outgoing.headers
    if origin(url) != origin(outgoing.url):
        headers = {name: value for name, value in headers.items() if name != "Authorization"}
    return Outgoing(outgoing.method, url, headers, outgoing.body)


def join(at: str, address: str) -> str:
    """Return an address a registry gave, relative to where it was given, without user and password.

    Raises:
        Error: `registry.malformed`: it is no address.
    """
    try:
        whole = urljoin(at, address)
    except ValueError as e:
        raise malformed("an address the registry gave", str(e)) from e
    parts = split(whole)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def split(url: str) -> SplitResult:
    """Take an address apart.

    Raises:
        Error: `registry.malformed`: it is no address.
    """
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        _ = parts.port
    except ValueError as e:
        raise malformed("an address the registry gave", str(e)) from e
    return parts


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what credentials are bound to.

    Raises:
        Error: `registry.malformed`: it is no address.
    """
    parts = split(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def unreachable(host: str, cause: Exception) -> Error:
    """Return the error for a host that did not answer, with what may help."""
    import ssl

    why = printable(redact(str(cause) or type(cause).__name__))[:300]
    reason: BaseException | None = cause
    while reason is not None and not isinstance(reason, ssl.SSLError):
        reason = reason.__cause__ or reason.__context__
    if reason is not None:
        return UnreachableError(
            f"{host} cannot be trusted or speaks no TLS: {why}",
            code="registry.tls",
            hint="Name the file of its certificate authority, or allow plain HTTP for this host if it has no TLS.",
        )
    return UnreachableError(
        f"{host} did not answer: {why}",
        code="registry.unreachable",
        hint="Check the name, the network and the proxy; then try again.",
        retry_after=1.0,
    )
