"""Write directories of a commit to disk, for programs that want files (Kustomize, Helm).

What is written is the blobs' bytes: no filters, no line-end conversion, no submodules. Nothing can be written outside of the
target: names are checked, files come before symbolic links, and a link that leaves the target refuses the whole export.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vivido.errors import Error, RefusedError
from vivido.git.mirror import Mirror
from vivido.git.objects import EXECUTABLE, LINK, MODULE, check_path, children, data_of, entry_at, mode_of, reading
from vivido.git.read import too_large
from vivido.text.paths import outermost
from vivido.text.redact import printable

if TYPE_CHECKING:
    from pygit2 import Blob, Object, Tree

_LFS = b"version https://git-lfs.github.com/spec/"
_DEPTH = 100


@dataclass(frozen=True)
class Limits:
    """How much one export may write.

    Attributes:
        files: Number of files, links and directories.
        file: Bytes of one file.
        total: Bytes of all files.
    """

    files: int = 20_000
    file: int = 16 * 1024 * 1024
    total: int = 256 * 1024 * 1024


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and what it could not.

    Attributes:
        files: Paths of the files and links that were written.
        pointers: Files whose content is kept elsewhere by Git LFS; what was written is the pointer.
        modules: Paths of submodules; nothing was written there.
    """

    files: tuple[str, ...]
    pointers: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass
class _Writing:
    target: Path
    limits: Limits
    files: list[str] = field(default_factory=list[str])
    links: dict[str, bytes] = field(default_factory=dict[str, bytes])
    pointers: list[str] = field(default_factory=list[str])
    modules: list[str] = field(default_factory=list[str])
    seen: int = 0
    total: int = 0


def export(
    mirror: Mirror, commit: str, directories: Sequence[str], target: Path, *, limits: Limits | None = None
) -> Exported:
    """Write some directories of a commit under `target`, each at its own path.

    Args:
        mirror: Where the commit is.
        commit: Its id.
        directories: Their paths; an empty one is the whole tree, one that is missing writes nothing. A file may be named too.
        target: An empty or missing directory. After a refusal it is removed.
        limits: How much may be written.

    Raises:
        RefusedError: `git.symlink`: a link leaves `target`; `git.too-large`; `git.path-clash`: two names are one on disk.
        InputError: `git.path`.
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    writing = _Writing(target, limits or Limits())
    target.mkdir(parents=True, exist_ok=True)
    try:
        for directory in outermost(d.strip("/") for d in directories):
            found = entry_at(mirror, commit, directory)
            if found is not None:
                for path, entry in _walk(mirror, writing, found, directory):
                    _write(mirror, writing, path, entry)
        _link(writing)
    except Error:
        shutil.rmtree(target, ignore_errors=True)
        raise
    files = tuple(sorted([*writing.files, *writing.links]))
    return Exported(files, tuple(writing.pointers), tuple(writing.modules))


def _walk(mirror: Mirror, writing: _Writing, entry: "Object", path: str) -> Iterator[tuple[str, "Object"]]:
    if path:
        check_path(path)
    _count(writing, path, 0)
    if entry.type_str != "tree":
        yield path, entry
        return
    with reading(mirror):
        below = list(children(cast("Tree", entry)))
    for name, part in below:
        yield from _walk(mirror, writing, part, f"{path}/{name}" if path else name)


def _write(mirror: Mirror, writing: _Writing, path: str, entry: "Object") -> None:
    mode = mode_of(entry)
    if mode == MODULE:
        writing.modules.append(path)
        return
    with reading(mirror):
        size = cast("Blob", entry).size
    _count(writing, path, size)
    data = data_of(mirror, entry)
    if mode == LINK:
        writing.links[path] = data
        return
    _put(writing.target / path, data, path)
    if mode == EXECUTABLE:
        (writing.target / path).chmod(0o755)
    writing.files.append(path)
    if data.startswith(_LFS):
        writing.pointers.append(path)


def _put(file: Path, data: bytes, path: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as out:
            out.write(data)
    except (FileExistsError, NotADirectoryError) as e:
        raise _clash(path) from e


def _count(writing: _Writing, path: str, size: int) -> None:
    """Stop before a repository made to fill the disk does: huge, endlessly deep, or endlessly wide."""
    writing.total += size
    writing.seen += size == 0
    limits = writing.limits
    if size > limits.file:
        raise too_large(path, size, limits.file)
    if writing.total > limits.total or writing.seen > limits.files or path.count("/") > _DEPTH:
        raise RefusedError(
            f"too much to export: at {printable(path)} it is {writing.seen} files and {writing.total} bytes",
            code="git.too-large",
            hint=f"Keep configuration apart: at most {limits.files} files, {limits.file} bytes each and {limits.total} in all.",
            where=path,
        )


def _link(writing: _Writing) -> None:
    for path, data in writing.links.items():
        place = writing.target / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.fsdecode(data))
        except (FileExistsError, NotADirectoryError, ValueError) as e:
            raise _clash(path) from e
    root = os.path.realpath(writing.target)
    for path, data in writing.links.items():
        inside = os.path.realpath(writing.target / path)
        if data.startswith(b"/") or os.path.commonpath([root, inside]) != root:
            raise RefusedError(
                f"{printable(path)} is a symbolic link that leaves the exported directory: {printable(os.fsdecode(data))}",
                code="git.symlink",
                hint="Put the file there instead of a link.",
                where=path,
            )


def _clash(path: str) -> RefusedError:
    return RefusedError(
        f"{printable(path)} cannot be written: another name is the same on this file system",
        code="git.path-clash",
        where=path,
    )
