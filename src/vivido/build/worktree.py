"""The source as a Git work tree on this machine: what is committed, and nothing that only happens to lie beside it.

The files of a build are taken from the commit, not from the directory: what Git ignores, another umask and line ends of
another machine would make another image of the same commit. An ignored file that an image needs (a program compiled
before) is named in the service's `inputs`, and its content counts then.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from vivido.build.interface import Facts
from vivido.errors import InputError, ToolError
from vivido.git.command import git
from vivido.git.worktree import dirty, origin_url
from vivido.process import OUTPUT_LIMIT
from vivido.text.redact import printable, redact, without_userinfo

_MODULE, _TREE = "160000", "040000"
_HASHED = "sha256:"
_VERSION_TAG = re.compile(r"v?(\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.+-]+)?)")
"""A tag that names a version: at least two numbers, and what SemVer lets follow."""


class WorkTreeSource:
    """A `Source` on a directory that holds a checked-out commit; see `vivido.build.interface.Source`.

    Args:
        root: The repository's top directory, or a directory in it: paths are named from here.
        scratch: A directory for what is needed while files are written; None: beside them.
    """

    def __init__(self, root: Path, scratch: Path | None = None) -> None:
        self.root, self._scratch = root, scratch

    def facts(self) -> Facts:
        """Say which commit it is, and what is changed.

        Raises:
            InputError: `build.no-commit`: there is no repository, or nothing is committed yet.
        """
        head = git(["log", "-1", "--no-show-signature", "--format=%H %ct"], directory=self.root)
        if head.returncode != 0 or not head.text.strip():
            raise InputError(
                f"{self.root} is no Git repository with a commit: {printable(redact(head.complaint))}",
                code="build.no-commit",
                hint="Commit first: an artifact is built from a commit.",
            )
        commit, seconds = head.text.split()
        return Facts(commit, int(seconds), tuple(map(printable, dirty(self.root))), self._url(), self._version())

    def contents(self, paths: tuple[str, ...]) -> dict[str, str]:
        """Return the files below some paths with mode and object id, or the hash of what is ignored.

        Raises:
            InputError: `build.no-input`: a path is neither committed nor there.
            ToolError: `build.git`.
        """
        found = dict[str, str]()
        for path in paths:
            committed = {file: f"{mode} {id_}" for mode, id_, file in _files(self.root, "HEAD", path)}
            found |= committed or {file: _hashed(self.root / file) for file in self._ignored(path)}
        return found

    def read(self, path: str) -> bytes | None:
        """Return a committed file's bytes, None where there is none."""
        done = git(["cat-file", "blob", f"HEAD:./{path}"], directory=self.root)
        return done.stdout if done.returncode == 0 else None

    def export(self, contents: Mapping[str, str], into: Path) -> None:
        """Write files below `into`.

        Raises:
            InputError: `build.submodule`: a submodule is not checked out.
            ToolError: `build.git`.
        """
        into.mkdir(parents=True, exist_ok=True)
        repository = (self._scratch or into.parent) / f"{into.name}.git"
        committed = {path: text.split()[0] for path, text in contents.items() if _HASHED not in text}
        _checkout(self.root, "HEAD", committed, into, repository)
        for file in (path for path in contents if path not in committed):
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / file, into / file)
            (into / file).chmod(0o755 if _executable(self.root / file) else 0o644)
        _level(into)

    def _version(self) -> str:
        """Return the highest version that a tag gives to this commit, without a leading `v`; empty where none does."""
        # With the suffix, 1.0.0-rc.1 comes before 1.0.0, as SemVer has it.
        order = ["tag", "--points-at", "HEAD", "--sort=-version:refname"]
        done = git(order, directory=self.root, config=["versionsort.suffix=-"])
        return next((found[1] for name in done.text.split() if (found := _VERSION_TAG.fullmatch(name))), "")

    def _url(self) -> str:
        url = origin_url(self.root) or ""
        # A path of this machine tells nobody where the source is.
        return without_userinfo(url) if "://" in url or (":" in url and not url.startswith(("/", "."))) else ""

    def _ignored(self, path: str) -> list[str]:
        place = self.root / path
        if place.is_dir():
            found = [p.relative_to(self.root).as_posix() for p in place.rglob("*") if p.is_file()]
        else:
            found = [path] if place.is_file() else []
        if not found or not place.resolve().is_relative_to(self.root.resolve()):
            raise InputError(
                f"{path} is neither committed nor a file in {self.root}",
                code="build.no-input",
                hint="Commit it, make it first, or take it out of the service's build.",
            )
        return sorted(found)


