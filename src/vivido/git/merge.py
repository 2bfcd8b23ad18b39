"""Three-way merge of text, line by line: what two sides changed against a common ancestor.

Unlike `git merge-file`, changes of neighbouring lines do not conflict: only the same lines do. A promotion changes one line of a
list, people change the line beside it, and both are meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines `[start, end)` of the ancestor that one side replaced by `lines`."""

    start: int
    end: int
    lines: tuple[bytes, ...]


@dataclass(frozen=True)
class Overlap:
    """Where both sides changed the same lines differently.

    Attributes:
        start: First line in our text, from 0.
        ours: What we have there.
        theirs: What they have there.
    """

    start: int
    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]


def lines_of(data: bytes) -> list[bytes]:
    """Split bytes after each line feed, and nowhere else; joined again they are the same bytes."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def hunks(old: bytes, new: bytes) -> list[Hunk]:
    """Return what changes `old` into `new`, in order, without context."""
    import pygit2  # loaded late, see mirror._open

    flags = pygit2.enums.DiffOption.FORCE_TEXT | pygit2.enums.DiffOption.INDENT_HEURISTIC
    patch = pygit2.Patch.create_from(old, new, context_lines=0, flag=flags)
    after = lines_of(new)
    found: list[Hunk] = []
    for hunk in patch.hunks:
        # A side without lines names the line before it (unified diff format), so its start needs no "- 1".
        start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        first = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        found.append(Hunk(start, start + hunk.old_lines, tuple(after[first : first + hunk.new_lines])))
    return found


def merge(ancestor: bytes, ours: bytes, theirs: bytes) -> bytes | tuple[Overlap, ...]:
    """Apply to our text what they changed against the ancestor.

    Returns:
        The merged text, or every place where both changed the same lines differently.
    """
    if ours in (ancestor, theirs):
        return theirs
    if theirs == ancestor:
        return ours
    base, mine, yours = lines_of(ancestor), hunks(ancestor, ours), hunks(ancestor, theirs)
    overlaps = [_overlap(base, mine, group) for group in _collisions(mine, yours)]
    if overlaps:
        return tuple(overlaps)
    return _join(base, sorted({*mine, *yours}))


@dataclass
class _Group:
    mine: list[Hunk]
    yours: list[Hunk]


def _collide(a: Hunk, b: Hunk) -> bool:
    if a == b:
        return False
    if a.start == a.end and b.start == b.end:
        return a.start == b.start
    return a.start < b.end and b.start < a.end


def _collisions(mine: Sequence[Hunk], yours: Sequence[Hunk]) -> list[_Group]:
    """Collect hunks that touch the same lines, directly or through one another."""
    groups: list[_Group] = []
    for a in mine:
        hit = [b for b in yours if _collide(a, b)]
        if not hit:
            continue
        if groups and any(b in groups[-1].yours for b in hit):
            groups[-1].mine.append(a)
            groups[-1].yours.extend(b for b in hit if b not in groups[-1].yours)
        else:
            groups.append(_Group([a], hit))
    return groups


def _overlap(base: Sequence[bytes], mine: Sequence[Hunk], group: _Group) -> Overlap:
    every = [*group.mine, *group.yours]
    start, end = min(h.start for h in every), max(h.end for h in every)
    shift = sum(len(h.lines) - (h.end - h.start) for h in mine if h.end <= start and h not in group.mine)
    here = _apply(base, start, end, group.mine)
    return Overlap(start + shift, here, _apply(base, start, end, group.yours))


def _apply(base: Sequence[bytes], start: int, end: int, changes: Sequence[Hunk]) -> tuple[bytes, ...]:
    out: list[bytes] = []
    at = start
    for hunk in changes:
        out += [*base[at : hunk.start], *hunk.lines]
        at = hunk.end
    return (*out, *base[at:end])


def _join(base: Sequence[bytes], changes: Sequence[Hunk]) -> bytes:
    out = _apply(base, 0, len(base), changes)
    # What was the last line, without a line feed, may stand in the middle now.
    return b"".join(line if line.endswith(b"\n") or i == len(out) - 1 else line + b"\n" for i, line in enumerate(out))
