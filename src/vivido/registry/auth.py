"""Who we are to a registry: basic, or bearer tokens per registry and grant (distribution's token specification)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from threading import RLock
from typing import Annotated
from urllib.parse import urlencode

import msgspec

from vivido.errors import ForbiddenError
from vivido.model.reference import Repository
from vivido.registry.credentials import Credentials
from vivido.registry.descriptor import decode, malformed
from vivido.registry.exchange import Answer, Ask, Body, Grant, body_of
from vivido.registry.failure import failure, login_hint
from vivido.registry.headers import Challenge, parse_challenges
from vivido.registry.transport import Outgoing, split
from vivido.time.clock import SECOND, Now

_DEFAULT_LIFE = 60
"""Seconds a token lives where the registry does not say (distribution's token specification)."""


class _TokenAnswer(msgspec.Struct, frozen=True):
    token: str | None = None
    access_token: str | None = None
    expires_in: Annotated[int, msgspec.Meta(ge=0)] | None = None


@dataclass(frozen=True)
class _Token:
    user: Credentials | None
    grant: Grant
    value: str
    until: int


class Authority:
    """Knows what each registry asked for, and the tokens it gave. Threads may share it.

    Args:
        find: Gives the login for a repository; called once per repository, after a registry asked for one.
        fetch: Sends a request to a token service and returns the answer, with retries.
        now: The time, for the life of tokens.
    """

    def __init__(
        self,
        find: Callable[[Repository], Credentials | None],
        fetch: Callable[[Outgoing], Answer],
        now: Now,
    ) -> None:
        self._find = find
        self._fetch = fetch
        self._now = now
        self._lock = RLock()
        self._challenges: dict[str, Challenge] = {}
        self._tokens: dict[str, list[_Token]] = {}
        self._logins: dict[Repository, Credentials | None] = {}

    def header(self, ask: Ask) -> str | None:
        """Return the `Authorization` for a question; None before the registry asked for one.

        Raises:
            ForbiddenError: `registry.unauthorized`: the registry wants a login and there is none, or refuses it.
        """
        registry = ask.repository.registry
        with self._lock:
            challenge = self._challenges.get(registry)
            if challenge is None:
                return None
            login = self.login(ask.repository)
            if challenge.scheme == "basic":
                if login is None or not login.password:
                    raise _no_login(registry)
                return login.basic
            if login is not None and login.registry_token:
                return f"Bearer {login.registry_token}"
            return f"Bearer {self._token(ask, challenge, login)}"

    def learn(self, ask: Ask, answer_header: str, used: str | None) -> bool:
        """Take in a 401; say whether asking again may help.

        Args:
            ask: The question that was refused.
            answer_header: `WWW-Authenticate`.
            used: The `Authorization` that was refused; None where none was sent.
        """
        registry = ask.repository.registry
        known = {c.scheme: c for c in parse_challenges(answer_header)}
        challenge = known.get("bearer") or known.get("basic")
        if challenge is None:
            return False
        with self._lock:
            before = self._challenges.get(registry)
            self._challenges[registry] = challenge
            stale = [t for t in self._tokens.get(registry, []) if used == f"Bearer {t.value}"]
            for token in stale:
                self._tokens[registry].remove(token)
            return used is None or bool(stale) or (before is not None and before.scheme != challenge.scheme)

    def login(self, repository: Repository) -> Credentials | None:
        """Return the login for a repository, looked up once."""
        with self._lock:
            if repository not in self._logins:
                self._logins[repository] = self._find(repository)
            return self._logins[repository]

    def secrets(self) -> tuple[str, ...]:
        """Return all that must not be shown."""
        with self._lock:
            logins = [s for login in self._logins.values() if login for s in login.secrets]
            return (*logins, *(t.value for tokens in self._tokens.values() for t in tokens))

    def _token(self, ask: Ask, challenge: Challenge, login: Credentials | None) -> str:
        registry, now = ask.repository.registry, self._now()
        living = [t for t in self._tokens.get(registry, []) if t.until > now]
        for token in living:
            if token.grant >= ask.grant and token.user == login:
                return token.value
        value, life = self._exchange(ask, challenge, login)
        # A token is given up a tenth before its end: the request still has to travel.
        until = now + round(life * 0.9 * SECOND)
        self._tokens[registry] = [*living, _Token(login, ask.grant, value, until)]
        return value

    def _exchange(self, ask: Ask, challenge: Challenge, login: Credentials | None) -> tuple[str, int]:
        registry = ask.repository.registry
        answer = self._fetch(_token_request(ask, challenge, login))
        what = f"the token of {registry}"
        if answer.status in (400, 401, 403):
            if login is None:
                raise _no_login(registry)
            raise ForbiddenError(
                f"{registry} refuses the login from {login.source}",
                code="registry.unauthorized",
                hint=login_hint(registry),
            )
        if answer.status != 200:
            raise failure(answer, registry, "give a token", secrets=self.secrets())
        read = decode(answer.body, _TokenAnswer, what)
        value = read.token or read.access_token
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise malformed(what, "there is none in the answer")
        return value, read.expires_in if read.expires_in is not None else _DEFAULT_LIFE


def _token_request(ask: Ask, challenge: Challenge, login: Credentials | None) -> Outgoing:
    """Build the request for a token: GET with basic authentication, or OAuth2's POST with an identity token."""
    registry = ask.repository.registry
    realm = split(challenge.parameters.get("realm", ""))
    if not realm.netloc:
        raise malformed(f"what {registry} asks for", "its challenge names no realm")
    fields = [("scope", scope) for scope in _scopes(ask.grant, challenge)]
    if service := challenge.parameters.get("service"):
        fields.append(("service", service))
    address = realm._replace(netloc=realm.netloc.rpartition("@")[2], fragment="")
    if login is not None and login.identity_token:
        form = [("grant_type", "refresh_token"), ("client_id", "vivido"), ("refresh_token", login.identity_token)]
        return Outgoing("POST", address.geturl(), {}, _form([*form, *_joined(fields)]))
    query = "&".join(part for part in (realm.query, urlencode(fields)) if part)
    headers = {"Authorization": login.basic} if login is not None and login.password else {}
    return Outgoing("GET", address._replace(query=query).geturl(), headers)


def _joined(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put all scopes into one field, as OAuth2 wants it."""
    scope = " ".join(value for name, value in fields if name == "scope")
    return [("scope", scope), *(f for f in fields if f[0] != "scope")]


def _form(fields: list[tuple[str, str]]) -> Body:
    return body_of(urlencode(fields).encode(), "application/x-www-form-urlencoded")


def _scopes(grant: Grant, challenge: Challenge) -> list[str]:
    """Return the scopes of a grant, and those of the challenge that are about something else than repositories' actions."""
    ours = [
        f"repository:{path}:{','.join(sorted(action for _, action in pairs))}"
        for path, pairs in groupby(sorted(grant), key=lambda pair: pair[0])
    ]
    theirs = challenge.parameters.get("scope", "").split()
    return ours + [scope for scope in theirs if not scope.startswith("repository:")]


def _no_login(registry: str) -> ForbiddenError:
    return ForbiddenError(
        f"{registry} asks for a login and there is none",
        code="registry.unauthorized",
        hint=login_hint(registry),
    )
