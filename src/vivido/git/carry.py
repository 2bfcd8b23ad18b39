"""Files of a commit as Git has them, and bringing commits from one repository into another."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from vivido.crashpoint import crashpoint
from vivido.git.address import branch_ref
from vivido.git.command import git
from vivido.git.commit import Kept
from vivido.git.failure import explain
from vivido.git.mirror import Mirror
from vivido.git.objects import children, commit_of, entry_at, mode_of, reading

if TYPE_CHECKING:
    from pygit2 import Object, Tree


def files_below(mirror: Mirror, commit: str, path: str) -> dict[str, Kept]:
    """Return a file, or every file in a directory, by path; an empty path is the whole tree. Empty where there is nothing.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    found: dict[str, Kept] = {}
    todo: list[tuple[str, Object]] = []
    start = entry_at(mirror, commit, path) if path else commit_of(mirror, commit).tree
    if start is not None:
        todo.append((path, start))
    with reading(mirror):
        while todo:
            at, entry = todo.pop()
            if entry.type_str == "tree":
                todo += [(f"{at}/{name}" if at else name, below) for name, below in children(cast("Tree", entry))]
            else:
                found[at] = Kept(mode_of(entry), str(entry.id))
    return found


def bring(source: Mirror, target: Mirror, commit: str) -> None:
    """Bring a commit of one mirror, with all that it contains, into another. Nothing is done where it is there.

    Raises:
        Error: As `git.failure.explain` says.
    """
    if source.path == target.path:
        return
    target.ensure()
    args = ["push", "--quiet", "--no-verify", "--", str(target.path), f"{commit}:refs/carried/{commit}"]
    done = git(args, directory=source.path, bare=True)
    if done.returncode != 0:
        raise explain(done, str(target.path))


def branch_here(directory: Path, branch: str) -> str:
    """Return the commit of a local branch of a clone; empty where it has no such branch.

    Raises:
        ToolError: `tool.missing`.
    """
    done = git(["rev-parse", "--quiet", "--verify", f"{branch_ref(branch)}^{{commit}}"], directory=directory)
    return done.text.strip() if done.returncode == 0 else ""


def make_branch_here(mirror: Mirror, directory: Path, branch: str, commit: str) -> None:
    """Make a local branch in a clone, at a commit of a mirror. Nothing that is there is moved.

    Raises:
        Error: As `git.failure.explain` says; a branch of that name that is there refuses.
    """
    ref = branch_ref(branch)
    crashpoint("git.branch.before")
    done = git(
        ["push", "--quiet", "--no-verify", f"--force-with-lease={ref}:", "--", str(directory), f"{commit}:{ref}"],
        directory=mirror.path,
        bare=True,
    )
    if done.returncode != 0:
        raise explain(done, str(directory))
    crashpoint("git.branch.after")