def _ask(root: Path, *args: str) -> bytes:
    done = git(args, directory=root)
    if done.returncode != 0:
        raise _failed(args[0], done.complaint)
    return done.stdout


def _failed(what: str, complaint: str) -> ToolError:
    return ToolError(f"git {what} failed: {printable(redact(complaint))}", code="build.git")


def _files(root: Path, commit: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, object id and path of the committed files below a path."""
    whole = _listed(root, commit, path, "-r")
    if whole is not None:
        yield from whole
        return
    # More than what is kept of a program's output: a directory at a time.
    for mode, id_, file in _listed(root, commit, f"{path}/" if path else "") or ():
        if mode == _TREE:
            yield from _files(root, commit, file)
        else:
            yield mode, id_, file


def _listed(root: Path, commit: str, path: str, *options: str) -> list[tuple[str, str, str]] | None:
    """Return the entries that `git ls-tree` names, None where there are too many of them."""
    where = ["--", path] if path else []
    listing = _ask(root, "ls-tree", "-z", *options, commit, *where)
    if len(listing) > OUTPUT_LIMIT:
        return None
    rows = (os.fsdecode(line).partition("\t") for line in listing.split(b"\0") if line)
    return [(head.split()[0], head.split()[2], file) for head, _, file in rows]


def _checkout(root: Path, commit: str, modes: Mapping[str, str], into: Path, repository: Path) -> None:
    """Write files of a commit by a repository of our own that borrows the objects: the user's index stays untouched."""
    objects = _ask(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").rstrip(b"\n")
    tree = _ask(root, "rev-parse", f"{commit}:./").decode().strip()
    _ask(into, "init", "--quiet", "--bare", "--template=", str(repository))
    (repository / "objects/info").mkdir(parents=True, exist_ok=True)
    (repository / "objects/info/alternates").write_bytes(objects + b"\n")
    _write(repository, tree, [file for file, mode in modes.items() if mode != _MODULE], into)
    shutil.rmtree(repository)
    for module in (file for file, mode in modes.items() if mode == _MODULE):
        if not (root / module / ".git").exists():
            raise InputError(
                f"the submodule {module} is not checked out",
                code="build.submodule",
                hint="Run `git submodule update --init --recursive`.",
            )
        pinned = _ask(root, "rev-parse", f"{commit}:./{module}").decode().strip()
        below = {file: mode for mode, _, file in _files(root / module, pinned, "")}
        (into / module).mkdir(parents=True, exist_ok=True)
        _checkout(root / module, pinned, below, into / module, repository)


def _write(repository: Path, tree: str, files: list[str], into: Path) -> None:
    config = ("core.bare=false", "core.symlinks=true", "core.autocrlf=false", "core.fileMode=true")
    names = os.fsencode("\0".join(files))
    steps: tuple[tuple[list[str], bytes], ...] = (
        (["read-tree", tree], b""),
        (["checkout-index", "--force", "--quiet", "-z", "--stdin"], names),
    )
    for args, stdin in steps:
        done = git([f"--work-tree={into}", *args], directory=repository, bare=True, config=config, stdin=stdin)
        if done.returncode != 0:
            raise _failed(args[0], done.complaint)


def _hashed(file: Path) -> str:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return f"{'100755' if _executable(file) else '100644'} {_HASHED}{digest}"


def _executable(file: Path) -> bool:
    return bool(file.stat().st_mode & 0o100)


def _level(into: Path) -> None:
    """Give every file the mode that Git knows, whatever this machine's umask is."""
    for path in (into, *into.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _executable(path) else 0o644)
