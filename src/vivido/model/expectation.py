"""Expectations: what must hold in the objects of one environment, whatever the others have."""

from typing import Any

import msgspec

from vivido.model.difference import ABSENT
from vivido.model.selector import Selector
from vivido.text.expression import expression
from vivido.text.quantity import quantity

KINDS = ("equals", "one-of", "regex", "at-least", "at-most", "present", "absent")
"""How they are spelled in the file; each entry has exactly one."""

Plain = str | int | float | bool | None


class Predicate(msgspec.Struct, frozen=True):
    """A condition on one value of a rendered object."""

    kind: str
    """One of `KINDS`."""
    operands: tuple[Plain, ...] = ()
    """Of `one-of` several; of `present` and `absent` none; else one."""

    def holds(self, value: Any) -> bool:
        """Say whether a value is as it must be.

        Kubernetes keeps all of a ConfigMap as text, so text equals a number or a switch spelled like it; between other types
        nothing is equal that JSON tells apart. Where either side of `at-least` and `at-most` is no quantity, they do not hold.

        Args:
            value: As it is in the object; `ABSENT` where nothing is there.

        Raises:
            InputError: `expression`: the operand of `regex` is none; the file's check refuses such a one.
        """
        if self.kind in ("present", "absent"):
            return (value is ABSENT) == (self.kind == "absent")
        if value is ABSENT:
            return False
        if self.kind == "regex":
            return isinstance(value, Plain) and expression(str(self.operands[0]))(spelled(value))
        if self.kind in ("at-least", "at-most"):
            return self._compared(value)
        return any(_equal(value, operand) for operand in self.operands)

    def _compared(self, value: Any) -> bool:
        found, limit = quantity(value), quantity(self.operands[0])
        if found is None or limit is None:
            return False
        return found >= limit if self.kind == "at-least" else found <= limit

    @property
    def told(self) -> str:
        """What must hold, to go on after the place: “must be one of a, b”."""
        words = {
            "equals": "be",
            "one-of": "be one of",
            "regex": "match",
            "at-least": "be at least",
            "at-most": "be at most",
            "present": "be there",
            "absent": "not be there",
        }
        return " ".join(filter(None, ("must", words[self.kind], ", ".join(map(spelled, self.operands)))))


def spelled(value: Plain) -> str:
    """Return a value as JSON spells it, text without its quotes."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _equal(value: Any, operand: Plain) -> bool:
    if isinstance(value, str):
        return value == spelled(operand)
    return value == operand and isinstance(value, bool) == isinstance(operand, bool)


class Expectation(msgspec.Struct, frozen=True):
    """One entry under `expect:` of an environment."""

    at: Selector
    predicate: Predicate
    because: str
    place: str
    """`file:line:column` of the entry."""
    until: str = ""
    """The last day on which it is asked for, `2027-06-30`; empty: for good."""
