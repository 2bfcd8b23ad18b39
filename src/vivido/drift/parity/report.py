"""All services in all pairs: what is compared with what, what came of it, and which rules nobody needs. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import msgspec

from vivido.drift.differ import differences
from vivido.drift.parity.judge import Compared, judge, unjudged
from vivido.drift.parity.rules import Rules
from vivido.drift.parity.tokens import Leftover, Marked, Marker, Tokens, shown
from vivido.model.difference import Difference
from vivido.model.finding import Finding, Found, RuleSeen, Severity, gravest_first, identity_of
from vivido.model.objects import Manifest, Rendered
from vivido.model.parity import ParityPair, ParityRule
from vivido.model.places import select, takes
from vivido.model.problem import Problem

Side = Rendered | tuple[Problem, ...]
"""What an environment has of a service, or why that cannot be told."""


class Subject(msgspec.Struct, frozen=True):
    """One service (or several that share a directory) in all environments."""

    services: tuple[str, ...]
    sides: Mapping[str, Side]
    """Environment → its objects."""
    images: Mapping[str, Mapping[str, str]] = {}
    """Environment → service → the image that was promoted there, or that Git names."""
    written: frozenset[str] = frozenset()
    """Environments whose images are what Git names: nobody promoted them, as far as is asked."""
    homes: Mapping[str, str] = {}
    """Environment → prefix of its own repositories."""


class Declared(msgspec.Struct, frozen=True):
    """What is said about the environments."""

    order: tuple[str, ...]
    """Names of all environments, in promotion order."""
    pairs: tuple[ParityPair, ...]
    tokens: Tokens = {}


class Parity(msgspec.Struct, frozen=True):
    """The answer."""

    pairs: tuple[tuple[str, str], ...]
    services: tuple[str, ...]
    findings: tuple[Finding, ...]
    allowed: int = 0
    """Differences that rules let pass."""
    tokens: dict[str, dict[str, int]] = {}
    """Environment → token → how often it was found and counted as equal."""


class Looked(msgspec.Struct, frozen=True):
    """What came of one subject in all pairs."""

    findings: tuple[Finding, ...] = ()
    used: tuple[int, ...] = ()
    """Numbers of the rules that covered something."""
    allowed: int = 0
    """Differences that rules let pass."""
    tokens: dict[str, dict[str, int]] = {}
    """Environment → token → how often it was found and counted as equal."""
    sealed: bool = False
    """HMACs took part, which mean something under one key only: it may not be kept for another time."""


def report(
    subjects: Sequence[Subject],
    pairs: Sequence[tuple[str, str]],
    declared: Declared,
    *,
    key: bytes,
    today: str,
    whole: bool = True,
) -> Parity:
    """Judge services in pairs of environments.

    Args:
        subjects: The services.
        pairs: The earlier environment first.
        declared: Rules and tokens.
        key: Key of the HMACs that stand for values of Secrets.
        today: The day, `2027-06-30`.
        whole: These are all services and all pairs of the project, so that a rule which covers nothing is needed by nobody.
    """
    judges = Judges(pairs, declared, key=key, today=today)
    names = tuple(dict.fromkeys(s for subject in subjects for s in subject.services))
    return judges.gathered([judges.look(subject) for subject in subjects], names, whole=whole)


class Judges:
    """Judges subjects one by one, in some pairs, and puts together what came of them. Pure.

    Args:
        pairs: The earlier environment first.
        declared: Rules and tokens.
        key: Key of the HMACs that stand for values of Secrets.
        today: The day, `2027-06-30`.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], declared: Declared, *, key: bytes, today: str) -> None:
        self._declared, self._key, self._today = declared, key, today
        self._rules = {pair: Rules(declared.pairs, *pair) for pair in pairs}
        self._environments = tuple(dict.fromkeys(e for pair in pairs for e in pair))
        self._markers = {e: Marker(e, declared.tokens) for e in self._environments}

    def look(self, subject: Subject) -> Looked:
        """Return what comes of one subject."""
        marked: dict[str, Marked] = {}
        for environment in self._environments:
            side = subject.sides.get(environment)
            if isinstance(side, Rendered):
                marked[environment] = self._markers[environment].mark(side)
        asked = _asked(marked, tuple(self._rules))
        pairs = [self._pair(subject, own, marked, asked.get(pair, ())) for pair, own in self._rules.items()]
        return Looked(
            tuple(f for one in pairs for f in one.findings),
            tuple(sorted({n for one in pairs for n in one.used})),
            sum(one.allowed for one in pairs),
            {e: dict(one.used) for e, one in marked.items() if one.used},
            any(one.sealed for one in pairs),
        )

    def _pair(
        self, subject: Subject, rules: Rules, marked: Mapping[str, Marked], leftovers: Sequence[tuple[str, Leftover]]
    ) -> Looked:
        left, right = rules.left, rules.right
        blind = next((e for e in (left, right) if e not in marked), "")
        if blind:
            return Looked((_blind(subject, rules, blind),))
        found = _between(marked[left].rendered, marked[right].rendered, self._key)
        compared = Compared(
            subject.services,
            found,
            (self._declared.tokens.get(left, {}), self._declared.tokens.get(right, {})),
            (subject.images.get(left, {}), subject.images.get(right, {})),
            tuple(leftovers),
            written=bool(subject.written & {left, right}),
            homes=(subject.homes.get(left, ""), subject.homes.get(right, "")),
        )
        judged = judge(rules, compared, self._today)
        used = set(judged.used)
        for entry in rules.demanding:
            if entry.number not in used and entry.rule.concerns(subject.services):
                sides = (marked[left].rendered, marked[right].rendered)
                if any(_is_there(entry.rule, side) for side in sides):
                    used.add(entry.number)
        sealed = any(d.object.kind == "Secret" for d in found)
        return Looked(judged.findings, tuple(used), judged.allowed, {}, sealed)

    def gathered(self, looked: Iterable[Looked], services: tuple[str, ...], *, whole: bool) -> Parity:
        """Return the answer.

        Args:
            looked: What came of each subject.
            services: Their names.
            whole: As `report` says.
        """
        findings: dict[str, Finding] = {}
        used: set[int] = set()
        allowed, tokens = 0, dict[str, dict[str, int]]()
        for one in looked:
            allowed += one.allowed
            used.update(one.used)
            for finding in one.findings:
                findings.setdefault(finding.id, finding)
            for environment, counts in one.tokens.items():
                known = tokens.setdefault(environment, {})
                for token, number in counts.items():
                    known[token] = known.get(token, 0) + number
        for finding in self._unused(used) if whole else ():
            findings.setdefault(finding.id, finding)
        return Parity(tuple(self._rules), services, gravest_first(findings.values()), allowed, tokens)

    def _unused(self, used: Set[int]) -> Iterator[Finding]:
        """Tell of the rules that are in force and cover nothing; one for each pair is in force where any pair is judged."""
        known = {e.number: (e, r) for r in self._rules.values() for e in r.entries}
        for number, (entry, own) in sorted(known.items()):
            if number not in used:
                yield _unused(entry.rule, entry.seen, own, self._today)
        for rule in _out_of_force(self._declared.pairs, set(known)):
            yield _unasked(rule)


