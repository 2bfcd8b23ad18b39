"""One question to a registry: authorise it, send it, be patient, read the answer. The verbs stand in their own files."""

import os
import time
from collections.abc import Callable, Mapping

from vivido.errors import Error, UnreachableError
from vivido.model.reference import DOCKER_HUB
from vivido.registry.auth import Authority
from vivido.registry.cache import ManifestCache
from vivido.registry.credentials import default_files, find_credentials
from vivido.registry.exchange import Answer, Ask
from vivido.registry.failure import RETRIED, failure
from vivido.registry.headers import retry_after
from vivido.registry.options import MANIFEST_LIMIT, Options
from vivido.registry.patience import Patience
from vivido.registry.transport import Incoming, Outgoing, Transport, join, origin
from vivido.time.clock import Now, system_now

_HUB_HOST = "registry-1.docker.io"
"""Where Docker Hub answers: `docker.io` itself is no registry."""


class Client:
    """Connections and logins to registries, for as long as the context lasts. Threads may share it.

    Args:
        options: How registries are reached.
        now: The time, for tokens and for dates in `Retry-After`.
        sleep: Waits some seconds between tries.
        environ: Where the files with logins are found.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        now: Now = system_now,
        sleep: Callable[[float], None] = time.sleep,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.options = options or Options()
        self.known = ManifestCache()
        self._now = now
        self._sleep = sleep
        self._transport = Transport(self.options)
        named = self.options.docker_config
        files = (named,) if named is not None else default_files(environ)
        self._authority = Authority(lambda repository: find_credentials(files, repository), self._fetch, now)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def ask(self, ask: Ask, *, limit: int = MANIFEST_LIMIT) -> Answer:
        """Ask, and read the whole answer, whatever its status. Tries again after 429, 5xx and broken connections.

        Raises:
            UnreachableError: No try is left and there is no answer.
            ForbiddenError: `registry.unauthorized`: there is no login, or the token service refuses it.
            RefusedError: `registry.too-large`, `registry.plain-http`.
            Error: `registry.malformed`.
        """

        def attempt() -> Answer:
            with self._authorized(ask) as incoming:
                return Answer(incoming.status, incoming.headers, incoming.read(limit), incoming.url)

        return self._persist(attempt, 0 if ask.once else None)

    def open(self, ask: Ask) -> Incoming:
        """Ask once, and return the answer with its body unread, to be closed; otherwise as `ask`."""
        return self._authorized(ask)

    def failure(self, ask: Ask, answer: Answer) -> Error:
        """Return the error for an answer that is no success."""
        what = f"{ask.what} of {ask.repository.path}"
        wait = retry_after(answer.headers.get("retry-after", ""), self._now())
        return failure(answer, ask.repository.registry, what, secrets=self._authority.secrets(), wait=wait)

    def patience(self) -> Patience:
        """Return the tries that one operation has, for verbs that begin again by themselves."""
        return Patience(self.options.retries, self.options.retry_budget, self._sleep)

    def address(self, ask: Ask) -> str:
        """Return the whole URL of a question."""
        registry = ask.repository.registry
        scheme = "http" if registry in self.options.plain_http else "https"
        host = _HUB_HOST if registry == DOCKER_HUB else registry
        return join(f"{scheme}://{host}/v2/{ask.repository.path}/", ask.path)

    def _authorized(self, ask: Ask) -> Incoming:
        """Send a question with the login it needs; after a 401 that teaches something, once more."""
        used = self._authorization(ask)
        incoming = self._send(ask, used)
        if incoming.status != 401:
            return incoming
        if not self._authority.learn(ask, incoming.headers.get("www-authenticate", ""), used):
            return incoming
        incoming.close()
        return self._send(ask, self._authorization(ask))

    def _authorization(self, ask: Ask) -> str | None:
        """Return what to say who we are; nothing where the address is not the registry's own."""
        own = self.address(Ask("GET", ask.repository, "", ""))
        return self._authority.header(ask) if origin(self.address(ask)) == origin(own) else None

    def _send(self, ask: Ask, authorization: str | None) -> Incoming:
        headers = {"User-Agent": "vivido"}
        if ask.accept:
            headers["Accept"] = ask.accept
        if authorization is not None:
            headers["Authorization"] = authorization
        return self._transport.send(Outgoing(ask.method, self.address(ask), headers, ask.body))

    def _fetch(self, outgoing: Outgoing) -> Answer:
        """Ask a token service."""

        def attempt() -> Answer:
            headers = {**outgoing.headers, "User-Agent": "vivido", "Accept": "application/json"}
            with self._transport.send(Outgoing(outgoing.method, outgoing.url, headers, outgoing.body)) as incoming:
                return Answer(incoming.status, incoming.headers, incoming.read(MANIFEST_LIMIT), incoming.url)

        return self._persist(attempt, None)

    def _persist(self, attempt: Callable[[], Answer], retries: int | None) -> Answer:
        patience = self.patience() if retries is None else Patience(retries, 0, self._sleep)
        while True:
            try:
                answer = attempt()
            except UnreachableError as e:
                if e.retry_after is None or not patience.pause(None):
                    raise
                continue
            wait = retry_after(answer.headers.get("retry-after", ""), self._now())
            if answer.status not in RETRIED or not patience.pause(wait):
                return answer
