"""Parity rules: which differences between environments are allowed, why, by whom, until when; and which never are."""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from vivido.model.selector import Selector

EVERY = "*"
"""Stands for each pair of environments, or for any environment of a pair."""

EARLIER, LATER = "earlier", "later"
"""Stand, in a rule for each pair, for the environment that comes first and the one that comes later on the way."""

TODO = "TODO"
"""How a reason begins that nobody has given yet. A rule with it allows nothing."""

Value: TypeAlias = str | int | float | bool


class Anything(msgspec.Struct, frozen=True, tag="any"):
    """Any two values."""


class OneOf(msgspec.Struct, frozen=True, tag="one-of"):
    """Each side has one of the values listed for it."""

    values: dict[str, tuple[Value, ...]]
    """Environment → values; under `*` those for both sides."""


class Matching(msgspec.Struct, frozen=True, tag="regex"):
    """The whole text of each side fits an expression (RE2: linear time, no backtracking)."""

    patterns: dict[str, str]
    """Environment → expression; under `*` the one for both sides."""


class Relation(msgspec.Struct, frozen=True, tag="holds"):
    """`left sign right` holds of the two quantities."""

    left: str
    sign: str
    """One of `<`, `<=`, `=`, `>=`, `>`."""
    right: str


class Ratio(msgspec.Struct, frozen=True, tag="ratio"):
    """The second environment of the pair has between `least` and `most` times what the first has."""

    least: float
    most: float


class PresentIn(msgspec.Struct, frozen=True, tag="present-in"):
    """The object, or the part of one, is there in this environment only."""

    environment: str


class Names(msgspec.Struct, frozen=True, tag="names"):
    """The text may hold tokens of this environment, whichever environment it stands in."""

    environment: str


Predicate: TypeAlias = Anything | OneOf | Matching | Relation | Ratio | PresentIn | Names


class ParityRule(msgspec.Struct, frozen=True):
    """One entry under `allow:` or `equal:`."""

    at: Selector
    place: str
    """`file:line:column` of the entry."""
    because: str = ""
    """Why; empty only where equality is demanded."""
    predicate: Predicate = Anything()
    services: tuple[str, ...] = ()
    """Empty: all."""
    owner: str = ""
    """Whoever answers for it; free text."""
    until: str = ""
    """The last day on which it holds, `2027-06-30`; empty: for good."""
    demands: bool = False
    """It stands under `equal:`: no difference there is allowed, whatever other rules say."""

    @property
    def justified(self) -> bool:
        """Whether somebody gave a reason."""
        return self.demands or not self.because.upper().startswith(TODO)

    def concerns(self, services: Iterable[str]) -> bool:
        """Say whether it speaks of one of these services."""
        return not self.services or any(s in self.services for s in services)


class ParityPair(msgspec.Struct, frozen=True):
    """What is said about two environments."""

    left: str
    """`*` in a rule set for each pair."""
    right: str
    rules: tuple[ParityRule, ...] = ()
    budget: int | None = None
    """How many differences of one service the rules under `allow:` may cover; None: any number."""

    def about(self, one: str, other: str) -> bool:
        """Say whether it speaks of two environments, in whichever order."""
        return all(_is(a, b) for a, b in ((self.left, one), (self.right, other))) or all(
            _is(a, b) for a, b in ((self.left, other), (self.right, one))
        )


class Audit(msgspec.Struct, frozen=True):
    """How often all pairs are looked at, and whom that tells."""

    every: int = 0
    """Microseconds; 0: only when somebody asks."""
    on_new: str = ""
    """Shell command that is run when there are findings that the last audit did not have."""


def _is(said: str, name: str) -> bool:
    return said in (EVERY, name)
