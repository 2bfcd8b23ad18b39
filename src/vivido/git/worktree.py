"""Ask a person's own clone what it is. Nothing is changed there, not even its index."""

import os
from collections.abc import Sequence
from pathlib import Path

from vivido.errors import NotFoundError
from vivido.git.command import git
from vivido.git.failure import explain, said
from vivido.text.redact import printable

_NO_REMOTE = 2
"""What `git remote` ends with where it is in a repository without such a remote (git-remote(1), exit status)."""


def toplevel(directory: Path) -> Path:
    """Return the top directory of the work tree that a directory is in.

    Raises:
        NotFoundError: `git.no-work-tree`: it is in none.
        ToolError: `git.failed`, `tool.missing`.
    """
    return Path(os.fsdecode(_ask(directory, "rev-parse", "--show-toplevel").removesuffix(b"\n")))


def head_commit(directory: Path) -> str | None:
    """Return the commit that is checked out; None before the first one.

    Raises:
        NotFoundError: `git.no-work-tree`.
        ToolError: `git.failed`, `tool.missing`.
    """
    return _ask_for(directory, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")


def current_branch(directory: Path) -> str | None:
    """Return the name of the branch that is checked out; None where it is none.

    Raises:
        NotFoundError: `git.no-work-tree`.
        ToolError: `git.failed`, `tool.missing`.
    """
    return _ask_for(directory, "symbolic-ref", "--quiet", "--short", "HEAD")


def dirty(directory: Path, paths: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the files that differ from the commit that is checked out, sorted: changed, staged, deleted or untracked.

    Args:
        directory: A work tree, or a directory in one.
        paths: Files and directories, from the work tree's top; empty for all. What `.gitignore` names is no difference.

    Raises:
        NotFoundError: `git.no-work-tree`.
        ToolError: `git.failed`, `tool.missing`.
    """
    top = toplevel(directory)
    wanted = [f":(top,literal){path}" for path in paths]
    out = _ask(top, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *wanted)
    return tuple(sorted(os.fsdecode(record[3:]) for record in out.split(b"\0") if record))


def origin_url(directory: Path, remote: str = "origin") -> str | None:
    """Return where a clone's remote fetches from, as Git rewrites it (`insteadOf`); None where it has none of that name.

    It may hold a user's name; show it through `vivido.git.address.display`.

    Raises:
        NotFoundError: `git.no-work-tree`.
        ToolError: `git.failed`, `tool.missing`.
    """
    done = git(["remote", "get-url", "--end-of-options", remote], directory=directory)
    if done.returncode == 0:
        return done.text.strip()
    if done.returncode != _NO_REMOTE:
        toplevel(directory)
    return None


def remote_branches(directory: Path, remote: str = "origin") -> tuple[str, ...]:
    """Return the branches of a clone's remote as they were last fetched, by their short names, sorted; none outside of a clone.

    Raises:
        ToolError: `tool.missing`.
    """
    prefix = f"refs/remotes/{remote}/"
    done = git(["for-each-ref", "--format=%(refname)", prefix], directory=directory)
    names = [line.removeprefix(prefix) for line in done.text.splitlines()] if done.returncode == 0 else []
    return tuple(sorted(name for name in names if name != "HEAD"))


def branch_has(directory: Path, branch: str, path: str, remote: str = "origin") -> bool:
    """Say whether a remote's branch, as it was last fetched, has a file or directory at a path from the work tree's top.

    Raises:
        ToolError: `tool.missing`.
    """
    name = f"refs/remotes/{remote}/{branch}:{'' if path == '.' else path}"
    return git(["cat-file", "-e", "--end-of-options", name], directory=directory).returncode == 0


def user(directory: Path) -> tuple[str, str] | None:
    """Return name and e-mail address that Git would commit with; None where neither is configured. It proves nothing.

    Raises:
        ToolError: `tool.missing`.
    """
    done = git(["var", "GIT_AUTHOR_IDENT"], directory=directory, config=["user.useConfigOnly=true"])
    name, bracket, rest = done.text.partition(" <")
    return (name, rest.partition(">")[0]) if done.returncode == 0 and bracket else None


def _ask_for(directory: Path, *args: str) -> str | None:
    """Return what git prints; None where it has nothing to say, in a work tree."""
    done = git(args, directory=directory)
    if done.returncode == 0:
        return done.text.strip()
    toplevel(directory)
    return None


def _ask(directory: Path, *args: str) -> bytes:
    done = git(args, directory=directory)
    if done.returncode == 0:
        return done.stdout
    text = said(done)
    if "not a git repository" in text or "must be run in a work tree" in text or "cannot change to" in text:
        raise NotFoundError(
            f"{printable(str(directory))} is in no Git work tree",
            code="git.no-work-tree",
            hint="Go to a clone of the repository, or make one: git init.",
        )
    raise explain(done, str(directory))
