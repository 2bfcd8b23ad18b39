"""Counting approvals: what holds for every set of them."""

import base64
from typing import Any

import msgspec
from gate_situation import subject
from hypothesis import given
from hypothesis import strategies as st

from vivido.gates.approve import ApproveGate, ApproveOptions
from vivido.gates.ballot import CLOCK_SKEW, Vote
from vivido.gates.interface import Subject
from vivido.gates.telling import plain
from vivido.model.actor import Person, Roster
from vivido.model.approval import Statement
from vivido.model.gate import Judgment, Outcome
from vivido.model.sshkey import parse_public_key

GATE = ApproveGate()
NOW = 10**15
LIFE = 7 * 86_400 * 1_000_000
NAMES = ("ann", "ben", "cas", "dan", "eli", "fay")


def _line(number: int) -> str:
    parts = (b"ssh-ed25519", bytes([number]) * 32)
    return "ssh-ed25519 " + base64.b64encode(b"".join(len(p).to_bytes(4) + p for p in parts)).decode()


KEYS = tuple(_line(n) for n in range(8))
PRINTS = tuple(parse_public_key(line).fingerprint for line in KEYS)
MAILS = tuple(f"{n}@example.com" for n in range(7))


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    people = tuple(
        Person(
            name,
            tuple(draw(st.lists(st.sampled_from(MAILS), max_size=2))),
            tuple(draw(st.lists(st.sampled_from((*KEYS, "rubbish")), max_size=2))),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    )
    members = st.lists(st.sampled_from(NAMES), max_size=6).map(tuple)
    return Roster(people, {"managers": draw(members), "others": draw(members)})


options = st.builds(
    ApproveOptions,
    by=st.one_of(st.just("managers"), st.lists(st.sampled_from((*NAMES, "managers", "others")), min_size=1).map(tuple)),
    count=st.integers(1, 4),
    not_=st.lists(st.sampled_from(("author", "others", *NAMES)), max_size=3).map(tuple),
)


def _mostly(right: Any, *wrong: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((right,) * 12 + wrong)


@st.composite
def votes(draw: st.DrawFn, about: Subject) -> list[Vote]:
    statement = st.builds(
        Statement,
        promotion=_mostly(about.promotion, "p-0"),
        release=_mostly(about.release, "r-0"),
        environment=_mostly(about.environment, "dev"),
        content=_mostly(about.content, "x"),
        plan=_mostly(about.plan, "x"),
        decision=_mostly("approve", "reject", "Approve"),
        expires=_mostly(NOW + 1, NOW, 0),
    )
    one = st.builds(
        Vote,
        by=st.sampled_from(NAMES),
        at=_mostly(NOW, NOW - LIFE, NOW - LIFE + 1, NOW + CLOCK_SKEW, NOW + CLOCK_SKEW + 1),
        statement=statement,
        key=st.sampled_from((*PRINTS, "")),
        fault=_mostly("", "forged"),
    )
    found = draw(st.lists(one, max_size=12))
    owned = st.sampled_from(
        [(p.name, parse_public_key(k).fingerprint) for p in about.roster.people for k in p.keys if k in KEYS]
        or [("x", "")]
    )
    return [msgspec.structs.replace(v, by=o[0], key=o[1]) for v in found for o in (draw(owned),)]


@st.composite
def situations(draw: st.DrawFn) -> tuple[ApproveOptions, Subject, list[Vote]]:
    authors = tuple(draw(st.lists(st.sampled_from((*MAILS, *NAMES)), max_size=2)))
    about = subject(roster=draw(rosters()), authors=authors)
    return draw(options), about, draw(votes(about))


def judge(chosen: ApproveOptions, about: Subject, cast: list[Vote], now: int = NOW) -> Judgment:
    return GATE.judge(chosen, about, {"votes": plain(cast)}, now)


def _good_people(chosen: ApproveOptions, about: Subject, cast: list[Vote]) -> set[str]:
    """Who approves rightly, told in another way than the gate's: every single condition, spelt out."""
    roster, good = about.roster, set[str]()
    by = (chosen.by,) if isinstance(chosen.by, str) else chosen.by
    members = {m for n in by for m in roster.groups.get(n, (n,))}
    barred = {m for n in chosen.not_ for m in roster.groups.get(n, (n,))}
    for person in roster.people:
        own = {parse_public_key(k).fingerprint for k in person.keys if k in KEYS}
        foreign = {
            parse_public_key(k).fingerprint for p in roster.people if p.name != person.name for k in p.keys if k in KEYS
        }
        writes = "author" in chosen.not_ and (set(person.emails) | {person.name}) & set(about.authors)
        if person.name not in members or person.name in barred or writes:
            continue
        wanted = (about.promotion, about.release, about.environment, about.content, about.plan, "approve", NOW + 1)
        if any(
            vote.by == person.name
            and vote.key in own - foreign
            and not vote.fault
            and msgspec.structs.astuple(vote.statement) == wanted
            and NOW - LIFE < vote.at <= NOW + CLOCK_SKEW
            for vote in cast
        ):
            good.add(person.name)
    return good


@given(situations())
def test_fewer_than_the_count_never_pass(situation: tuple[ApproveOptions, Subject, list[Vote]]) -> None:
    chosen, about, cast = situation
    judgment = judge(chosen, about, cast)
    good = _good_people(chosen, about, cast)
    if judgment.outcome is Outcome.PASSED:
        assert len(good) >= chosen.count
        assert good >= set(judgment.evidence["counted"])
        mails = [
            m for n in judgment.evidence["counted"] for p in about.roster.people if p.name == n for m in set(p.emails)
        ]
        assert len(mails) == len(set(mails))
    elif judgment.outcome is Outcome.PENDING:
        assert judgment.unmet
        assert set(judgment.unmet[0].who).isdisjoint(judgment.evidence["counted"])


@given(situations(), st.randoms(use_true_random=False))
def test_the_same_votes_in_any_order_are_judged_the_same(
    situation: tuple[ApproveOptions, Subject, list[Vote]], random: Any
) -> None:
    chosen, about, cast = situation
    mixed = cast[:]
    random.shuffle(mixed)
    first, second = judge(chosen, about, cast), judge(chosen, about, mixed)
    assert first == judge(chosen, about, cast)
    assert (first.outcome, first.reason, first.unmet) == (second.outcome, second.reason, second.unmet)


@given(situations())
def test_an_author_never_counts(situation: tuple[ApproveOptions, Subject, list[Vote]]) -> None:
    chosen, about, cast = situation
    strict = msgspec.structs.replace(chosen, not_=("author",))
    everybody = msgspec.structs.replace(about, authors=NAMES)
    assert judge(strict, everybody, cast).outcome is not Outcome.PASSED


@given(situations(), st.sampled_from(["promotion", "release", "environment", "content", "plan"]))
def test_any_change_of_the_subject_voids_everything(
    situation: tuple[ApproveOptions, Subject, list[Vote]], field: str
) -> None:
    chosen, about, cast = situation
    changed = msgspec.structs.replace(about, **{field: "changed"})
    judgment = judge(chosen, changed, cast)
    assert judgment.outcome is Outcome.PENDING
    assert judgment.evidence["counted"] == []
    assert {v["by"] for v in judgment.evidence["void"]} == {v.by for v in cast}


@given(situations())
def test_what_passed_is_gone_when_all_have_expired(situation: tuple[ApproveOptions, Subject, list[Vote]]) -> None:
    chosen, about, cast = situation
    assert judge(chosen, about, cast, NOW + LIFE + CLOCK_SKEW + 1).outcome is Outcome.PENDING


@given(situations())
def test_who_can_still_approve_is_told_truly(situation: tuple[ApproveOptions, Subject, list[Vote]]) -> None:
    """If everybody who is named approves, the gate passes, unless it said that nobody can meet it."""
    chosen, about, cast = situation
    judgment = judge(chosen, about, cast)
    if judgment.outcome is not Outcome.PENDING or not judgment.unmet[0].who:
        return
    said = Statement(about.promotion, about.release, about.environment, about.content, about.plan, "approve", NOW + 1)
    more = [
        Vote(name, NOW, said, parse_public_key(key).fingerprint)
        for name in judgment.unmet[0].who
        for person in about.roster.people
        if person.name == name
        for key in person.keys
        if key in KEYS and not any(key in p.keys for p in about.roster.people if p.name != name)
    ]
    assert judge(chosen, about, cast + more).outcome is Outcome.PASSED
