"""Who counts as the author of a release (semantics §6)."""

import re
from collections.abc import Iterable
from typing import Protocol

from vivido.model.actor import Person, Roster

_CO_AUTHOR = re.compile(r"^co-authored-by:[^\n<]*<([^>\n]+)>", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"<([^<>]+)>\s*$")


class CommitPeople(Protocol):
    """What is read of a commit."""

    @property
    def author_email(self) -> str:
        """Who wrote it."""
        ...

    @property
    def committer_email(self) -> str:
        """Who committed it."""
        ...

    @property
    def message(self) -> str:
        """Its whole message, with trailers."""
        ...


def authors(commits: Iterable[CommitPeople]) -> frozenset[str]:
    """Return the addresses of all authors, committers and co-authors, lower case."""
    found: set[str] = set()
    for commit in commits:
        found.update((commit.author_email, commit.committer_email), _CO_AUTHOR.findall(commit.message))
    return frozenset(a for a in (address.strip().lower() for address in found) if a)


def marks(who: str, roster: Roster) -> frozenset[str]:
    """Return what marks somebody as an author: the addresses behind a name of the roster or in `name <email>`, and the name itself.

    For those who created the release or started the promotion.
    """
    person = roster.person(who)
    emails = person.emails if person else tuple(_ADDRESS.findall(who))
    return frozenset({who.strip().lower(), *(e.strip().lower() for e in emails)} - {""})


def is_author(person: Person, authors: Iterable[str]) -> bool:
    """Say whether one of a person's addresses, or their name, is among the authors."""
    among = {a.strip().lower() for a in authors}
    return not among.isdisjoint({person.name.lower(), *(e.strip().lower() for e in person.emails)})
