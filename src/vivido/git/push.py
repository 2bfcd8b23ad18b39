"""Push by compare-and-swap: a branch moves from the commit that was seen to one that contains it, or not at all."""

from dataclasses import dataclass

from vivido.crashpoint import crashpoint
from vivido.errors import InputError, NotFoundError, RefusedError
from vivido.git.address import branch_ref, local_path
from vivido.git.failure import brief, explain, said
from vivido.git.mirror import Mirror
from vivido.git.read import is_ancestor
from vivido.process import Completed

_ARGS = (
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    "--no-recurse-submodules",
    "--no-force-if-includes",
)
# A person works in that repository: its files follow the branch, and Git refuses where they have unsaved changes.
_WORK_TREE = "--receive-pack=git -c receive.denyCurrentBranch=updateInstead receive-pack"

_MOVED = (
    "stale info",
    "non-fast-forward",
    "fetch first",
    "failed to update ref",
    "cannot lock ref",
    "incorrect old value provided",
    "reference already exists",
    "needs force",
    "failed to lock",
)
_DIRTY = ("unstaged changes", "staged changes", "update working tree", "untracked working tree", "working directory")


@dataclass(frozen=True)
class Pushed:
    """The branch is at the commit now.

    Attributes:
        commit: Its id.
    """

    commit: str


@dataclass(frozen=True)
class Moved:
    """Somebody else was faster; nothing was changed.

    Attributes:
        tip: Where the branch is now; None where it is gone.
    """

    tip: str | None


@dataclass(frozen=True)
class Refused:
    """The server took the push and said no; nothing was changed.

    Attributes:
        why: What it said, without secrets and control characters.
        code: `git.push-refused`, or `git.work-tree-dirty`.
        hint: What to do next.
    """

    why: str
    code: str = "git.push-refused"
    hint: str = "Ask who looks after that repository, or let the account push to that branch."

    def error(self, where: str) -> RefusedError:
        """Return it as an error.

        Args:
            where: The repository as people may see it.
        """
        return RefusedError(f"{where} refused the push: {self.why}", code=self.code, hint=self.hint, where=where)


def push(mirror: Mirror, branch: str, commit: str, expected_parent: str | None) -> Pushed | Moved | Refused:
    """Move a branch from one commit to another that contains it.

    Args:
        mirror: Where both commits are.
        branch: Its short name.
        commit: What it shall be at.
        expected_parent: What it is at; None where it must not exist yet.

    Raises:
        InputError: `git.not-forward`: `commit` does not contain `expected_parent`; it would rewrite history. `git.ref`.
        UnreachableError: `git.unreachable`, `git.timeout`. The push may have happened: look for the commit.
        ForbiddenError: `git.unauthorized`, `git.forbidden`, `git.host-key`.
        NotFoundError: `git.no-repository`, `git.no-commit`.
    """
    ref = branch_ref(branch)
    if expected_parent is not None and not is_ancestor(mirror, expected_parent, commit):
        raise InputError(
            f"{commit[:12]} does not contain {expected_parent[:12]}: history is never rewritten", code="git.not-forward"
        )
    result = push_ref(mirror, ref, commit, expected_parent)
    if isinstance(result, Pushed):
        mirror.remember(branch, commit)
    elif isinstance(result, Moved):
        return Moved(_tip(mirror, branch))
    return result


def push_ref(mirror: Mirror, ref: str, new: str | None, expected: str | None) -> Pushed | Moved | Refused:
    """Move any ref from one object to another, if it is where it is expected; no check of ancestry.

    Args:
        mirror: Where the new object is.
        ref: Its full name, checked.
        new: Object id; None deletes the ref.
        expected: Object id; None where it must not exist.

    Returns:
        `Moved` without a tip where the ref is not at `expected`.

    Raises:
        Error: As `push`.
    """
    lease = f"--force-with-lease={ref}:{expected or ''}"
    path = local_path(mirror.url)
    receive = [_WORK_TREE] if path is not None and (path / ".git").exists() else []
    crashpoint("git.push.before")
    done = mirror.run_unchecked(*_ARGS, lease, *receive, "--end-of-options", mirror.url, f"{new or ''}:{ref}")
    result = _judge(done, ref, new or "")
    if result is None:
        raise explain(done, mirror.url)
    if isinstance(result, Pushed):
        crashpoint("git.push.after")
    return result


def _judge(done: Completed, ref: str, commit: str) -> Pushed | Moved | Refused | None:
    """Read the line that `git push --porcelain` writes for the ref; None where there is none."""
    for line in done.text.splitlines():
        flag, _, rest = line.partition("\t")
        names, _, summary = rest.partition("\t")
        if not names.endswith(f":{ref}"):
            continue
        if flag in (" ", "+", "*", "=", "-"):
            return Pushed(commit)
        return _rejected(done, summary)
    return None


def _rejected(done: Completed, summary: str) -> Moved | Refused | None:
    reason = summary.lower()
    if any(word in reason for word in _DIRTY):
        return Refused(
            f"its work tree has changes that are not committed ({summary})",
            code="git.work-tree-dirty",
            hint="Commit or stash the changes there, then try again.",
        )
    if any(word in reason for word in _MOVED):
        return Moved(None)
    if "remote failure" in reason:
        return None
    text = said(done)
    told = [line.removeprefix("remote:").strip() for line in text.splitlines() if line.startswith("remote:")]
    return Refused("; ".join([line for line in told if line][:20]) or brief(summary or text))


def _tip(mirror: Mirror, branch: str) -> str | None:
    try:
        return mirror.fetch(branch)
    except NotFoundError as e:
        if e.code == "git.no-branch":
            return None
        raise
