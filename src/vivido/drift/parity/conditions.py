"""Whether a rule's condition holds of the two values of a difference."""

from decimal import Decimal
from typing import Any, NamedTuple

from vivido.drift.parity.rules import Entry
from vivido.model.difference import ABSENT, Difference, Sort
from vivido.model.expectation import Predicate, spelled
from vivido.model.parity import Anything, Matching, Names, OneOf, PresentIn, Ratio, Relation
from vivido.text.quantity import quantity


class Answer(NamedTuple):
    """What a condition says.

    Attributes:
        holds: None where it cannot be judged.
        why: Why it does not hold, or cannot be judged; empty where it holds.
    """

    holds: bool | None
    why: str = ""


_YES = Answer(True)


class Two(NamedTuple):
    """The two environments of a difference and what each has, as it is written there."""

    left: str
    right: str
    left_value: Any
    right_value: Any

    def of(self, environment: str) -> Any:
        """Return what an environment has."""
        return self.left_value if environment == self.left else self.right_value

    def each(self) -> tuple[tuple[str, Any], tuple[str, Any]]:
        """Return both."""
        return (self.left, self.left_value), (self.right, self.right_value)


def holds(entry: Entry, difference: Difference, two: Two) -> Answer:
    """Say whether a rule's condition holds of a difference that the rule covers. Values of Secrets are only known to differ."""
    predicate = entry.rule.predicate
    match predicate:
        case Anything():
            return _YES
        case PresentIn(word):
            return _present(entry.names(word), difference, two)
        case Names():
            return Answer(False, "the rule speaks of tokens that may stand here, not of values that differ")
        case _ if difference.object.kind == "Secret" and difference.path[:1] in (("data",), ("stringData",)):
            return Answer(None, "values of Secrets are only known to be equal or not")
        case OneOf(values):
            return _one_of(entry, values, two)
        case Matching(patterns):
            return _matching(entry, patterns, two)
        case Relation():
            return _relation(entry, predicate, two)
        case Ratio():
            return _ratio(entry, predicate, two)


def _present(environment: str, difference: Difference, two: Two) -> Answer:
    wanted = Sort.ONLY_LEFT if environment == two.left else Sort.ONLY_RIGHT
    if difference.sort is wanted:
        return _YES
    return Answer(False, f"it may be in {environment} only")


def _one_of(entry: Entry, values: dict[str, tuple[Any, ...]], two: Two) -> Answer:
    for environment, value in two.each():
        allowed: Any = entry.sided(values, environment)
        if allowed is not None and not Predicate("one-of", tuple(allowed)).holds(value):
            return Answer(False, f"{environment} may have {' or '.join(map(spelled, allowed))}")
    return _YES


def _matching(entry: Entry, patterns: dict[str, str], two: Two) -> Answer:
    for environment, value in two.each():
        pattern: Any = entry.sided(patterns, environment)
        if pattern is None:
            continue
        if isinstance(value, dict | list):
            return Answer(None, f"{environment} has several values there, and an expression fits a text")
        if value is ABSENT or not entry.fits(spelled(value), pattern):
            return Answer(False, f"{environment}'s text has to fit {pattern}")
    return _YES


def _relation(entry: Entry, relation: Relation, two: Two) -> Answer:
    left, right = entry.names(relation.left), entry.names(relation.right)
    a, b = quantity(two.of(left)), quantity(two.of(right))
    if a is None or b is None:
        return _no_number(left if a is None else right)
    met = {"<": a < b, "<=": a <= b, "=": a == b, ">=": a >= b, ">": a > b}[relation.sign]
    return _YES if met else Answer(False, f"{left} {relation.sign} {right} has to hold")


def _ratio(entry: Entry, ratio: Ratio, two: Two) -> Answer:
    first = entry.first
    second = two.right if first == two.left else two.left
    a, b = quantity(two.of(first)), quantity(two.of(second))
    if a is None or b is None:
        return _no_number(first if a is None else second)
    if a <= 0:
        return Answer(None, f"there is no ratio to {first}'s {a}")
    if Decimal(str(ratio.least)) <= b / a <= Decimal(str(ratio.most)):
        return _YES
    return Answer(False, f"{second} has to have {ratio.least:g} to {ratio.most:g} times what {first} has")


def _no_number(environment: str) -> Answer:
    return Answer(None, f"{environment} has no number there")