def _blind(subject: Subject, rules: Rules, environment: str) -> Finding:
    side = subject.sides.get(environment)
    problems = side if isinstance(side, tuple) else ()
    why = "; ".join(p.message for p in problems) or "nothing is known of it"
    return unjudged(rules.left, rules.right, subject.services, f"{environment}: {why}", environment)


def _between(left: Rendered, right: Rendered, key: bytes) -> tuple[Difference, ...]:
    # Namespaces name the environment, and would make every object another one.
    return () if left is right else differences(left, right, key=key, namespaces="ignore")


def _is_there(rule: ParityRule, rendered: Rendered) -> bool:
    parts = rule.at.parts
    objects = map(_as_shown, rendered.objects) if "{" in rule.at.text else rendered.objects
    return any(next(select(parts, o), None) is not None for o in objects if takes(parts, o))


def _as_shown(manifest: Manifest) -> Manifest:
    """Return an object with `{domain}` in place of marks, as selectors write them."""
    return msgspec.json.decode(shown(msgspec.json.encode(manifest).decode()))


def _asked(
    marked: Mapping[str, Marked], pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[str, Leftover]]]:
    """Give each leftover to one pair: that of the environment it stands in and one it names, else the first of the former."""
    asked: dict[tuple[str, str], list[tuple[str, Leftover]]] = {}
    for environment, one in marked.items():
        own = [pair for pair in pairs if environment in pair]
        for leftover in one.leftovers:
            pair = next((p for p in own if set(p) & set(leftover.environments)), own[0])
            asked.setdefault(pair, []).append((environment, leftover))
    return asked


def _unused(rule: ParityRule, seen: RuleSeen, own: Rules, today: str) -> Finding:
    over = rule.until and rule.until < today
    message = "selects nothing that is there" if rule.demands else "covers no difference"
    return Finding(
        id=identity_of(
            Found.UNUSED, own.left, own.right, ", ".join(rule.services), rule.at.text, rule.place.partition(":")[0]
        ),
        found=Found.EXPIRED if over else Found.UNUSED,
        severity=Severity.WARNING,
        left=own.left,
        right=own.right,
        service=", ".join(rule.services),
        at=rule.at.text,
        message=f"the rule ended on {rule.until} and {message}" if over else f"the rule {message}",
        rule=seen,
    )


def _out_of_force(pairs: Iterable[ParityPair], known: set[int]) -> list[ParityRule]:
    every = [rule for pair in pairs for rule in pair.rules]
    return [rule for number, rule in enumerate(every) if number not in known]


def _unasked(rule: ParityRule) -> Finding:
    return Finding(
        id=identity_of(Found.UNUSED, "", "", "", rule.at.text, rule.place),
        found=Found.UNUSED,
        severity=Severity.WARNING,
        left="",
        right="",
        service=", ".join(rule.services),
        at=rule.at.text,
        message="the rule speaks of two environments that were not compared",
        rule=RuleSeen(rule.at.text, rule.place, rule.because, rule.owner, rule.until),
    )
