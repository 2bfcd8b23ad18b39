"""Since which commit a finding is one; of history few commits are rendered, and only such as touched what both sides are made of.

A commit touched a service's configuration where the tree ids of its directories differ from each parent's. Between two such
commits nothing can have changed, so the search goes back over them alone, in steps that double until the finding is gone, and then
halves what lies between. What comes, goes and comes again is found at its newest coming that the steps meet.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from vivido.app.earlier import conversions, moves
from vivido.app.parity.compare import Answer, today
from vivido.app.parity.rules import declared
from vivido.app.parity.sides import Sides, as_it_is
from vivido.config.parity import spelled
from vivido.drift.parity.seen import findings as judged
from vivido.drift.parity.seen import see
from vivido.model.canonical import fingerprint
from vivido.model.finding import Finding, Found, Introduction, Severity

if TYPE_CHECKING:
    from vivido.app.commits import Touching
    from vivido.app.workspace import Workspace

_DATED = (Found.UNEQUAL, Found.LEFTOVER, Found.UNDECLARED, Found.VIOLATED, Found.EXPIRED, Found.UNJUSTIFIED)
_T = TypeVar("_T")


def dated(ws: "Workspace", answer: Answer) -> Answer:
    """Return an answer whose findings say since which commit they are there; remembered by commit, rules and finding."""
    search = _Search(ws, answer)
    found = tuple(
        msgspec.structs.replace(f, since=search.since(f))
        if f.found in _DATED and f.at and f.severity is not Severity.NOTE
        else f
        for f in answer.parity.findings
    )
    return answer._replace(parity=msgspec.structs.replace(answer.parity, findings=found))


def newest_coming(items: Sequence[_T], there: Callable[[_T], bool]) -> int | None:
    """Return the number of the item at which something came that is there at the first, newest one; None where it is not.

    Args:
        items: The newest first.
        there: Says whether it is there. Asked for about twice the binary logarithm of the answer.
    """
    if not items or not there(items[0]):
        return None
    known, step = 0, 1
    while known + step < len(items) and there(items[known + step]):
        known, step = known + step, step * 2
    gone = min(known + step, len(items))
    while gone - known > 1:
        middle = (known + gone) // 2
        known, gone = (middle, gone) if there(items[middle]) else (known, middle)
    return known


class _Moment(NamedTuple):
    """Both sides as they were when one commit had been made."""

    left: str
    right: str
    made: "Touching"


class _Search:
    def __init__(self, ws: "Workspace", answer: Answer) -> None:
        self._ws = ws
        self._taken = {t.environment: t for t in answer.taken}
        self._rules = declared(ws)
        self._spelled = fingerprint([spelled(self._rules.pairs), {e: dict(t) for e, t in self._rules.tokens.items()}])
        self._moments: dict[tuple[str, ...], tuple[_Moment, ...]] = {}
        self._places: dict[tuple[str, ...], frozenset[str]] = {}

    def since(self, finding: Finding) -> Introduction | None:
        left, right = self._taken[finding.left].commit, self._taken[finding.right].commit
        if not left or not right:
            return None
        known = fingerprint([left, right, finding.id, self._spelled])
        kept = self._ws.state / "parity" / "since" / f"{known}.json"
        if kept.is_file():
            return msgspec.json.decode(kept.read_bytes(), type=Introduction)
        found = self._search(finding)
        if found is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(".tmp")
            draft.write_bytes(msgspec.json.encode(found))
            draft.replace(kept)
        return found

    def _search(self, finding: Finding) -> Introduction | None:
        moments = self._history(finding)
        number = newest_coming(moments, lambda m: finding.at in self._found(finding, m))
        if number is None:
            return None
        one = moments[number].made
        oldest = number == len(moments) - 1
        return Introduction(one.id, one.author, one.at, one.subject, exact=not oldest or one.first)

    def _history(self, finding: Finding) -> tuple[_Moment, ...]:
        key = (finding.left, finding.right, finding.service)
        if key not in self._moments:
            self._moments[key] = tuple(self._moments_of(finding))
        return self._moments[key]

    def _moments_of(self, finding: Finding) -> Iterator[_Moment]:
        names = (finding.left, finding.right)
        left, right = (self._ws.repository(self._ws.environment(e)) for e in names)
        starts = [self._taken[e].commit for e in names]
        if left is right:
            start = left.newer(*starts)
            paths = sorted({p for e in names for p in self._inputs(e, finding.service, start)})
            made = left.touching(start, paths) if paths else ()
            if not any(c.conversion for c in made):
                yield from (_Moment(c.id, c.id, c) for c in made)
                return
        # Two histories are told as one, by the commits' times.
        both = [
            (c, number)
            for number, (e, start) in enumerate(zip(names, starts, strict=True))
            for c in self._line(e, finding.service, start)
        ]
        both.sort(key=lambda one: -one[0].at)
        for index, (made, _) in enumerate(both):
            one, other = (next((c.id for c, n in both[index:] if n == number), "") for number in (0, 1))
            yield _Moment(one, other, made)

    def _line(self, environment: str, services: str, start: str) -> tuple["Touching", ...]:
        """Return the commits that touched services in an environment; a conversion is none, and what stood before it goes on."""
        repository = self._ws.repository(self._ws.environment(environment))
        paths = self._inputs(environment, services, start)
        made = repository.touching(start, paths) if paths else ()
        cut = next((i for i, c in enumerate(made) if c.conversion), None)
        past = next(conversions(repository.mirror, environment, "", start), None) if cut is not None else None
        return made if past is None else (*made[:cut], *self._line(environment, services, past[1]))

    def _inputs(self, environment: str, services: str, commit: str) -> tuple[str, ...]:
        from vivido.layouts.files import roots

        named, where = services.split(", "), self._ws.environment(environment)
        moved = [m for m in moves(self._ws, where, commit) if m.services & set(named)]
        if any(m.moved for m in moved):
            return tuple(dict.fromkeys(need for m in moved for need in m.needs))
        placed = self._ws.placed(where)
        own = msgspec.structs.replace(placed, services=tuple(s for s in placed.services if s.name in named))
        tree = self._ws.repository(where).tree(commit)
        return roots(own, where, tree.listing, tree.read)

    def _found(self, finding: Finding, moment: _Moment) -> frozenset[str]:
        """Return the places of all findings about a service at a moment, as its commits say and by today's rules."""
        key = (moment.left, moment.right, finding.left, finding.right, finding.service)
        if not moment.left or not moment.right:
            return frozenset()
        if key not in self._places:
            pair = (finding.left, finding.right)
            taken = [as_it_is(self._ws, e, c) for e, c in zip(pair, (moment.left, moment.right), strict=True)]
            sides = Sides(self._ws, taken, finding.service.split(", ")).subjects()
            seen = see(sides, pair, self._rules, "", secrets.token_bytes(32))
            self._places[key] = frozenset(f.at for f in judged(seen, today(self._ws.now())) if f.at)
        return self._places[key]
