"""`approve`: real signatures by real keys, and everybody who would like to pass without one (delivery D2)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gate_situation import context, subject

from vivido.errors import UnreachableError
from vivido.gates.approve import ApproveGate, ApproveOptions, rule_of
from vivido.gates.interface import Subject
from vivido.model.actor import Person, Roster
from vivido.model.approval import Approval, Statement
from vivido.model.canonical import canonical
from vivido.model.gate import Judgment, Outcome
from vivido.signing.approval import sign_approval
from vivido.signing.ssh import sign
from vivido.testing.people import Signer, make_signer
from vivido.time.clock import SECOND

pytestmark = pytest.mark.real("ssh-keygen")
GATE = ApproveGate()
NOW = 1_800_000_000 * SECOND
DAY = 86_400 * SECOND
ONE = ApproveOptions("managers")
TWO = ApproveOptions("managers", count=2)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Signer]:
    directory = tmp_path_factory.mktemp("people")
    return {name: make_signer(directory, name) for name in ("alice", "bob", "carol", "eve")}


@pytest.fixture
def about(people: dict[str, Signer]) -> Subject:
    roster = Roster(tuple(s.person for s in people.values()), {"managers": ("alice", "bob", "carol")})
    return subject(roster=roster, authors=("carol@example.com",), environment="production", gate="sign-off")


@pytest.fixture
def give(people: dict[str, Signer], about: Subject) -> Callable[..., Approval]:
    def give(who: str, *, by: str = "", at: int = NOW, comment: str = "", **changed: Any) -> Approval:
        said = Statement(
            about.promotion, about.release, about.environment, about.content, about.plan, "approve", at + 7 * DAY
        )
        return sign_approval(
            msgspec.structs.replace(said, **changed), by or who, people[who].key, at=at, comment=comment
        )

    return give


def judged(options: ApproveOptions, about: Subject, *given: Approval, now: int = NOW + SECOND) -> Judgment:
    seen = GATE.observe(options, about, context(Path("/"), approvals=given))
    judgment = GATE.judge(options, about, seen, now)
    replayed = json.loads(canonical(seen))
    assert GATE.judge(options, about, replayed, now) == judgment
    turned = {"votes": list(reversed(replayed["votes"]))}
    assert GATE.judge(options, about, turned, now).outcome is judgment.outcome
    return judgment


Give = Callable[..., Approval]


def test_the_people_who_are_needed_open_it(about: Subject, give: Give) -> None:
    assert judged(ONE, about, give("alice")).outcome is Outcome.PASSED
    both = judged(TWO, about, give("alice"), give("bob", at=NOW + 1))
    assert (both.outcome, both.reason) == (Outcome.PASSED, "approved by alice and bob")
    assert both.evidence["counted"] == ["alice", "bob"]


def test_nobody_yet_tells_who_can(about: Subject) -> None:
    judgment = judged(TWO, about)
    assert judgment.outcome is Outcome.PENDING
    assert judgment.look_again is None
    (unmet,) = judgment.unmet
    assert unmet.condition == "0 of 2 approvals by managers (not the author)"
    assert unmet.who == ("alice", "bob")
    assert unmet.next == "vivido approve p-1"


def test_one_of_two_tells_who_is_left_and_looks_again_when_it_expires(about: Subject, give: Give) -> None:
    judgment = judged(TWO, about, give("alice"))
    assert (judgment.outcome, judgment.reason) == (Outcome.PENDING, "1 of 2 approvals by managers (not the author)")
    assert judgment.unmet[0].who == ("bob",)
    assert judgment.look_again == NOW + 7 * DAY


def test_the_author_never_counts(about: Subject, give: Give) -> None:
    judgment = judged(ONE, about, give("carol"))
    assert judgment.outcome is Outcome.PENDING
    assert "carol's approval is void: carol is an author of this release" in judgment.reason
    assert judged(ApproveOptions("managers", not_=()), about, give("carol")).outcome is Outcome.PASSED


def test_whoever_started_it_is_an_author_by_name(about: Subject, give: Give) -> None:
    started = msgspec.structs.replace(about, authors=("alice",))
    assert judged(ONE, started, give("alice")).outcome is Outcome.PENDING


def test_people_and_groups_can_be_barred(about: Subject, give: Give) -> None:
    barred = ApproveOptions(("managers", "eve"), not_=("bob", "managers"))
    assert judged(barred, about, give("bob"), give("alice")).outcome is Outcome.PENDING
    judgment = judged(barred, about, give("bob"), give("eve"))
    assert (judgment.outcome, judgment.evidence["counted"]) == (Outcome.PASSED, ["eve"])
    assert "not bob, managers" in judged(barred, about).reason


def test_one_person_twice_is_one_person(about: Subject, give: Give) -> None:
    judgment = judged(TWO, about, give("alice"), give("alice", at=NOW + 5), give("alice", expires=NOW + DAY))
    assert (judgment.outcome, judgment.evidence["counted"]) == (Outcome.PENDING, ["alice"])


def test_a_second_name_with_the_same_key_opens_nothing(about: Subject, people: dict[str, Signer], give: Give) -> None:
    twin = Person("alice-2", ("other@example.com",), people["alice"].person.keys)
    roster = Roster((*about.roster.people, twin), {"managers": ("alice", "alice-2")})
    shared = msgspec.structs.replace(about, roster=roster)
    judgment = judged(ONE, shared, give("alice"), give("alice", by="alice-2", at=NOW + 1))
    assert judgment.outcome is Outcome.PENDING
    assert "its key is listed for alice and alice-2: it proves neither" in judgment.reason
    assert "nobody can meet this" in judgment.reason
    assert "alice has no key of their own" in judgment.reason


def test_the_author_cannot_sign_through_somebody_who_lists_their_key(
    people: dict[str, Signer], about: Subject, give: Give
) -> None:
    puppet = msgspec.structs.replace(
        about.roster.people[0], keys=(*people["alice"].person.keys, *people["carol"].person.keys)
    )
    roster = Roster((puppet, *about.roster.people[1:]), about.roster.groups)
    judgment = judged(ONE, msgspec.structs.replace(about, roster=roster), give("carol", by="alice"))
    assert judgment.outcome is Outcome.PENDING
    assert "alice and carol: it proves neither" in judgment.reason


def test_two_names_with_one_address_count_once(about: Subject, give: Give) -> None:
    people = tuple(msgspec.structs.replace(p, emails=(*p.emails, "Team@example.com")) for p in about.roster.people)
    shared = msgspec.structs.replace(about, roster=Roster(people, about.roster.groups), authors=())
    judgment = judged(TWO, shared, give("alice"), give("bob", at=NOW + 1))
    assert judgment.outcome is Outcome.PENDING
    assert "bob's approval is void: alice lists the same address" in judgment.reason
    assert "too few different people" in judgment.reason


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"content": "e" * 64}, "the content has changed since"),
        ({"plan": "e" * 64}, "the plan (gates, people or policy) has changed since"),
        ({"release": "r-other"}, "it was given for the release r-other"),
        ({"environment": "staging"}, "it was given for the environment staging"),
        ({"promotion": "p-0"}, "it was given for the promotion p-0"),
        ({"decision": "maybe"}, "it says neither yes nor no"),
        ({"expires": NOW}, "it expired at"),
    ],
)
def test_an_approval_holds_for_nothing_else(about: Subject, give: Give, changed: dict[str, Any], said: str) -> None:
    judgment = judged(ONE, about, give("alice", **changed))
    assert judgment.outcome is Outcome.PENDING
    assert f"void: {said}" in judgment.reason
    assert judgment.evidence["void"][0]["by"] == "alice"
    assert judgment.unmet[0].who == ("alice", "bob")


def test_content_that_changes_after_the_approval_voids_it(about: Subject, give: Give) -> None:
    given = give("alice")
    assert judged(ONE, about, given).outcome is Outcome.PASSED
    later = judged(ONE, msgspec.structs.replace(about, content="f" * 64), given)
    assert later.outcome is Outcome.PENDING
    assert "alice's approval is void: the content has changed since" in later.unmet[0].condition


def test_a_statement_that_is_rewritten_after_signing_is_void(about: Subject, give: Give) -> None:
    for_staging = give("alice", environment="staging")
    said = msgspec.structs.replace(for_staging.statement, environment="production")
    judgment = judged(ONE, about, msgspec.structs.replace(for_staging, statement=said))
    assert judgment.outcome is Outcome.PENDING
    assert "the signature does not fit what is signed" in judgment.reason


def test_it_expires_by_the_nearer_of_two_limits(about: Subject, give: Give) -> None:
    short = ApproveOptions("managers", expires="1h")
    given = give("alice")
    assert judged(short, about, given, now=NOW + 3599 * SECOND).outcome is Outcome.PASSED
    late = judged(short, about, given, now=NOW + 3600 * SECOND)
    assert late.outcome is Outcome.PENDING
    assert "expired at 2027-01-15T09:00:00Z" in late.reason
    own = give("alice", expires=NOW + 60 * SECOND)
    assert judged(short, about, own, now=NOW + 61 * SECOND).outcome is Outcome.PENDING


def test_a_date_in_the_future_is_void(about: Subject, give: Give) -> None:
    assert judged(ONE, about, give("alice", at=NOW + 500 * SECOND)).outcome is Outcome.PASSED
    judgment = judged(ONE, about, give("alice", at=NOW + 700 * SECOND))
    assert judgment.outcome is Outcome.PENDING
    assert "dated in the future" in judgment.reason


def test_outsiders_and_strangers_do_not_count(about: Subject, give: Give) -> None:
    outsider = judged(ONE, about, give("eve"))
    assert (outsider.outcome, "eve is not of managers" in outsider.reason) == (Outcome.PENDING, True)
    in_bobs_name = judged(ONE, about, give("eve", by="bob"))
    assert (in_bobs_name.outcome, "none of their keys" in in_bobs_name.reason) == (Outcome.PENDING, True)
    nobody = judged(ONE, about, give("eve", by="mallory\x1b[31m"))
    assert (nobody.outcome, "nobody of that name" in nobody.reason) == (Outcome.PENDING, True)
    assert "\x1b" not in nobody.reason


def test_who_left_the_roster_does_not_count(about: Subject, give: Give) -> None:
    given = give("alice")
    without = Roster(about.roster.people[1:], {"managers": ("bob", "carol")})
    judgment = judged(ONE, msgspec.structs.replace(about, roster=without), given)
    assert (judgment.outcome, judgment.unmet[0].who) == (Outcome.PENDING, ("bob",))


def test_a_signature_in_another_namespace_is_void(about: Subject, people: dict[str, Signer], give: Give) -> None:
    given = give("alice")
    for_git = sign(given.statement.payload(), people["alice"].key, "git")
    judgment = judged(ONE, about, msgspec.structs.replace(given, signature=for_git))
    assert judgment.outcome is Outcome.PENDING
    assert "signature for “git”" in judgment.reason


def test_a_no_fails_it_and_says_who_and_why(about: Subject, give: Give) -> None:
    refusal = give("bob", decision="reject", comment="not on \x1b[1mFriday", at=NOW + 1)
    judgment = judged(ONE, about, give("alice"), refusal)
    assert (judgment.outcome, judgment.reason) == (Outcome.FAILED, "rejected by bob (“not on Friday”)")
    assert judgment.unmet[0].who == ("bob",)
    by_the_author = judged(ONE, about, give("carol", decision="reject"))
    assert (by_the_author.outcome, by_the_author.reason) == (Outcome.FAILED, "rejected by carol")


def test_a_no_of_an_outsider_or_for_something_else_is_void(about: Subject, give: Give) -> None:
    for refusal in (give("eve", decision="reject"), give("bob", decision="reject", content="x")):
        judgment = judged(ONE, about, give("alice"), refusal)
        assert judgment.outcome is Outcome.PASSED
        assert "rejection is void" in judgment.reason


def test_the_later_word_counts_and_at_once_the_no(about: Subject, give: Give) -> None:
    yes, no = give("alice"), give("alice", decision="reject", at=NOW + 1)
    assert judged(ONE, about, yes, no).outcome is Outcome.FAILED
    assert judged(ONE, about, no, give("alice", at=NOW + 2)).outcome is Outcome.PASSED
    assert judged(ONE, about, give("alice", decision="reject"), yes).outcome is Outcome.FAILED


def test_what_nobody_can_meet_is_said(about: Subject) -> None:
    everybody = msgspec.structs.replace(about, authors=("alice@example.com", "carol@example.com"))
    judgment = judged(TWO, everybody)
    assert judgment.outcome is Outcome.PENDING
    assert "nobody can meet this as the plan stands (alice is an author" in judgment.reason
    assert judgment.unmet[0].who == ()
    assert "vivido abort p-1" in judgment.unmet[0].next
    unknown = judged(ApproveOptions("nobody-knows-them"), about)
    assert (unknown.outcome, "too few different people" in unknown.reason) == (Outcome.PENDING, True)


def test_authors_that_nobody_lists_are_in_the_evidence(about: Subject, give: Give) -> None:
    foreign = msgspec.structs.replace(about, authors=("x@users.noreply.example", "A <alice@example.com>", "carol"))
    judgment = judged(ONE, foreign, give("bob"))
    assert judgment.evidence["unknown_authors"] == ["x@users.noreply.example"]


def test_many_void_ones_are_counted_not_listed(about: Subject, give: Give) -> None:
    given = [give("alice", release=f"r-{n}") for n in range(5)] + [give("alice", release="r-0")]
    judgment = judged(ONE, about, *given)
    assert judgment.reason.count("alice's approval is void") == 3
    assert judgment.reason.endswith("; 2 more are void")


def test_a_forged_statement_is_kept_short(about: Subject, give: Give) -> None:
    given = give("eve", by="bob", release="r" * 100_000)
    seen = GATE.observe(ONE, about, context(Path("/"), approvals=(given,)))
    assert len(canonical(seen)) < 2000


def test_approvals_that_cannot_be_read_or_checked_are_blind(
    about: Subject, give: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> tuple[Approval, ...]:
        raise UnreachableError("the Git server does not answer")

    where = msgspec.structs.replace(context(tmp_path), approvals=unreachable)
    judgment = GATE.judge(ONE, about, GATE.observe(ONE, about, where), NOW)
    assert (judgment.outcome, judgment.look_again) == (Outcome.BLIND, NOW + 30 * SECOND)
    assert "the Git server does not answer" in judgment.reason
    given = give("alice")
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = GATE.judge(ONE, about, GATE.observe(ONE, about, context(tmp_path, approvals=(given,))), NOW)
    assert (missing.outcome, "ssh-keygen" in missing.reason) == (Outcome.BLIND, True)
    assert GATE.judge(ONE, about, {}, NOW).outcome is Outcome.BLIND


def test_the_rule_is_what_the_file_says() -> None:
    options = msgspec.convert({"by": ["a", "b"], "count": 2, "not": ["author", "c"], "expires": "1h"}, ApproveOptions)
    rule = rule_of(options)
    assert (rule.by, rule.barred, rule.count, rule.lifetime) == (("a", "b"), ("author", "c"), 2, 3600 * SECOND)


@pytest.mark.parametrize(
    "bad", [{}, {"by": ""}, {"by": []}, {"by": "a", "count": 0}, {"by": "a", "expires": "0s"}, {"by": "a", "mfa": True}]
)
def test_options_that_could_never_be_met_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, ApproveOptions)
