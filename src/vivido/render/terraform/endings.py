"""Which directories are modules, by the names in them. Light: it is asked of every directory."""

from vivido.render.tree import List

ENDING = ".tf"
OTHERS = (".tf.json", ".tofu", ".tofu.json")
"""Endings of files that belong to a module, and are not read."""


def has_module(directory: str, listing: List) -> bool:
    """Say whether a directory is a module."""
    return any(name.endswith((ENDING, *OTHERS)) for name in listing(directory) if not name.startswith("."))
