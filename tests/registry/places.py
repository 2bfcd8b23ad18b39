"""What the tests of the registry share: a clock, a registry of any kind, a repository of one's own."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from vivido.model.reference import Repository
from vivido.registry.client import Client
from vivido.testing.registry import Login

Connect = Callable[..., Client]
"""Makes a client: hosts, then `login` and options."""


@dataclass
class Clock:
    """A time that passes only when somebody sleeps."""

    at: int = 1_700_000_000_000_000
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * 1_000_000)


@dataclass(frozen=True)
class Place:
    """A registry under test, of whatever kind: what it was asked, and how to log in."""

    host: str
    asked: Callable[[], list[tuple[str, str]]]
    login: Login | None
    has_referrers: bool
    deletes_tags: bool


def own(place: Place) -> Repository:
    """Return a repository that no other test uses."""
    return Repository(place.host, f"t{uuid.uuid4().hex[:12]}/web")
