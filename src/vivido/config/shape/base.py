"""What all shapes have in common."""

import msgspec


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Common to all: keys are spelled with hyphens, unknown ones are refused."""


Single = str | int | float | bool
"""A value that is one thing: no list, no mapping."""
