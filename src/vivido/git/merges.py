"""The merges of a branch, and which of them needed a person: found from trees alone, without merging anything."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from vivido.git.commit import Kept
from vivido.git.compose import differing, kept_at, merge_base
from vivido.git.history import CommitInfo, describe
from vivido.git.merge import merge
from vivido.git.mirror import Mirror
from vivido.git.objects import commit_of, reading
from vivido.git.read import content_of

if TYPE_CHECKING:
    from pygit2 import Commit

_MOST = 500
"""Merges that one look takes apart."""
_PARENTS = 2
_BINARY_LOOK = 8000
"""Git's own rule (`buffer_is_binary`): a NUL byte in the first 8,000 makes a file binary."""


class Merges(NamedTuple):
    """What was merged into a branch.

    Attributes:
        number: Merges of two commits on the branch itself, newest first, as far as was looked.
        conflicting: Those in which both sides had changed the same lines of a file, or the same file that is no text.
        paths: Where, with how often.
    """

    number: int
    conflicting: int
    paths: dict[str, int]


def merges(mirror: Mirror, tip: str, passed_over: Callable[[CommitInfo], bool], *, limit: int = _MOST) -> Merges:
    """Look at the merges on a branch: those that its first parents lead to.

    Args:
        mirror: Where they are.
        tip: Of the branch.
        passed_over: Says which commits are no merges of people.
        limit: How many merges are taken apart.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    number, conflicting, paths = 0, 0, dict[str, int]()
    with reading(mirror):
        commit: Commit | None = commit_of(mirror, tip)
        while commit is not None and number < limit:
            parents = [str(p) for p in commit.parent_ids]
            if len(parents) == _PARENTS and not passed_over(describe(mirror, str(commit.id))):
                found = _conflicts(mirror, parents[0], parents[1])
                number, conflicting = number + 1, conflicting + bool(found)
                for path in found:
                    paths[path] = paths.get(path, 0) + 1
            commit = commit_of(mirror, parents[0]) if parents else None
    return Merges(number, conflicting, dict(sorted(paths.items(), key=lambda p: (-p[1], p[0]))))


def _conflicts(mirror: Mirror, ours: str, theirs: str) -> list[str]:
    base = merge_base(mirror, ours, theirs)
    if base is None:
        return []
    here, there = differing(mirror, base, ours), differing(mirror, base, theirs)
    both = [p for p in here.keys() & there.keys() if here[p][1] != there[p][1]]
    return sorted(p for p in both if not _merges(mirror, kept_at(mirror, base, p), here[p][1], there[p][1]))


def _merges(mirror: Mirror, base: Kept | None, ours: Kept | None, theirs: Kept | None) -> bool:
    if base is None or ours is None or theirs is None:
        return False
    texts = [content_of(mirror, one.id) for one in (base, ours, theirs)]
    if any(b"\0" in text[:_BINARY_LOOK] for text in texts):
        return False
    return isinstance(merge(texts[0], texts[1], texts[2]), bytes)
