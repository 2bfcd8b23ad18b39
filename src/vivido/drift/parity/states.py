"""Whether environments keep their Terraform state in one place: applying one of them then destroys what the other has. Pure."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import msgspec

from vivido.model.difference import Group
from vivido.model.finding import Finding, Found, Origin, Severity, identity_of

_TOLD = 5
"""Computed values that a message names."""


class Kept(msgspec.Struct, frozen=True):
    """Where one root module of an environment keeps its state."""

    environment: str
    service: str
    place: tuple[str, ...]
    """What tells it from other places; the parts that the files do not say are empty."""
    workspace: str
    told: str
    """The place for people."""
    path: str
    line: int = 0
    column: int = 0
    unknown: tuple[str, ...] = ()
    """What the files do not say of the place, and why."""
    branch: bool = False
    """It is a path on disk inside a repository of which each environment has a branch."""
    because: str = ""
    """Why it may be shared; empty: it may not."""
    computed: tuple[str, ...] = ()
    """Values of the module that only Terraform can work out, each with the reason."""


def shared(kept: Iterable[Kept], pairs: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return a finding for each two root modules that keep their states in one place, or may do so for all that can be told.

    Also a note for each module of which a value was compared as it is written.

    Args:
        kept: All of them.
        pairs: Which environments are asked about; two modules of one environment always are, where it is in a pair.
    """
    asked = {frozenset(pair) for pair in pairs}
    asked |= {frozenset((name,)) for pair in pairs for name in pair}
    order = {name: number for number, name in enumerate(dict.fromkeys(n for pair in pairs for n in pair))}
    found: list[Finding] = []
    for one, other in combinations(kept, 2):
        if frozenset((one.environment, other.environment)) in asked and _may_meet(one, other):
            first, second = sorted((one, other), key=lambda k: (order[k.environment], k.service))
            found.append(_finding(first, second))
        if (one.environment, other.environment) in pairs and one.service == other.service:
            found += _as_written(one, other)
    return tuple(found)


def _as_written(one: Kept, other: Kept) -> list[Finding]:
    """Say that values were compared as they are written: what they come to may differ all the same."""
    names = tuple(dict.fromkeys((*one.computed, *other.computed)))
    if not names:
        return []
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    message = f"only Terraform can work out, so it was compared as it is written: {'; '.join(names[:_TOLD])}{more}"
    identity = identity_of(Found.UNJUDGED, one.environment, other.environment, one.service, "", "computed")
    return [
        Finding(identity, Found.UNJUDGED, Severity.NOTE, one.environment, other.environment, one.service, "", message)
    ]


def _may_meet(one: Kept, other: Kept) -> bool:
    """Say whether two places are one, an unknown part counting as equal to any other."""
    if len(one.place) != len(other.place):
        return False
    blind = bool(one.unknown or other.unknown)
    return all(a == b or (blind and "" in (a, b)) for a, b in zip(one.place, other.place, strict=True))


def _finding(one: Kept, other: Kept) -> Finding:
    because = one.because or other.because
    whose = f"{one.service} in {one.environment} and {other.service} in {other.environment}"
    unknown = "; ".join(dict.fromkeys((*one.unknown, *other.unknown)))
    sort, severity = Found.SHARED, Severity.ERROR
    if one.workspace != other.workspace:
        message = f"{whose} keep their states in {one.told}, told apart by their workspaces alone"
        severity = Severity.WARNING
    elif unknown:
        message = f"it cannot be told whether {whose} keep one state: {unknown}"
        sort = Found.UNJUDGED
    elif one.branch and other.branch:
        message = (
            f"{whose} keep their states in {one.told}, which is one file wherever both branches are checked out in turn"
        )
        severity = Severity.WARNING
    else:
        message = f"{whose} keep one state: {one.told}"
    if because and severity is Severity.ERROR:
        message, severity = f"{message}; it may, because {because}", Severity.NOTE
    return Finding(
        id=identity_of(sort, one.environment, other.environment, f"{one.service}, {other.service}", "state"),
        found=sort,
        severity=severity,
        left=one.environment,
        right=other.environment,
        service=one.service if one.service == other.service else f"{one.service}, {other.service}",
        at="",
        message=message,
        group=Group.SECURITY,
        origins=tuple(Origin(k.environment, k.path, k.line, k.column) for k in (one, other)),
    )
