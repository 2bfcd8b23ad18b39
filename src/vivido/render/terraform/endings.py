"""Which directories are modules, by the names in them. Light: it is asked of every directory."""

from vivido.render.tree import List

ENDINGS = (".tf", ".tofu")
"""Files in HCL's own syntax. Of two that are called alike the one with the later ending counts."""
OTHERS = (".tf.json", ".tofu.json")
"""Endings of files that belong to a module, and are not read."""


def has_module(directory: str, listing: List) -> bool:
    """Say whether a directory is a module."""
    return any(name.endswith((*ENDINGS, *OTHERS)) for name in listing(directory) if not name.startswith("."))
