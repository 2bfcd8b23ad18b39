"""The source as a Git work tree on this machine: what is committed, and nothing that only happens to lie beside it.

The files of a build are taken from the commit, not from the directory: what Git ignores, another umask and line ends of
another machine would make another image of the same commit. An ignored file that an image needs (a program
compiled before) is named in the service's `inputs`, and its content counts then.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from vivido.build.interface import Facts
from vivido.errors import InputError, ToolError
from vivido.git.command import git
from vivido.text.redact import printable, redact, without_userinfo

_MODULE = "160000"


class WorkTreeSource:
    """A `Source` on a directory that holds a checked-out commit; see `vivido.build.interface.Source`.

    Args:
        root: The repository's top directory.
        scratch: An empty directory that may be written to while it is used.
    """

    def __init__(self, root: Path, scratch: Path) -> None:
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
        return Facts(commit, int(seconds), self._dirty(), self._url())

    def contents(self, paths: tuple[str, ...]) -> dict[str, str]:
        """Return the files below some paths with mode and object id, or the hash of what is ignored.

        Raises:
            InputError: `build.no-input`: a path is neither committed nor there.
            ToolError: `build.git`.
        """
        found = dict[str, str]()
        for path in paths:
            committed = {file: f"{mode} {id_}" for mode, id_, file in self._listed(path)}
            found |= committed or {file: _hashed(self.root / file) for file in self._ignored(path)}
        return found

    def export(self, paths: tuple[str, ...], into: Path) -> None:
        """Write the same files below `into`.

        Raises:
            InputError: `build.no-input`, `build.submodule`: a submodule is not checked out.
            ToolError: `build.git`.
        """
        into.mkdir(parents=True, exist_ok=True)
        committed = [path for path in paths if any(self._listed(path))]
        if committed:
            _checkout(self.root, "HEAD", committed, into, self._scratch / "git")
        for path in paths:
            if path not in committed:
                for file in self._ignored(path):
                    (into / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(self.root / file, into / file)
                    (into / file).chmod(0o755 if _executable(self.root / file) else 0o644)
        _level(into)

    def _dirty(self) -> tuple[str, ...]:
        done = _ask(self.root, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        return tuple(printable(line[3:]) for line in done.split("\0") if line)

    def _url(self) -> str:
        url = git(["config", "--get", "remote.origin.url"], directory=self.root).text.strip()
        # A path of this machine tells nobody where the source is.
        return without_userinfo(url) if "://" in url or (":" in url and not url.startswith(("/", "."))) else ""

    def _listed(self, path: str) -> Iterator[tuple[str, str, str]]:
        return _listed(self.root, "HEAD", [path])

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


def _ask(root: Path, *args: str) -> str:
    done = git(args, directory=root)
    if done.returncode != 0:
        raise _failed(args[0], done.complaint)
    return done.stdout.decode("utf-8", "surrogateescape")


def _failed(what: str, complaint: str) -> ToolError:
    return ToolError(f"git {what} failed: {printable(redact(complaint))}", code="build.git")


def _listed(root: Path, commit: str, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield mode, object id and path of the committed files below some paths."""
    listing = _ask(root, "ls-tree", "-r", "-z", commit, "--", *(path or "." for path in paths))
    for line in listing.split("\0"):
        if line:
            head, _, file = line.partition("\t")
            mode, _, id_ = head.split()
            yield mode, id_, file


def _checkout(root: Path, commit: str, paths: Sequence[str], into: Path, repository: Path) -> None:
    """Write files of a commit by a repository of our own that borrows the objects: the user's index stays untouched."""
    objects = _ask(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
    tree = _ask(root, "rev-parse", f"{commit}:./").strip()
    _ask(into, "init", "--quiet", "--bare", "--template=", str(repository))
    (repository / "objects/info").mkdir(parents=True, exist_ok=True)
    (repository / "objects/info/alternates").write_text(f"{objects}\n", encoding="utf-8")
    entries = list(_listed(root, commit, paths))
    _write(repository, tree, [file for mode, _, file in entries if mode != _MODULE], into)
    shutil.rmtree(repository)
    for mode, id_, file in entries:
        if mode == _MODULE:
            if not (root / file / ".git").exists():
                raise InputError(
                    f"the submodule {file} is not checked out",
                    code="build.submodule",
                    hint="Run `git submodule update --init --recursive`.",
                )
            (into / file).mkdir(parents=True, exist_ok=True)
            _checkout(root / file, id_, [""], into / file, repository)


def _write(repository: Path, tree: str, files: list[str], into: Path) -> None:
    config = ("core.bare=false", "core.symlinks=true", "core.autocrlf=false", "core.fileMode=true")
    names = "\0".join(files).encode("utf-8", "surrogateescape")
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
    return f"{'100755' if _executable(file) else '100644'} sha256:{digest}"


def _executable(file: Path) -> bool:
    return bool(file.stat().st_mode & 0o100)


def _level(into: Path) -> None:
    """Give every file the mode that Git knows, whatever this machine's umask is."""
    for path in (into, *into.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _executable(path) else 0o644)
