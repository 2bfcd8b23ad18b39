"""Who the in-memory registry lets in: everybody, by basic authentication, or by bearer tokens of its own token service."""

import base64
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from vivido.testing.registry import Login
from vivido.testing.registry_state import Reply, refusal

Auth = Literal["none", "basic", "bearer"]


@dataclass
class Gate:
    """Lets in by one rule.

    Attributes:
        auth: How it asks.
        login: The one user.
        pull_without_login: Tokens that only pull are given to everybody, as public repositories are.
        life: Seconds a token is said to live.
        identity_token: The refresh token that it takes instead of a password.
        realm: Where its tokens are given; set once the host is known.
        given: The tokens that count, with the pairs of repository and action each allows.
    """

    auth: Auth
    login: Login
    pull_without_login: bool = True
    life: int = 300
    identity_token: str = "identity-of-promoter"  # noqa: S105  it protects nothing
    realm: str = ""
    given: dict[str, set[tuple[str, str]]] = field(default_factory=dict[str, set[tuple[str, str]]])
    _names: "count[int]" = field(default_factory=lambda: count(1))

    def check(self, authorization: str, repository: str, actions: tuple[str, ...]) -> Reply | None:
        """Return the refusal of a request; None where it may go on."""
        if self.auth == "none":
            return None
        if self.auth == "basic":
            return None if self._knows(authorization) else self._ask('Basic realm="test"')
        allowed = self.given.get(authorization.removeprefix("Bearer "), set())
        if authorization.startswith("Bearer ") and all((repository, action) in allowed for action in actions):
            return None
        scope = f"repository:{repository}:{','.join(actions)}"
        return self._ask(f'Bearer realm="{self.realm}",service="test registry",scope="{scope}"')

    def token(self, authorization: str, fields: dict[str, list[str]]) -> Reply:
        """Answer the token service: what is asked for, or what somebody unknown may have of it."""
        known = self._knows(authorization) or fields.get("refresh_token") == [self.identity_token]
        if not known and (authorization or "refresh_token" in fields):
            return refusal(401, "UNAUTHORIZED", "wrong user or password")
        scopes = [scope for value in fields.get("scope", []) for scope in value.split()]
        wanted = {(s.split(":")[1], action) for s in scopes for action in s.split(":")[2].split(",")}
        allowed = wanted if known else {pair for pair in wanted if self.pull_without_login and pair[1] == "pull"}
        value = f"token-{next(self._names)}"
        self.given[value] = allowed
        # One name in one flow, the other in the other: clients must understand both.
        name = "access_token" if "refresh_token" in fields else "token"
        body = json.dumps({name: value, "expires_in": self.life}).encode()
        return Reply(200, {"Content-Type": "application/json"}, body)

    def _knows(self, authorization: str) -> bool:
        pair = base64.b64encode(f"{self.login.user}:{self.login.password}".encode()).decode()
        return authorization == f"Basic {pair}"

    def _ask(self, challenge: str) -> Reply:
        reply = refusal(401, "UNAUTHORIZED", "authentication required")
        reply.headers["WWW-Authenticate"] = challenge
        return reply
