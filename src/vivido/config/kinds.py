"""The kinds of gates and targets, as their owners hand them in: config/ knows none by name.

An option struct may say more about its options than types can, in two class variables that are read here and nowhere else:

    refers: ClassVar[dict[str, str]] = {"by": "people", "not": "people|author"}
    at_most: ClassVar[dict[str, str]] = {"count": "by"}

`refers` maps an option to the table of the file in which its value (or each of its values) must be named: `people` (a person or
a group), `environments`, `services`, `groups`, or `path` for something in the repository; words after `|` are allowed besides.
`at_most` maps a number to the option that names people: it may not be larger than they are many.
"""

from typing import Any

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """One kind of gate or target, as far as the file is concerned."""

    options: type[msgspec.Struct]
    """Frozen struct with `forbid_unknown_fields=True, rename="kebab"`; the docstrings of its fields are shown in editors."""
    shorthand: str = ""
    """The option, as the file spells it, that a bare value stands for; empty where the kind takes none."""
    moment: str = "before"
    """`before` or `after`: when a gate is judged if the file says nothing. Without meaning for targets."""


class Kinds(msgspec.Struct, frozen=True):
    """All kinds the file may use, by name."""

    gates: dict[str, Kind]
    targets: dict[str, Kind]


class KindShape(msgspec.Struct, frozen=True):
    """How a kind may be written, worked out from its option struct."""

    fields: tuple[str, ...]
    """Names of the options, as the file spells them."""
    required: tuple[str, ...]

    @property
    def bare(self) -> bool:
        """Whether the kind's name alone is enough: no option is required."""
        return not self.required

    def takes(self, shorthand: str) -> bool:
        """Say whether a bare value for that option is enough."""
        return shorthand in self.fields and set(self.required) <= {shorthand}


def kind_shape(kind: Kind) -> KindShape:
    """Return how a kind may be written."""
    fields = msgspec.structs.fields(kind.options)
    return KindShape(tuple(f.encode_name for f in fields), tuple(f.encode_name for f in fields if f.required))


def refers(kind: Kind) -> dict[str, str]:
    """Return which options name something else in the file; see the module's docstring."""
    declared: Any = getattr(kind.options, "refers", {})
    return dict(declared)


def at_most(kind: Kind) -> dict[str, str]:
    """Return which numbers may not be larger than the people that another option names."""
    declared: Any = getattr(kind.options, "at_most", {})
    return dict(declared)
