"""`environment.md` and `trailers.md`: names that other programs see, each held against the code."""

import re

from reference import meanings
from reference.text import explained, modules, page, strings, table

_ABOUT_VARIABLES = """
No variable is needed. Those that Vivido reads change where it looks; those that it sets tell your commands what they are run
for. Their names are part of the interface.
"""
_ABOUT_TRAILERS = """
What Vivido knows stands outside of its database too, under names that other programs can read. They are part of the
interface.
"""
_VARIABLE = re.compile(r"VIVIDO_[A-Z_]*[A-Z](?:_<SERVICE>|_(?=\{))?")
_TRAILER = re.compile(r"Vivido-[A-Z][A-Za-z-]*")
_LABEL = re.compile(r"(?:dev\.)?vivido\.[a-z]+|org\.opencontainers\.image\.[a-z.]+[a-z]")
_NO_LABELS = ("vivido.yaml", "vivido.yml", "vivido.gates", "vivido.targets")


def environment() -> str:
    """Return the page of the variables."""
    explained("variable", _variables(), meanings.READ | meanings.SET)
    read = table(("variable", "meaning"), ((f"`{n}`", m) for n, m in meanings.READ.items()))
    heads = ("variable", "in which commands", "meaning")
    told = table(heads, ((f"`{n}`", where, meaning) for n, (where, meaning) in meanings.SET.items()))
    others = table(("variable", "meaning"), ((f"`{n}`", m) for n, m in meanings.OTHERS.items()))
    return page(
        "Environment variables",
        _ABOUT_VARIABLES,
        f"## Vivido reads\n\n{read}",
        f"## Vivido sets for your commands\n\n{told}",
        f"## Of other programs, and honoured\n\n{others}",
    )


def trailers() -> str:
    """Return the page of trailers, tags, labels and refs."""
    explained("trailer", _found(_TRAILER), meanings.TRAILERS)
    explained("label", _found(_LABEL) - set(_NO_LABELS), meanings.LABELS | meanings.CONTAINERS)
    parts = [
        ("Trailers of commits", "trailer", meanings.TRAILERS),
        ("Tags in the registry", "tag", meanings.TAGS),
        ("Labels and annotations of images", "label", meanings.LABELS),
        ("Labels of containers, networks and volumes (`podman`)", "label", meanings.CONTAINERS),
        ("Entry points", "group", meanings.ENTRY_POINTS),
    ]
    return page(
        "Trailers, tags and labels",
        _ABOUT_TRAILERS,
        *(
            f"## {title}\n\n" + table((head, "meaning"), ((f"`{n}`", m) for n, m in rows.items()))
            for title, head, rows in parts
        ),
    )


def _variables() -> set[str]:
    """Return the variables in the code; those that end with a service's name get `<SERVICE>`."""
    found = {name for _, tree in modules() for text in strings(tree) for name in _VARIABLE.findall(text)}
    for stem in ("VIVIDO_URL", "VIVIDO_IMAGE", "VIVIDO_DIGEST"):
        found.add(f"{stem}_<SERVICE>")
    return {n for n in found if not n.endswith("_")} - {"VIVIDO_DIGEST"}


def _found(pattern: re.Pattern[str]) -> set[str]:
    return {
        name for _, tree in modules() for text in strings(tree) if (m := pattern.fullmatch(text)) for name in [m[0]]
    }
