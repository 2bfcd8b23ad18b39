"""Commits, trees and blobs of a mirror as pygit2 has them, with its failures turned into Vivido's.

For this room alone. Names in trees are bytes; they become text as file names do in Python (`os.fsdecode`), so that a name that is
no UTF-8 can still be listed and exported.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

from vivido.errors import InputError, NotFoundError
from vivido.git.address import check_commit
from vivido.git.mirror import Mirror
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2 import Blob, Commit, Object, Oid, Tree

FILE, EXECUTABLE, LINK, DIRECTORY, MODULE = 0o100644, 0o100755, 0o120000, 0o040000, 0o160000
"""The modes of a tree's entries (`git help fast-import`); `MODULE` is another repository's commit."""

_FORBIDDEN_PARTS = ("", ".", "..")


def reading(mirror: Mirror) -> AbstractContextManager[None]:
    """Turn what pygit2 raises inside into Vivido's errors.

    Raises:
        IntegrityError: `git.mirror-damaged`.
        ToolError: `git.no-mirror`.
    """
    return mirror.reading()


def commit_of(mirror: Mirror, commit: str) -> "Commit":
    """Return a commit.

    Raises:
        InputError: `git.commit-id`.
        NotFoundError: `git.no-commit`: it is not in the mirror.
        IntegrityError: `git.mirror-damaged`.
    """
    check_commit(commit)
    with reading(mirror):
        found = mirror.objects.get(commit)
    if found is None or found.type_str != "commit":
        raise NotFoundError(
            f"{mirror.where} has no commit {commit}",
            code="git.no-commit",
            hint="It was never pushed there, or its branch was rewritten.",
            where=mirror.where,
        )
    return cast("Commit", found)


def check_path(path: str) -> tuple[str, ...]:
    """Return the parts of a file's path in a repository.

    Raises:
        InputError: `git.path`: absolute, with `..` or `.git`, or otherwise nothing that Git keeps.
    """
    parts = tuple(path.split("/"))
    if "\0" in path or any(p in _FORBIDDEN_PARTS or p.lower() in (".git", "git~1") for p in parts):
        raise InputError(
            f"“{printable(path)[:200]}” is no path of a file in a repository",
            code="git.path",
            hint="Write it from the repository's top, with “/” between the parts: deploy/web/kustomization.yaml.",
        )
    return parts


def children(tree: "Tree") -> Iterator[tuple[str, "Object"]]:
    """Yield the entries of a directory with their names as text."""
    for entry in tree:
        yield os.fsdecode(entry.raw_name or b""), entry


def child(tree: "Tree", name: str) -> "Object | None":
    """Return one entry of a directory, None where there is none."""
    return tree[name] if name in tree else None  # noqa: SIM401  a tree has no get()


def entry_at(mirror: Mirror, commit: str, path: str) -> "Object | None":
    """Return what is at a path; an empty path is the top directory. Symbolic links are not followed.

    Raises:
        InputError: `git.path`, `git.commit-id`.
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    start = commit_of(mirror, commit)
    with reading(mirror):
        found = cast("Object", start.tree)
        for part in check_path(path) if path else ():
            if found.type_str != "tree":
                return None
            below = child(cast("Tree", found), part)
            if below is None:
                return None
            found = below
    return found


def mode_of(entry: "Object") -> int:
    """Return an entry's mode as one of the five that Git writes today."""
    mode = int(entry.filemode or DIRECTORY)
    if mode & 0o170000 == 0o100000:
        return EXECUTABLE if mode & 0o100 else FILE
    return mode


def data_of(mirror: Mirror, entry: "Object") -> bytes:
    """Return a file's bytes.

    Raises:
        IntegrityError: `git.mirror-damaged`.
    """
    with reading(mirror):
        return cast("Blob", entry).data


def oid(text: str) -> "Oid":
    """Return pygit2's form of an object id."""
    import pygit2  # loaded late, see mirror._open

    return pygit2.Oid(hex=text)
