"""What happened between two commits, and who did it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivido.git.mirror import Mirror
from vivido.git.objects import child, commit_of, reading
from vivido.git.trailers import trailers
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from pygit2 import Commit, Object, Signature, Tree

LIMIT = 10_000
"""Commits that one walk looks at."""

_ADDRESS = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True)
class Person:
    """Who stands in a commit; Git does not prove it."""

    name: str
    email: str


@dataclass(frozen=True)
class CommitInfo:
    """One commit.

    Attributes:
        id: 40 hexadecimal characters.
        parents: Ids of what it was made on; the first is the branch it was made on.
        author: Who wrote the change.
        committer: Who made the commit.
        co_authors: E-mail addresses of `Co-authored-by` trailers, lower case.
        authored_at: Microseconds since 1970.
        committed_at: The same for the committer.
        subject: First line of the message.
        message: All of it.
        trailers: Values by key.
    """

    id: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    co_authors: tuple[str, ...]
    authored_at: int
    committed_at: int
    subject: str
    message: str
    trailers: dict[str, tuple[str, ...]]

    @property
    def emails(self) -> tuple[str, ...]:
        """E-mail addresses of author, committer and co-authors, lower case, each once, sorted."""
        own = (self.author.email.lower(), self.committer.email.lower())
        return tuple(sorted({e for e in (*own, *self.co_authors) if e}))


def describe(mirror: Mirror, commit: str) -> CommitInfo:
    """Return what a commit says of itself.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    return _info(commit_of(mirror, commit))


def history(
    mirror: Mirror, from_exclusive: str | None, to: str, paths: Sequence[str] = (), *, limit: int = LIMIT
) -> tuple[CommitInfo, ...]:
    """Return the commits that `to` contains and `from_exclusive` does not, newest first.

    Args:
        mirror: Where they are.
        from_exclusive: None for all.
        to: The newest.
        paths: Only commits that changed one of these files or directories against every parent of theirs; empty for all.
        limit: How many commits are looked at.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    with reading(mirror):
        return tuple(_info(c) for c in _walk(mirror, from_exclusive, to, limit) if _touches(c, paths))


def contained(
    mirror: Mirror, tip: str, others: Sequence[str] = (), *, limit: int = LIMIT
) -> Iterator[tuple[CommitInfo, Callable[[str], bool]]]:
    """Yield the commits that `tip` contains and none of the others does, children before parents.

    Each comes with a function that says whether it changed a path against every parent of its.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    import pygit2  # loaded late, see mirror._open

    newest, hidden = commit_of(mirror, tip).id, [commit_of(mirror, c).id for c in others]
    with reading(mirror):
        walker = mirror.objects.walk(newest, pygit2.enums.SortMode.TOPOLOGICAL)
        for one in hidden:
            walker.hide(one)
        for count, commit in enumerate(walker):
            if count >= limit:
                return
            yield _info(commit), lambda path, commit=commit: _touches(commit, (path,))


def find_by_trailer(
    mirror: Mirror, branch: str, key: dict[str, str], since: str | None = None, *, limit: int = LIMIT
) -> str | None:
    """Return the newest commit of a branch, as last fetched, whose trailers hold every pair of `key`; None where none does.

    Args:
        mirror: Where the branch is.
        branch: Its short name.
        key: Trailers by name, for example `{"Vivido-Promotion": "p-1", "Vivido-Step": "commit"}`.
        since: A commit that is older than the one looked for; it and what it contains are not looked at. One that is
            not in the mirror bounds nothing.
        limit: How many commits are looked at.

    Raises:
        IntegrityError: `git.mirror-damaged`.
    """
    tip = mirror.tip(branch)
    if tip is None:
        return None
    bound = since if since is not None and mirror.objects.get(since) is not None else None
    with reading(mirror):
        for commit in _walk(mirror, bound, tip, limit):
            message = _message(commit)
            if all(value in message for value in key.values()):
                found = {k.lower(): v for k, v in trailers(message).items()}
                if all(value in found.get(name.lower(), ()) for name, value in key.items()):
                    return str(commit.id)
    return None


def _walk(mirror: Mirror, hidden: str | None, start: str, limit: int) -> Iterator["Commit"]:
    newest = commit_of(mirror, start).id
    walker = mirror.objects.walk(newest)
    if hidden is not None:
        walker.hide(commit_of(mirror, hidden).id)
    for count, commit in enumerate(walker):
        if count >= limit:
            return
        yield commit


def _touches(commit: "Commit", paths: Sequence[str]) -> bool:
    if not paths:
        return True
    parents = [p.tree for p in commit.parents]
    for path in paths:
        here = _id_at(commit.tree, path)
        if all(_id_at(p, path) != here for p in parents) and (parents or here):
            return True
    return False


def _id_at(tree: "Tree", path: str) -> str:
    found: Object = tree
    for part in path.strip("/").split("/") if path.strip("/") else ():
        below = child(found, part) if found.type_str == "tree" else None  # pyright: ignore[reportArgumentType]
        if below is None:
            return ""
        found = below
    return str(found.id)


def _info(commit: "Commit") -> CommitInfo:
    message = _message(commit)
    found = trailers(message)
    co = [v for k, values in found.items() if k.lower() == "co-authored-by" for v in values]
    return CommitInfo(
        id=str(commit.id),
        parents=tuple(str(p) for p in commit.parent_ids),
        author=_person(commit.author),
        committer=_person(commit.committer),
        co_authors=tuple(sorted({m.lower() for value in co for m in _ADDRESS.findall(value) if m})),
        authored_at=commit.author.time * SECOND,
        committed_at=commit.committer.time * SECOND,
        subject=message.strip().split("\n", 1)[0],
        message=message,
        trailers=found,
    )


def _message(commit: "Commit") -> str:
    try:
        return commit.raw_message.decode(commit.message_encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return commit.raw_message.decode("utf-8", "replace")


def _person(signature: "Signature") -> Person:
    return Person(signature.raw_name.decode("utf-8", "replace"), signature.raw_email.decode("utf-8", "replace"))
