"""Who may approve, which approvals are void, and whom that leaves. Pure.

Distance is kept on the side of caution: where two names may be one person (a key or an address that both list), they never
count as two.
"""

from collections.abc import Iterable, Mapping

import msgspec

from vivido.gates.interface import Subject
from vivido.identity.authors import is_author
from vivido.identity.whoami import public_keys
from vivido.model.actor import Person, Roster
from vivido.model.approval import Statement
from vivido.model.canonical import canonical
from vivido.time.clock import SECOND, rfc3339

AUTHOR = "author"
"""The word of `not` that stands for everybody who took part in making or starting it."""
CLOCK_SKEW = 600 * SECOND
"""How far ahead the clock of the machine that recorded an approval may be."""
Holders = Mapping[str, tuple[str, ...]]
"""Fingerprint of a key → the names of everybody who lists it, sorted."""
_DECISIONS = ("approve", "reject")


class Rule(msgspec.Struct, frozen=True):
    """Who may approve and how many must: an `approve` gate's options in the words of the code."""

    by: tuple[str, ...]
    barred: tuple[str, ...]
    count: int
    lifetime: int
    """Microseconds for which an approval is good."""


class Vote(msgspec.Struct, frozen=True):
    """One approval or rejection as it was found, its signature checked."""

    by: str
    at: int
    statement: Statement
    key: str = ""
    """Fingerprint of the key of `by` that signed it; empty where the signature does not hold."""
    fault: str = ""
    """Why it does not hold."""
    comment: str = ""


class Void(msgspec.Struct, frozen=True):
    """A vote that does not count, and why."""

    by: str
    decision: str
    why: str


class Count(msgspec.Struct, frozen=True):
    """What the votes come to."""

    approvals: tuple[Vote, ...]
    """One per person."""
    rejections: tuple[Vote, ...]
    void: tuple[Void, ...]
    waiting: tuple[str, ...]
    """Who may still approve."""
    enough: bool
    """There are enough approvals."""
    possible: bool
    """There could ever be."""
    expires: int | None
    """When the first of the approvals that count does; None where none counts."""


def tally(rule: Rule, subject: Subject, votes: Iterable[Vote], now: int) -> Count:
    """Count the votes."""
    holders = holders_of(subject.roster)
    void: list[Void] = []
    standing: dict[str, Vote] = {}
    for vote in sorted(votes, key=_order):
        if why := fault_of(rule, subject, vote, now, holders):
            void.append(Void(vote.by, vote.statement.decision, why))
        else:
            # The later word of a person replaces the earlier.
            standing[vote.by] = vote
    yes = [v for v in standing.values() if v.statement.decision == "approve"]
    approvals: list[Vote] = []
    for vote in sorted(yes, key=_order):
        if twin := _twin(vote.by, [a.by for a in approvals], subject.roster):
            void.append(
                Void(vote.by, "approve", f"{twin} lists the same address and has approved: one person counts once")
            )
        else:
            approvals.append(vote)
    counted = [a.by for a in approvals]
    waiting = _distinct(eligible(rule, subject, holders), counted, subject.roster)
    return Count(
        tuple(approvals),
        tuple(v for v in standing.values() if v.statement.decision == "reject"),
        tuple(dict.fromkeys(void)),
        waiting,
        len(counted) >= rule.count,
        len(counted) + len(waiting) >= rule.count,
        min((_ends(rule, v) for v in approvals), default=None),
    )


def holders_of(roster: Roster) -> Holders:
    """Return who lists which key. A key of several proves none of them."""
    found: dict[str, tuple[str, ...]] = {}
    for person in roster.people:
        for key in public_keys(person):
            found[key.fingerprint] = tuple(sorted({*found.get(key.fingerprint, ()), person.name}))
    return found


