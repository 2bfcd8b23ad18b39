"""Which differences between environments are allowed."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from vivido.config.shape.base import Shape, Single
from vivido.config.values import Day, Name, Range, Relation, Selector, Text


class ParityRuleShape(Shape, frozen=True):
    """Common to what is allowed and what must be equal."""

    at: Selector
    """Which place: `Kind/name/path`. `*` stands for any text within a part, `**` for any number of parts; `~1` is a `/` that
    belongs to a part. `vivido parity` prints each difference as it is written here."""
    services: Name | list[Name] = []
    """Services it speaks of; otherwise all."""
    owner: Text | UnsetType = UNSET
    """Whoever answers for it."""
    until: Day | UnsetType = UNSET
    """The last day on which it holds."""


class AllowShape(ParityRuleShape, frozen=True, kw_only=True):
    """A difference that may be. Without a condition any two values may; at most one condition is given."""

    because: Text
    """Why the environments differ. A rule whose reason begins with TODO allows nothing yet."""
    equals: Single | dict[Name, Single] | UnsetType = UNSET
    """The value that both sides have, or environment → value."""
    one_of: list[Single] | dict[Name, list[Single]] | UnsetType = UNSET
    """The values that either side may have, or environment → values."""
    regex: Text | dict[Name, Text] | UnsetType = UNSET
    """An expression in RE2's syntax that all of the text fits, or environment → expression."""
    holds: Relation | UnsetType = UNSET
    """How two numbers or quantities relate: `staging <= production`. Under `*`: `earlier <= later`."""
    ratio: Range | UnsetType = UNSET
    """How many times as much the second environment has: `1..10`."""
    present_in: Name | UnsetType = UNSET
    """The environment that has it, while the other does not."""
    names: Name | UnsetType = UNSET
    """The environment whose tokens may stand here, although the configuration is another's."""


class EqualShape(ParityRuleShape, frozen=True):
    """What may never differ, whatever `allow` says."""

    because: Text | UnsetType = UNSET
    """Why, for whoever meets the finding."""


class PairShape(Shape, frozen=True):
    """What is said about two environments, or about each pair."""

    allow: list[AllowShape] = []
    """Differences that may be."""
    equal: list[EqualShape] = []
    """What may never differ, and has to be there."""
    budget: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType = UNSET
    """How many differences of one service `allow` may cover."""
