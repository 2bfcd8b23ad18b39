"""Read files, directories and differences at a commit, without a checkout."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vivido.errors import RefusedError
from vivido.git.mirror import Mirror
from vivido.git.objects import (
    DIRECTORY,
    EXECUTABLE,
    FILE,
    LINK,
    MODULE,
    children,
    commit_of,
    data_of,
    entry_at,
    mode_of,
    reading,
)
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2 import Blob, Object, Tree

MAX_FILE = 16 * 1024 * 1024
"""Bytes of one file that is read into memory."""

_KINDS = {DIRECTORY: "directory", LINK: "link", MODULE: "module"}


@dataclass(frozen=True)
class Entry:
    """One name in a directory.

    Attributes:
        name: Without the directory's path.
        kind: `file`, `directory`, `link` (symbolic) or `module` (another repository's commit).
        executable: Of a file.
        id: The object's id in Git: equal ids are equal contents.
    """

    name: str
    kind: str
    executable: bool
    id: str


def read(mirror: Mirror, commit: str, path: str) -> bytes | None:
    """Return a file's bytes at a commit, None where there is no file of that path.

    Raises:
        RefusedError: `git.symlink`: it is a symbolic link; `git.too-large`: it is longer than `MAX_FILE`.
        NotFoundError: `git.no-commit`.
        InputError: `git.path`, `git.commit-id`.
        IntegrityError: `git.mirror-damaged`.
    """
    entry = entry_at(mirror, commit, path)
    if entry is None or entry.type_str != "blob":
        return None
    if mode_of(entry) == LINK:
        target = printable(os.fsdecode(data_of(mirror, entry)))
        raise RefusedError(
            f"{path} is a symbolic link to {target}", code="git.symlink", hint="Name the file itself.", where=path
        )
    with reading(mirror):
        size = cast("Blob", entry).size
    if size > MAX_FILE:
        raise too_large(path, size)
    return data_of(mirror, entry)


def too_large(path: str, size: int, limit: int = MAX_FILE) -> RefusedError:
    """Return the refusal of a file that is longer than configuration is."""
    return RefusedError(
        f"{printable(path)} is {size} bytes long; the limit is {limit}",
        code="git.too-large",
        hint="Keep what is no configuration out of the configuration's directories.",
        where=path,
    )


def listing(mirror: Mirror, commit: str, directory: str = "") -> tuple[Entry, ...]:
    """Return what a directory holds at a commit, sorted by name; empty where there is no such directory.

    Raises:
        NotFoundError: `git.no-commit`.
        InputError: `git.path`, `git.commit-id`.
        IntegrityError: `git.mirror-damaged`.
    """
    tree = entry_at(mirror, commit, directory)
    if tree is None or tree.type_str != "tree":
        return ()
    with reading(mirror):
        found = [(name, mode_of(entry), str(entry.id)) for name, entry in children(cast("Tree", tree))]
    return tuple(Entry(name, _KINDS.get(mode, "file"), mode == EXECUTABLE, id_) for name, mode, id_ in sorted(found))


def files_named(
    mirror: Mirror, commit: str, directories: Collection[str], names: Collection[str]
) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files with one of these names in some directories and all those inside them. Links are passed over.

    A name that begins with `*` stands for every one that ends like it.

    Each tree on the way is read once: looking a thousand paths up one by one in a directory of a thousand takes a hundred times
    as long.

    Yields:
        The directory that was asked for, the file's path, its content.

    Raises:
        Error: As `listing`.
    """
    wanted = frozenset(directories)
    endings = tuple(name[1:] for name in names if name.startswith("*"))
    on_the_way = {above for path in wanted for above in _above(path)}
    todo: list[tuple[str, tuple[str, ...], Object]] = [("", (), commit_of(mirror, commit).tree)]
    with reading(mirror):
        while todo:
            at, within, tree = todo.pop()
            inside = (*within, at) if at in wanted else within
            for name, entry in children(cast("Tree", tree)):
                path = f"{at}/{name}" if at else name
                if entry.type_str == "tree":
                    if inside or path in wanted or path in on_the_way:
                        todo.append((path, inside, entry))
                elif inside and (name in names or name.endswith(endings)) and mode_of(entry) in (FILE, EXECUTABLE):
                    content = cast("Blob", entry).data
                    yield from ((directory, path, content) for directory in inside)


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def object_id(mirror: Mirror, commit: str, path: str) -> str:
    """Return the id of the file or directory at a path, empty where there is none. Equal ids are equal contents.

    Raises:
        Error: As `listing`.
    """
    entry = entry_at(mirror, commit, path)
    return "" if entry is None else str(entry.id)


def changed(mirror: Mirror, old: str | None, new: str) -> tuple[str, ...]:
    """Return the paths that differ between two commits, sorted; a renamed file counts as two.

    Args:
        mirror: Where both are.
        old: None stands for an empty tree.
        new: The other commit.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    tree = commit_of(mirror, new).tree
    before = None if old is None else commit_of(mirror, old).tree
    with reading(mirror):
        diff = tree.diff_to_tree(swap=True) if before is None else before.diff_to_tree(tree)
        paths = {os.fsdecode(f.raw_path) for d in diff.deltas for f in (d.old_file, d.new_file)}
    return tuple(sorted(paths))


def is_ancestor(mirror: Mirror, ancestor: str, commit: str) -> bool:
    """Say whether a commit contains another; each contains itself.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    old, new = commit_of(mirror, ancestor), commit_of(mirror, commit)
    with reading(mirror):
        return old.id == new.id or mirror.objects.descendant_of(new.id, old.id)


def content_of(mirror: Mirror, blob: str) -> bytes:
    """Return the bytes of a file's object by its id.

    Raises:
        IntegrityError: `git.mirror-damaged`.
    """
    with reading(mirror):
        return data_of(mirror, mirror.objects[blob])
