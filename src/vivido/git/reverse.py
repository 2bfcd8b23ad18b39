"""Undo commits without rewriting history: what exactly they changed is changed back, later edits stay.

Commits are undone one after the other, the newest first, each as a three-way merge per file: what the commit left is the
ancestor, what was before it is what we want, what the branch has now is what we have.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse
from typing import TYPE_CHECKING, cast

from vivido.git.blame import last_change
from vivido.git.commit import Content, Kept
from vivido.git.merge import Overlap, lines_of, merge
from vivido.git.mirror import Mirror
from vivido.git.objects import EXECUTABLE, FILE, commit_of, entry_at, mode_of, reading

if TYPE_CHECKING:
    from pygit2 import Blob, Commit

_BINARY_LOOK = 8000
"""Git's own rule (`buffer_is_binary`): a NUL byte in the first 8,000 makes a file binary."""


@dataclass(frozen=True)
class Conflict:
    """Lines that were changed again after the commit that is to be undone.

    Attributes:
        path: The file.
        line: Where in the branch's file, from 1.
        ours: What stands there now; empty where it was deleted.
        theirs: What undoing would put there; empty where it would delete them.
        commit: Who changed them last: the commit's id, empty where it cannot be told.
        author: `name <email>` of that commit.
        undoing: The commit that was to be undone.
    """

    path: str
    line: int
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    commit: str
    author: str
    undoing: str


@dataclass(frozen=True)
class Reversal:
    """What undoes the commits.

    Attributes:
        edits: Contents by path, for `vivido.git.commit.commit_files`. Empty where nothing of theirs is left.
        discarded: Places where edits of others are thrown away because that was asked for.
    """

    edits: dict[str, Content]
    discarded: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class Conflicts:
    """The commits cannot be undone without throwing away what others wrote; nothing was changed.

    Attributes:
        found: Every place, by path and line.
    """

    found: tuple[Conflict, ...]


@dataclass
class _Undoing:
    mirror: Mirror
    tip: str
    state: dict[str, Kept | None] = field(default_factory=dict[str, "Kept | None"])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])

    def now(self, path: str) -> Kept | None:
        return self.state[path] if path in self.state else _kept(self.mirror, self.tip, path)


def reverse(
    mirror: Mirror,
    base_tip: str,
    commits_to_undo: Sequence[str],
    *,
    discard: bool = False,
    leave: Callable[[str], bool] = lambda path: False,
    lies: Callable[[str, str], Sequence[str]] = lambda commit, path: (path,),
) -> Reversal | Conflicts:
    """Say what to edit on a branch so that some of its commits are undone.

    Args:
        mirror: Of the repository.
        base_tip: The branch's tip.
        commits_to_undo: Ids of commits that it contains, in any order; others are ignored. Of a merge, what it brought to
            its first parent.
        discard: Where others changed the same lines since, take what the file was before the commit instead of refusing.
        leave: Says which paths are left as they are.
        lies: Says where on the branch a file of one of the commits lies now; nowhere: what it did there is left as it is.

    Raises:
        NotFoundError: `git.no-commit`.
        IntegrityError: `git.mirror-damaged`.
    """
    undoing = _Undoing(mirror, base_tip)
    for commit in _newest_first(mirror, base_tip, commits_to_undo):
        for path in _paths(mirror, commit):
            for now in filterfalse(leave, lies(str(commit.id), path)):
                _undo_file(undoing, commit, path, now)
    found = tuple(sorted(undoing.conflicts, key=lambda c: (c.path, c.line, c.undoing)))
    if found and not discard:
        return Conflicts(found)
    edits: dict[str, Content] = {p: k for p, k in undoing.state.items() if k != _kept(mirror, base_tip, p)}
    return Reversal(edits, found)


def _newest_first(mirror: Mirror, tip: str, wanted: Sequence[str]) -> Iterator["Commit"]:
    import pygit2  # loaded late, see mirror._open

    left = {str(commit_of(mirror, c).id) for c in wanted}
    start = commit_of(mirror, tip).id
    with reading(mirror):
        # A child comes before its parents, whatever their clocks say.
        for commit in mirror.objects.walk(start, pygit2.enums.SortMode.TOPOLOGICAL):
            if not left:
                return
            if str(commit.id) in left:
                left.remove(str(commit.id))
                yield commit


def _paths(mirror: Mirror, commit: "Commit") -> list[str]:
    with reading(mirror):
        tree = commit.tree
        diff = commit.parents[0].tree.diff_to_tree(tree) if commit.parents else tree.diff_to_tree(swap=True)
        return sorted({os.fsdecode(f.raw_path) for d in diff.deltas for f in (d.old_file, d.new_file)})


def _undo_file(undoing: _Undoing, commit: "Commit", path: str, lies: str) -> None:
    """Undo what a commit did to a file.

    Args:
        undoing: What was done so far.
        commit: The commit.
        path: The file's path in it.
        lies: Its path on the branch now.
    """
    mirror, undone = undoing.mirror, str(commit.id)
    after, now = _kept(mirror, undone, path), undoing.now(lies)
    before = _kept(mirror, str(commit.parent_ids[0]), path) if commit.parent_ids else None
    result = _merged(mirror, before, after, now)
    if isinstance(result, tuple):
        touched = lies in undoing.state
        undoing.conflicts += [_conflict(undoing, undone, lies, overlap, touched) for overlap in result]
        result = before
    undoing.state[lies] = result


def _merged(
    mirror: Mirror, before: Kept | None, after: Kept | None, now: Kept | None
) -> Kept | tuple[Overlap, ...] | None:
    if now == after:
        return before
    if before in (now, after):
        return now
    texts = [_text(mirror, kept) for kept in (after, now, before)]
    if before is None or after is None or now is None or None in texts:
        return (Overlap(0, _shown(mirror, now), _shown(mirror, before)),)
    result = merge(*cast("list[bytes]", texts))
    if isinstance(result, tuple):
        return result
    mode = before.mode if now.mode == after.mode else now.mode
    with reading(mirror):
        return Kept(mode, str(mirror.objects.create_blob(result)))


def _kept(mirror: Mirror, commit: str, path: str) -> Kept | None:
    entry = entry_at(mirror, commit, path)
    # Where a directory has taken the place, the file is gone.
    return None if entry is None or entry.type_str == "tree" else Kept(mode_of(entry), str(entry.id))


def _text(mirror: Mirror, kept: Kept | None) -> bytes | None:
    if kept is None or kept.mode not in (FILE, EXECUTABLE):
        return None
    with reading(mirror):
        data = cast("Blob", mirror.objects[kept.id]).data
    return None if b"\0" in data[:_BINARY_LOOK] else data


def _shown(mirror: Mirror, kept: Kept | None) -> tuple[bytes, ...]:
    if kept is None:
        return ()
    data = _text(mirror, kept)
    return (f"[{kept.id[:12]}, no text]".encode(),) if data is None else tuple(lines_of(data))


def _conflict(undoing: _Undoing, undone: str, path: str, overlap: Overlap, touched: bool) -> Conflict:
    lines = None if touched else (overlap.start, len(overlap.ours))
    commit, author = last_change(undoing.mirror, undoing.tip, undone, path, lines)
    return Conflict(path, overlap.start + 1, _decode(overlap.ours), _decode(overlap.theirs), commit, author, undone)


def _decode(lines: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "replace").rstrip("\r\n") for line in lines)
