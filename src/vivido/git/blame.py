"""Who changed lines last."""

from typing import TYPE_CHECKING

from vivido.git.history import history
from vivido.git.mirror import Mirror
from vivido.git.objects import oid, reading

if TYPE_CHECKING:
    from vivido.git.history import CommitInfo


def last_change(mirror: Mirror, tip: str, since: str, path: str, lines: tuple[int, int] | None) -> tuple[str, str]:
    """Return the commit after `since` that last changed some lines of a file, and its author as `name <email>`.

    Args:
        mirror: Of the repository.
        tip: The branch's tip.
        since: An older commit; what it contains is not asked for.
        path: The file.
        lines: First line (from 0) and number of lines in the file at `tip`; None, or no lines, where they cannot be told: then
            the newest commit that changed the file.

    Returns:
        Two empty strings where no commit changed it.
    """
    commits = {c.id: c for c in history(mirror, since, tip, (path,))}
    if lines is not None and lines[1] > 0:
        blamed = _blamed(mirror, tip, since, path, lines)
        for commit in commits.values():
            if commit.id in blamed:
                return _named(commit)
    return next((_named(c) for c in commits.values()), ("", ""))


def _blamed(mirror: Mirror, tip: str, since: str, path: str, lines: tuple[int, int]) -> set[str]:
    first, count = lines
    with reading(mirror):
        blame = mirror.objects.blame(
            path, newest_commit=oid(tip), oldest_commit=oid(since), min_line=first + 1, max_line=first + count
        )
        return {str(hunk.final_commit_id) for hunk in blame}


def _named(commit: "CommitInfo") -> tuple[str, str]:
    return commit.id, f"{commit.author.name} <{commit.author.email}>"
