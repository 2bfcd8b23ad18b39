"""The requests of an `http` gate. The only module here that knows the HTTP client; it is imported when a gate looks.

Asynchronous only because that is how a request gets one time limit for everything: name, connection, headers and a body that
trickles.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from vivido.gates.answer import MAX_BODY, Answer, Question
from vivido.model.canonical import canonical
from vivido.text.redact import printable, redact

if TYPE_CHECKING:
    import httpx2

_EXCERPT = 400
_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


def ask(
    question: Question, times: int, rows: int, pause: float, right: Callable[[Answer], bool]
) -> tuple[tuple[Answer, ...], ...]:
    """Ask in rows until one row is right from end to end.

    Args:
        question: What is asked each time.
        times: How many right answers make a row.
        rows: How many rows there may be.
        pause: Seconds between two requests.
        right: Whether an answer is right; a wrong one ends its row.
    """
    return asyncio.run(_ask(question, times, rows, pause, right))


async def _ask(
    question: Question, times: int, rows: int, pause: float, right: Callable[[Answer], bool]
) -> tuple[tuple[Answer, ...], ...]:
    asked: list[tuple[Answer, ...]] = []
    while len(asked) < rows:
        row: list[Answer] = []
        while len(row) < times and (not row or right(row[-1])):
            if row or asked:
                await asyncio.sleep(pause)
            row.append(await _once(question, right))
        asked.append(tuple(row))
        if right(row[-1]):
            break
    return tuple(asked)


async def _once(question: Question, right: Callable[[Answer], bool]) -> Answer:
    import httpx2

    begun = time.perf_counter_ns()
    try:
        async with asyncio.timeout(question.timeout):
            answer, body = await _fetch(question)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as e:
        answer, body = _broken(e, question), b""
    answer = msgspec.structs.replace(answer, microseconds=(time.perf_counter_ns() - begun) // 1000)
    if right(answer) or not body:
        return answer
    text = body[: _EXCERPT * 4].decode("utf-8", "replace")
    return msgspec.structs.replace(answer, excerpt=printable(redact(text, question.hidden))[:_EXCERPT])


async def _fetch(question: Question) -> tuple[Answer, bytes]:
    import httpx2

    url, headers = httpx2.URL(question.url), question.headers
    # Proxies are for the world outside: an environment on this machine is never behind one.
    async with httpx2.AsyncClient(trust_env=not _loopback(url.host), timeout=question.timeout) as client:
        for _ in range(_MAX_REDIRECTS + 1):
            if url.port is not None and not 0 < url.port < 65536:
                return Answer(fault=f"it cannot be asked (there is no port {url.port})", blind=True), b""
            async with client.stream("GET", url, headers={"accept-encoding": "identity", **headers}) as response:
                location = response.headers.get("location", "") if response.status_code in _REDIRECTS else ""
                if not (question.follow and location):
                    return await _read(response, question, location)
            there = url.join(location)
            if _origin(there) != _origin(url):
                headers = {}
            url = there
    return Answer(fault=f"it redirects more than {_MAX_REDIRECTS} times"), b""


async def _read(response: "httpx2.Response", question: Question, location: str) -> tuple[Answer, bytes]:
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_BODY:
            break
    seen = body[:MAX_BODY]
    answer = Answer(
        status=response.status_code,
        contains=question.contains in seen,
        equal=len(body) <= MAX_BODY and _equal(seen, question.body),
        cut=len(body) > MAX_BODY,
        location=printable(redact(location, question.hidden))[:200],
    )
    return answer, seen


def _equal(body: bytes, wanted: Any) -> bool:
    if wanted is msgspec.UNSET:
        return True
    try:
        # Canonical JSON tells true from 1, which == does not.
        return canonical(msgspec.json.decode(body)) == canonical(wanted)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return isinstance(wanted, str) and body.decode("utf-8", "replace").strip() == wanted.strip()


def _broken(error: Exception, question: Question) -> Answer:
    import httpx2

    causes = tuple(_chain(error))
    # The innermost says most: “Network is unreachable” rather than “All connection attempts failed”.
    said = printable(redact(str(causes[-1]) or type(error).__name__, question.hidden))[:200]
    if _any(causes, socket.gaierror):
        return Answer(fault=f"its host is not found ({said})", blind=True)
    if _any(causes, ssl.SSLError):
        return Answer(fault=f"TLS with it failed ({said})", blind=True)
    if _any(causes, TimeoutError, httpx2.TimeoutException):
        return Answer(fault="it did not answer in time")
    if _any(causes, ConnectionRefusedError):
        return Answer(fault="it refused the connection")
    broke = (ConnectionError, httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError, httpx2.DecodingError)
    if _any(causes, *broke):
        return Answer(fault=f"the connection broke ({said})")
    return Answer(fault=f"it cannot be asked ({said})", blind=True)


def _any(causes: tuple[BaseException, ...], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _chain(cause)


def _origin(url: "httpx2.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"
