"""Make a commit by editing a tree: only the changed paths are touched, nothing is checked out.

Same inputs, same commit id: the time is an argument, and so is everything else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vivido.crashpoint import crashpoint
from vivido.errors import InputError, RefusedError
from vivido.git.mirror import Mirror
from vivido.git.objects import (
    DIRECTORY,
    EXECUTABLE,
    FILE,
    MODULE,
    check_path,
    child,
    commit_of,
    entry_at,
    mode_of,
    oid,
    reading,
)
from vivido.text.redact import printable
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from pygit2 import Object, Oid, Tree
    from pygit2 import Signature as Pygit2Signature


@dataclass(frozen=True)
class Signature:
    """Who makes a commit, and when.

    Attributes:
        name: One line, without `<` and `>`.
        email: The same.
        at: Microseconds since 1970; Git keeps whole seconds.
    """

    name: str
    email: str
    at: int


@dataclass(frozen=True)
class Kept:
    """An object that the repository has already, put at a path with a mode.

    Attributes:
        mode: As Git writes it: 0o100644, 0o100755, 0o120000 (symbolic link) or 0o160000 (submodule).
        id: The object's id.
    """

    mode: int
    id: str


Content = bytes | Kept | None
"""What a path shall hold: these bytes (the file's mode stays), an object, or nothing."""

Edits = Mapping[str, Content]
"""Contents by path."""

Signer = Callable[[bytes], str]
"""Takes a commit's bytes and returns an armoured signature. See `vivido.git.sign`."""


def commit_files(
    mirror: Mirror,
    parent: str | None,
    edits: Edits,
    message: str,
    author: Signature,
    *,
    committer: Signature | None = None,
    sign: Signer | None = None,
    merges: Sequence[str] = (),
) -> str:
    """Make a commit in the mirror and return its id. Nothing is pushed, no ref is moved.

    Args:
        mirror: Where it is made.
        parent: What it is made on; None for a first commit.
        edits: What changes; all other paths stay as they are. To delete what is not there changes nothing.
        message: See `vivido.git.trailers.with_trailers`.
        author: Who wrote it.
        committer: Who commits it; the author where it is None.
        sign: Signs it.
        merges: Further parents. Nothing is taken from them: what the commit holds is `parent` with the edits.

    Raises:
        InputError: `git.path`, `git.path-clash`: a path is a file and a directory at once; `git.person`.
        RefusedError: `git.symlink`: bytes would replace a symbolic link or a submodule.
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    crashpoint("git.commit.before")
    tree = edited_tree(mirror, parent, edits)
    parents = [p for p in dict.fromkeys((parent, *merges)) if p is not None]
    made = written(mirror, tree, parents, message, author, committer=committer, sign=sign)
    crashpoint("git.commit.after")
    return made


def written(
    mirror: Mirror,
    tree: str,
    parents: Sequence[str],
    message: str,
    author: Signature,
    *,
    committer: Signature | None = None,
    sign: Signer | None = None,
) -> str:
    """Write a commit of a tree that the mirror has, and return its id.

    Raises:
        Error: As `commit_files`.
    """
    objects = mirror.objects
    people = [_pygit2_signature(author), _pygit2_signature(committer or author)]
    on: list[Oid | str] = [commit_of(mirror, p).id for p in parents]
    with reading(mirror):
        if sign is None:
            made = objects.create_commit(None, people[0], people[1], message, objects[tree].id, on)
        else:
            made_of = objects.create_commit_string(people[0], people[1], message, objects[tree].id, on)
            text = str(made_of)  # pygit2 annotates it as an Oid; it is the text
            made = objects.create_commit_with_signature(text, sign(text.encode()), "gpgsig")
    return str(made)


def edited_tree(mirror: Mirror, parent: str | None, edits: Edits) -> str:
    """Write the tree of a commit with these edits, and return the tree's id.

    Raises:
        Error: As `commit_files`.
    """
    tree = None if parent is None else commit_of(mirror, parent).tree
    # Deletions come first, so that a file may take the place of a directory that goes, and the other way round.
    gone = {path: None for path, content in edits.items() if content is None and _there(mirror, parent, path)}
    put = {path: content for path, content in edits.items() if content is not None}
    with reading(mirror):
        for part in (_nest(gone), _nest(put)):
            if part:
                made = _edit(mirror, tree, part, "")
                tree = None if made is None else cast("Tree", mirror.objects[made])
        return str(mirror.objects.TreeBuilder().write() if tree is None else tree.id)


def _there(mirror: Mirror, commit: str | None, path: str) -> bool:
    check_path(path)
    return commit is not None and entry_at(mirror, commit, path) is not None


def tree_id(mirror: Mirror, commit: str) -> str:
    """Return the id of a commit's tree: equal ids are equal contents.

    Raises:
        NotFoundError: `git.no-commit`.
    """
    return str(commit_of(mirror, commit).tree_id)


_Nested = dict[str, "bytes | Kept | _Nested | None"]


def _nest(edits: Edits) -> _Nested:
    """Turn paths into directories within directories."""
    top: _Nested = {}
    for path, content in sorted(edits.items()):
        *directories, name = check_path(path)
        place = top
        for directory in directories:
            below = place.setdefault(directory, {})
            if not isinstance(below, dict):
                raise _clash(path)
            place = below
        place[name] = content
    return top


def _edit(mirror: Mirror, tree: "Tree | None", nested: _Nested, directory: str) -> "Oid | None":
    """Write an edited directory; None where nothing is left of it."""
    builder = mirror.objects.TreeBuilder() if tree is None else mirror.objects.TreeBuilder(tree)
    for name, content in nested.items():
        path = f"{directory}{name}"
        present = None if tree is None else child(tree, name)
        made = _entry(mirror, present, content, path)
        if made is not None:
            builder.insert(_utf8(name), made.id, made.mode)
        else:
            builder.remove(_utf8(name))
    return builder.write() if len(builder) else None


@dataclass(frozen=True)
class _Made:
    id: "Oid"
    mode: int


def _entry(mirror: Mirror, present: "Object | None", content: "Content | _Nested", path: str) -> _Made | None:
    mode = None if present is None else mode_of(present)
    if isinstance(content, dict):
        if mode not in (None, DIRECTORY):
            raise _clash(path)
        made = _edit(mirror, cast("Tree | None", present), content, f"{path}/")
        return None if made is None else _Made(made, DIRECTORY)
    if mode == DIRECTORY:
        raise _clash(path)
    if isinstance(content, Kept):
        return _Made(mirror.objects[content.id].id if content.mode != MODULE else oid(content.id), content.mode)
    if content is None:
        return None
    if mode not in (None, FILE, EXECUTABLE):
        raise RefusedError(
            f"{path} is a symbolic link or a submodule; its content is not replaced",
            code="git.symlink",
            hint="Name the file itself.",
            where=path,
        )
    return _Made(mirror.objects.create_blob(content), mode or FILE)


def _utf8(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError as e:
        raise InputError(f"{name!a} is no UTF-8; such a file cannot be edited", code="git.path") from e
    return name


def _clash(path: str) -> InputError:
    return InputError(f"{printable(path)} would be a file and a directory at once", code="git.path-clash", where=path)


def _pygit2_signature(who: Signature) -> "Pygit2Signature":
    import pygit2  # loaded late, see mirror._open

    for part in (who.name, who.email):
        if not part.strip() or part != printable(part) or set(part) & set("<>\n\0"):
            raise InputError(
                f"{printable(ascii(part))[:100]} cannot stand in a commit as a name or an address",
                code="git.person",
                hint="Set user.name and user.email: one line each, without < and >.",
            )
    return pygit2.Signature(who.name, who.email, who.at // SECOND, 0, "utf-8")
