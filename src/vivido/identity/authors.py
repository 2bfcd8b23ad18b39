"""Who counts as the author of a release (semantics §6)."""

import re
from collections.abc import Iterable

from vivido.model.actor import Person

_ADDRESS = re.compile(r"<([^<>]*)>")


def is_author(person: Person, authors: Iterable[str]) -> bool:
    """Say whether a person is among the authors, by one of their addresses or by their name in the roster.

    Args:
        person: Who is asked about.
        authors: Addresses of commits; for those who made the release or started the promotion also names of the roster or
            `name <address>`. Case and white space around mean nothing.
    """
    mine = frozenset[str]().union(*map(marks, (person.name, *person.emails)))
    return any(not mine.isdisjoint(marks(author)) for author in authors)


def marks(author: str) -> frozenset[str]:
    """Return by what an author can be known: the text itself and the addresses in it, lower case, without the empty one."""
    return frozenset(text.strip().lower() for text in (author, *_ADDRESS.findall(author))) - {""}
