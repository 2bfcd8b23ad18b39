"""`approve`: people decide, each with a signature over exactly this content and this plan."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

import msgspec

from vivido.errors import Error
from vivido.gates.ballot import AUTHOR, Count, Rule, Vote, obstacles, spoken, tally
from vivido.gates.interface import GateContext, Subject
from vivido.gates.telling import evidence, not_met, plain
from vivido.identity.authors import marks
from vivido.model.approval import Approval, Statement
from vivido.model.gate import Judgment, Outcome, Unmet
from vivido.signing.approval import verify_approval
from vivido.text.redact import printable, redact
from vivido.time.clock import SECOND, parse_duration
from vivido.time.option import Duration, positive

_LOOK_AGAIN = 30 * SECOND
_COMMENT = 500
_TOLD = 3
_NOUN = {"approve": "approval", "reject": "rejection"}


class ApproveOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Wait for signed approvals of people."""

    refers: ClassVar[dict[str, str]] = {"by": "people", "not": f"people|{AUTHOR}"}
    """Names that have to stand in the file; see `vivido.config.kinds`."""
    at_most: ClassVar[dict[str, str]] = {"count": "by"}

    by: str | tuple[str, ...]
    """Who may approve: a person or a group of the file, or a list of them."""
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    """How many different people must approve."""
    not_: tuple[str, ...] = msgspec.field(default=("author",), name="not")
    """Who must not, though named in `by`: `author`, people, groups. `[]` lets everybody in `by` approve."""
    expires: Duration = "7d"
    """How long an approval is good for. One that has expired is void."""

    def __post_init__(self) -> None:
        """Refuse what nobody could meet."""
        if not allowed_names(self) or not all(allowed_names(self)):
            raise ValueError("by: names nobody")
        positive("expires", self.expires)


def allowed_names(options: ApproveOptions) -> tuple[str, ...]:
    """Return the people and groups that `by` names."""
    return (options.by,) if isinstance(options.by, str) else options.by


class ApproveGate:
    """A gate that people open.

    An approval is a signed statement over this promotion, release, environment, content and plan; whatever of them changes makes
    it void, and it is said. It passes when `count` different people of `by` have approved. A rejection by somebody of `by` fails
    it, also by an author: a no needs no distance. It is blind where the signatures could not be read or checked.
    """

    options: ClassVar[type[msgspec.Struct]] = ApproveOptions
    shorthand: ClassVar[str] = "by"
    moment: ClassVar[str] = "before"

    def observe(self, options: ApproveOptions, subject: Subject, context: GateContext) -> dict[str, Any]:
        """Collect what was given and check each signature against the keys of the person it names.

        Returns `{"error": …}`, or `{"votes": [vote, …]}`; a vote is what `gates.ballot.Vote` holds.
        """
        try:
            votes = [_checked(given, subject) for given in context.approvals()]
        except Error as e:
            return {"error": e.message}
        return {"votes": plain(votes)}

    def judge(self, options: ApproveOptions, subject: Subject, seen: dict[str, Any], now: int) -> Judgment:
        """Count the people whose approval stands now."""
        if "votes" not in seen:
            why = f"the approvals could not be checked: {seen.get('error') or 'nothing was seen'}"
            return not_met(Outcome.BLIND, why, subject, seen, look_again=now + _LOOK_AGAIN)
        rule = rule_of(options)
        count = tally(rule, subject, msgspec.convert(seen["votes"], list[Vote]), now)
        kept = {**evidence(subject, seen), **_summary(rule, subject, count)}
        if count.rejections:
            return _rejected(subject, count, kept)
        if count.enough:
            return Judgment(Outcome.PASSED, f"approved by {_and(v.by for v in count.approvals)}{_void(count)}", kept)
        if not count.possible:
            return _hopeless(rule, subject, count, kept)
        condition = f"{_progress(rule, count)}{_void(count)}"
        unmet = Unmet(condition, count.waiting, next=f"vivido approve {subject.promotion}")
        return Judgment(Outcome.PENDING, condition, kept, (unmet,), count.expires)


def rule_of(options: ApproveOptions) -> Rule:
    """Return an `approve` gate's options in the words of the code."""
    return Rule(allowed_names(options), options.not_, options.count, parse_duration(options.expires))


def _checked(given: Approval, subject: Subject) -> Vote:
    held = verify_approval(given, subject.roster)
    comment = printable(redact(given.comment))[:_COMMENT]
    key = held.key.fingerprint if held.key else ""
    return Vote(printable(given.by)[:100], given.at, _kept(given.statement, held.key is None), key, held.fault, comment)


def _kept(statement: Statement, forged: bool) -> Statement:
    """Return a statement as evidence keeps it: what nobody has signed may be as long as a stranger liked."""
    if not forged:
        return statement
    texts = {k: printable(v)[:100] for k, v in msgspec.structs.asdict(statement).items() if isinstance(v, str)}
    return msgspec.structs.replace(statement, **texts)


def _summary(rule: Rule, subject: Subject, count: Count) -> dict[str, Any]:
    known = frozenset[str]().union(*(marks(text) for p in subject.roster.people for text in (p.name, *p.emails)))
    return {
        "needed": rule.count,
        "counted": [v.by for v in count.approvals],
        "void": plain(count.void),
        # An author under an address that nobody lists cannot be told from an approver.
        "unknown_authors": sorted(a for a in subject.authors if known.isdisjoint(marks(a))),
    }


def _rejected(subject: Subject, count: Count, kept: dict[str, Any]) -> Judgment:
    said = [f"{v.by}{f' (“{v.comment}”)' if v.comment else ''}" for v in count.rejections]
    reason = f"rejected by {_and(said)}"
    who = tuple(v.by for v in count.rejections)
    return Judgment(Outcome.FAILED, reason, kept, (Unmet(reason, who, next=f"vivido approve {subject.promotion}"),))


def _hopeless(rule: Rule, subject: Subject, count: Count, kept: dict[str, Any]) -> Judgment:
    stands = "; ".join(obstacles(rule, subject)) or f"{spoken(rule.by)} has too few different people"
    condition = f"{_progress(rule, count)}: nobody can meet this as the plan stands ({stands}){_void(count)}"
    unmet = Unmet(condition, (), next=f"vivido abort {subject.promotion}, mend vivido.yaml, and promote again")
    return Judgment(Outcome.PENDING, condition, kept, (unmet,), count.expires)


def _progress(rule: Rule, count: Count) -> str:
    barred = ", ".join("the author" if n == AUTHOR else n for n in rule.barred)
    noun = "approval" if rule.count == 1 else "approvals"
    return f"{len(count.approvals)} of {rule.count} {noun} by {spoken(rule.by)}" + (
        f" (not {barred})" if barred else ""
    )


def _void(count: Count) -> str:
    told = [f"; {v.by}'s {_NOUN.get(v.decision, 'vote')} is void: {v.why}" for v in count.void[:_TOLD]]
    more = len(count.void) - len(told)
    return "".join(told) + (f"; {more} more are void" if more else "")


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
