"""What a comparison of environments finds: one struct for tables, programs, gates and audits."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

from vivido.model.canonical import fingerprint
from vivido.model.difference import ABSENT, Group


class Found(StrEnum):
    """What sort of finding it is, the gravest first."""

    SHARED = "shared"
    """Two root modules keep their Terraform state in one place."""
    UNEQUAL = "unequal"
    """A difference where equality is demanded."""
    LEFTOVER = "leftover"
    """A token of another environment in this one's configuration."""
    UNDECLARED = "undeclared"
    """A difference that no rule speaks of: drift."""
    VIOLATED = "violated"
    """A difference that a rule would allow, but for its condition."""
    EXPIRED = "expired"
    """A rule whose last day has passed."""
    UNJUSTIFIED = "unjustified"
    """A rule that still waits for its reason."""
    UNJUDGED = "unjudged"
    """Something that could not be compared, or held against a rule."""
    BUDGET = "budget"
    """More differences are allowed than the budget of exceptions has room for."""
    UNUSED = "unused"
    """A rule that covers nothing."""


class Severity(StrEnum):
    """What a finding means for whoever waits for an answer."""

    ERROR = "error"
    WARNING = "warning"
    """Worth mending; stops nothing."""
    NOTE = "note"
    """No drift: said so that nothing is left out in silence."""


class RuleSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rule that a finding is about."""

    at: str
    place: str
    """`file:line:column`."""
    because: str = ""
    owner: str = ""
    until: str = ""


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where one environment's side of a difference is written."""

    environment: str
    path: str
    """File of the configuration repository, or the directory where it cannot be told more exactly."""
    line: int = 0
    """From 1; 0 where only the directory is known."""
    column: int = 0


class Introduction(msgspec.Struct, frozen=True, omit_defaults=True):
    """The commit since which a difference is there."""

    commit: str
    author: str
    at: int
    """Microseconds since 1970."""
    subject: str
    exact: bool = True
    """False: it is at least as old as that; nothing before could be compared."""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding."""

    id: str
    """Stays the same as long as the finding is about the same thing, whatever the values are."""
    found: Found
    severity: Severity
    left: str
    """The earlier of the two environments."""
    right: str
    service: str
    """Several that share a directory are named together; empty where a rule is meant, not a service."""
    at: str
    """Where, as a rule would name it."""
    message: str
    """What is wrong, for a person."""
    group: Group = Group.STRUCTURE
    left_value: Any = ABSENT
    right_value: Any = ABSENT
    rule: RuleSeen | None = None
    origins: tuple[Origin, ...] = ()
    since: Introduction | None = None

    @property
    def pair(self) -> str:
        """`staging ~ production`."""
        return f"{self.left} ~ {self.right}"


def identity_of(found: Found, left: str, right: str, service: str, at: str, detail: str = "") -> str:
    """Return a finding's id: 12 hexadecimal characters over what it is about."""
    return fingerprint([found, left, right, service, at, detail])[:12]


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by pair and service, the gravest first."""
    severities, sorts = list(Severity), list(Found)
    return tuple(
        sorted(
            findings,
            key=lambda f: (f.left, f.right, f.service, severities.index(f.severity), sorts.index(f.found), f.at),
        )
    )


def stops(findings: Iterable[Finding]) -> bool:
    """Say whether a finding is an error."""
    return any(f.severity is Severity.ERROR for f in findings)
