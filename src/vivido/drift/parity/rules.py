"""The rules of one pair of environments, put in order once: which ones may speak of a place is found without asking each."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from vivido.drift.parity.tokens import shown
from vivido.model.difference import Difference, Path
from vivido.model.finding import RuleSeen
from vivido.model.parity import EARLIER, EVERY, LATER, ParityPair, ParityRule
from vivido.model.selector import ANY, matches
from vivido.text.expression import Expression, expression

compiled = lru_cache(maxsize=1000)(expression)
"""Expressions, compiled once."""


class Entry(msgspec.Struct, frozen=True):
    """A rule as it is in force for one pair."""

    number: int
    """Among all rules of all pairs."""
    rule: ParityRule
    words: Mapping[str, str]
    """What the rule calls the two → environment."""
    first: str
    """The environment that the rule's pair names first."""

    @property
    def seen(self) -> RuleSeen:
        """The rule as findings show it."""
        r = self.rule
        return RuleSeen(r.at.text, r.place, r.because, r.owner, r.until)

    def sided(self, values: Mapping[str, object], environment: str) -> object:
        """Return what a condition says of an environment; None where it says nothing."""
        own = {self.words.get(word, word): value for word, value in values.items()}
        return own.get(environment, values.get(EVERY))

    def names(self, word: str) -> str:
        """Return the environment that a word of the rule means."""
        return self.words.get(word, word)

    def fits(self, text: str, pattern: str) -> bool:
        """Say whether all of a text fits an expression."""
        found: Expression = compiled(pattern)
        return found(text)


class Rules:
    """The rules in force for one pair, for all services.

    Args:
        pairs: All that is declared.
        left: The earlier environment.
        right: The later one.
    """

    def __init__(self, pairs: Sequence[ParityPair], left: str, right: str) -> None:
        self.left, self.right = left, right
        self.entries = tuple(_in_force(pairs, left, right))
        self.budget = _budget(pairs, left, right)
        self._allowing = [e for e in self.entries if not e.rule.demands]
        self.demanding = [e for e in self.entries if e.rule.demands]
        # Thousands of services have the same kinds and paths, and differ in their objects' names.
        self._covering: dict[tuple[str, Path], tuple[Entry, ...]] = {}
        self._demanding: dict[tuple[str, Path], tuple[Entry, ...]] = {}

    def allowing(self, difference: Difference, services: Sequence[str]) -> list[Entry]:
        """Return the rules under `allow` that cover a difference, whatever their conditions say."""
        return self.covering(difference.object.kind, difference.object.name, difference.path, services)

    def covering(self, kind: str, name: str, path: Path, services: Sequence[str]) -> list[Entry]:
        """Return the rules under `allow` that cover a place, which rules write with `{domain}` for a token."""
        name, path = shown(name), tuple(map(shown, path))
        near = self._covering.get((kind, path))
        if near is None:
            near = tuple(e for e in self._allowing if _may_cover(e.rule.at.parts, kind, path))
            self._covering[kind, path] = near
        return [e for e in near if e.rule.concerns(services) and _covers(e.rule.at.parts, kind, name, path)]

    def demands(self, difference: Difference, services: Sequence[str]) -> Entry | None:
        """Return a rule under `equal` that a difference breaks."""
        difference = _as_shown(difference)
        kind, path = difference.object.kind, difference.path
        # What a demand selects may also be inside a value that is there on one side only.
        deep = any(isinstance(side, dict | list) for side in (difference.left, difference.right))
        near = self._demanding.get((kind, path))
        if near is None:
            near = tuple(e for e in self.demanding if _may_touch(e.rule.at.parts, kind, path))
            self._demanding[kind, path] = near
        asked = self.demanding if deep else near
        return next((e for e in asked if e.rule.concerns(services) and e.rule.at.touches(difference)), None)


def _as_shown(difference: Difference) -> Difference:
    """Return a difference whose place is the one that people read; its values keep their marks."""
    place, path = difference.object, tuple(map(shown, difference.path))
    if shown(place.name) == place.name and path == difference.path:
        return difference
    named = msgspec.structs.replace(place, name=shown(place.name))
    return msgspec.structs.replace(difference, object=named, path=path)


def _may_cover(pattern: Path, kind: str, path: Path) -> bool:
    """Say whether a pattern could cover a place in an object of a kind, whatever the object is called."""
    if _is_of_another(pattern, kind):
        return False
    if ANY in pattern[:2]:
        return True
    return matches((pattern[0], *pattern[2:]), (kind, *path))


def _covers(pattern: Path, kind: str, name: str, path: Path) -> bool:
    """Say whether a pattern that could cover a place in objects of this kind covers it in the one of this name."""
    if ANY in pattern[:2]:
        return matches(pattern, (kind, name, *path))
    return pattern[1] in ("*", name) or matches(pattern[1:2], (name,))


def _is_of_another(pattern: Path, kind: str) -> bool:
    """Say at a glance, which spares most looks, that a pattern speaks of another kind."""
    return pattern[0] != kind and "*" not in pattern[0]


def _may_touch(pattern: Path, kind: str, path: Path) -> bool:
    return not _is_of_another(pattern, kind) and any(
        _may_cover(pattern, kind, path[:end]) for end in range(len(path) + 1)
    )


def _in_force(pairs: Iterable[ParityPair], left: str, right: str) -> Iterable[Entry]:
    number = 0
    for pair in pairs:
        for rule in pair.rules:
            if pair.about(left, right):
                words = {EARLIER: left, LATER: right} if pair.left == EVERY else {}
                yield Entry(number, rule, words, left if pair.left == EVERY else pair.left)
            number += 1


def _budget(pairs: Iterable[ParityPair], left: str, right: str) -> int | None:
    found = [p for p in pairs if p.budget is not None and p.about(left, right)]
    named = [p.budget for p in found if p.left != EVERY]
    return next(iter(named), next((p.budget for p in found), None))
