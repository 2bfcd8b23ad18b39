"""Bob's clones and the bare repositories behind them: made and filled without being shown."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from demo.story import Shell

_IDENTITY = ("config user.name Bob", "config user.email bob@example.com", "config commit.gpgsign false")


def bare(shell: Shell, path: Path, branch: str) -> None:
    """Make an empty bare repository that takes pushes over HTTP, too."""
    shell.ask("git", "init", "--quiet", "--bare", f"--initial-branch={branch}", str(path))
    shell.ask("git", "-C", str(path), "config", "http.receivepack", "true")


def clone(shell: Shell, where: Path, branch: str, origin: str, settings: Sequence[str] = ()) -> None:
    """Make a work tree of a directory, which may have files, with Bob as its committer.

    Args:
        shell: Where Git runs.
        where: The directory.
        branch: Its first branch.
        origin: Where it pushes to.
        settings: What else `git config` is given, a setting and its value in each.
    """
    shell.ask("git", "init", "--quiet", f"--initial-branch={branch}", str(where))
    more = (f"config {setting}" for setting in settings)
    _all(shell, where, (f"remote add origin {shlex.quote(origin)}", *_IDENTITY, *more))


def publish(shell: Shell, where: Path, branch: str, message: str) -> None:
    """Commit everything that lies in a work tree, and push it as a branch that is followed from then on."""
    commit = f"commit --quiet --message {shlex.quote(message)}"
    _all(shell, where, ("add .", commit, f"push --quiet --set-upstream origin {branch}"))


def _all(shell: Shell, where: Path, commands: Sequence[str]) -> None:
    for command in commands:
        shell.ask("git", "-C", str(where), *shlex.split(command))
