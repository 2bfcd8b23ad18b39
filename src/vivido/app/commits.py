"""Commits as operations see them, and the files of one."""

from typing import TYPE_CHECKING

import msgspec

from vivido.git.trailers import trailer

if TYPE_CHECKING:
    from vivido.git.history import CommitInfo
    from vivido.layouts.interface import List, Read

PROMOTION = "Vivido-Promotion"
"""The trailer by which Vivido's own commits are told from people's."""


class Change(msgspec.Struct, frozen=True):
    """One commit, as far as a promotion cares."""

    id: str
    subject: str
    author: str
    people: tuple[str, ...]
    """E-mail addresses of author, committer and co-authors, lower case."""
    promotion: str
    """The promotion that made it; empty for a person's commit."""


class Touching(msgspec.Struct, frozen=True):
    """One commit that changed what somebody asked about."""

    id: str
    author: str
    """`name <email>`."""
    at: int
    """When it was written, in microseconds since 1970."""
    subject: str
    first: bool
    """Nothing of what was asked about was there before it."""
    conversion: bool = False
    """It moved the project to another layout: what was asked about lay elsewhere before it."""


class Tree(msgspec.Struct, frozen=True):
    """The files of one commit."""

    read: "Read"
    listing: "List"


def change(commit: "CommitInfo") -> Change:
    """Return a commit as far as a promotion cares. Pure."""
    return Change(
        commit.id,
        commit.subject,
        f"{commit.author.name} <{commit.author.email}>",
        commit.emails,
        trailer(commit.message, PROMOTION),
    )