def fault_of(rule: Rule, subject: Subject, vote: Vote, now: int, holders: Holders) -> str:
    """Return why a vote is void; empty where it stands."""
    said = vote.statement
    if vote.fault or not vote.key:
        return vote.fault or "its signature was not checked"
    if said.decision not in _DECISIONS:
        return "it says neither yes nor no"
    bound = _unbound(subject, said)
    if bound:
        return bound
    if vote.at > now + CLOCK_SKEW:
        return f"it is dated in the future ({rfc3339(vote.at)})"
    if _ends(rule, vote) <= now:
        return f"it expired at {rfc3339(_ends(rule, vote))}"
    if said.decision == "reject" and vote.by in _members(rule.by, subject.roster):
        return _unusable(vote.by, vote.key, holders)
    return bar(rule, subject, vote.by) or _unusable(vote.by, vote.key, holders)


def bar(rule: Rule, subject: Subject, name: str) -> str:
    """Return why somebody may not approve; empty where they may."""
    person = subject.roster.person(name)
    if person is None:
        return f"{name} is nobody in `people:`"
    if name not in _members(rule.by, subject.roster):
        return f"{name} is not of {spoken(rule.by)}"
    if AUTHOR in rule.barred and is_author(person, subject.authors):
        return f"{name} is an author of this release, or started the promotion"
    if name in rule.barred or name in _members(rule.barred, subject.roster):
        return f"{name} is named in `not`"
    return ""


def eligible(rule: Rule, subject: Subject, holders: Holders) -> tuple[str, ...]:
    """Return who may approve and has a key to do it with, sorted."""
    with_key = {names[0] for names in holders.values() if len(names) == 1}
    members = sorted(_members(rule.by, subject.roster))
    return tuple(n for n in members if n in with_key and not bar(rule, subject, n))


def obstacles(rule: Rule, subject: Subject) -> tuple[str, ...]:
    """Return why each person of `by` who cannot approve cannot, sorted by name."""
    able = eligible(rule, subject, holders_of(subject.roster))
    unable = [n for n in sorted(_members(rule.by, subject.roster)) if n not in able]
    return tuple(bar(rule, subject, n) or f"{n} has no key of their own in `people:`" for n in unable)


def spoken(names: tuple[str, ...]) -> str:
    """Return `a`, `a or b`, `a, b or c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _order(vote: Vote) -> tuple[int, bool, bytes]:
    # Of two at the same instant the rejection is the later: nobody's no is lost. The rest only makes the order total.
    return vote.at, vote.statement.decision == "reject", canonical(vote)


def _unbound(subject: Subject, said: Statement) -> str:
    if said.environment != subject.environment:
        return f"it was given for the environment {said.environment}"
    if said.release != subject.release:
        return f"it was given for the release {said.release}"
    if said.content != subject.content:
        return "the content has changed since"
    if said.plan != subject.plan:
        return "the plan (gates, people or policy) has changed since"
    if said.promotion != subject.promotion:
        return f"it was given for the promotion {said.promotion}"
    return ""


def _ends(rule: Rule, vote: Vote) -> int:
    return min(vote.statement.expires, vote.at + rule.lifetime)


def _members(names: Iterable[str], roster: Roster) -> frozenset[str]:
    return frozenset(member for name in names for member in roster.members(name))


def _unusable(name: str, key: str, holders: Holders) -> str:
    names = holders.get(key, ())
    if names == (name,):
        return ""
    if name in names:
        return f"its key is listed for {' and '.join(names)}: it proves neither"
    return f"its key is not one of {name}'s"


def _addresses(person: Person | None) -> frozenset[str]:
    return frozenset(e.strip().lower() for e in person.emails) if person else frozenset()


def _twin(name: str, others: Iterable[str], roster: Roster) -> str:
    mine = _addresses(roster.person(name))
    return next((o for o in others if not mine.isdisjoint(_addresses(roster.person(o)))), "")


def _distinct(names: Iterable[str], counted: list[str], roster: Roster) -> tuple[str, ...]:
    taken = list(counted)
    for name in names:
        if name not in taken and not _twin(name, taken, roster):
            taken.append(name)
    return tuple(taken[len(counted) :])
