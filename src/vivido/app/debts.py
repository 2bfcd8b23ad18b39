"""What people committed directly on an environment's branch, and a promotion would undo: debts, and conflicts (semantics §2).

Judged by content, not by how Git would merge: a change counts as contained below where the tree that would be promoted has it, or
where the commit that made it is part of what was validated.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from vivido.app.ground import Ground, ground_of, is_own, went_back
from vivido.git.compose import differing, kept_at
from vivido.git.history import contained, describe
from vivido.git.merge import Overlap, merge
from vivido.git.read import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivido.git.commit import Content, Kept
    from vivido.git.history import CommitInfo
    from vivido.git.mirror import Mirror

_BINARY_LOOK = 8000
"""Git's own rule (`buffer_is_binary`): a NUL byte in the first 8,000 makes a file binary."""


Settled = Callable[[str, str, str], tuple[bytes, bytes] | None]
"""(path, base, imported) → the file at the base and at the tip without the difference of their images, where the images at the tip
are those that the commit `imported` took in; None where they are not, or cannot be told."""


class Made(msgspec.Struct, frozen=True):
    """A commit that changed a file."""

    id: str
    subject: str
    author: str
    """`name <email>`."""


class Debt(msgspec.Struct, frozen=True):
    """One file that people changed on the environment's branch, and that the promotion would change back."""

    path: str
    line: int
    """Where in the branch's file, from 1; 0 where the whole file is meant."""
    here: tuple[Made, ...]
    """The commits on the branch that are not contained below, newest first."""
    below: tuple[Made, ...] = ()
    """The commits below that changed the same file since the last promotion: then it is a conflict."""
    lines: tuple[str, ...] = ()
    """What stands there on the branch, where both sides changed the same lines."""
    theirs: tuple[str, ...] = ()
    """What would stand there."""


class Question(msgspec.Struct, frozen=True):
    """A promotion, as far as debts are concerned."""

    environment: str
    tip: str
    """The branch's tip."""
    validated: str
    """The commit that shall be promoted."""
    owned: "Callable[[str], bool]"
    """Says which files belong to the environment: people may change them on its branch."""
    wanted: "Mapping[str, Content]"
    """What the promotion would change on the branch: contents by path."""
    settled: "Settled | None" = None
    """Takes out what an import took in."""
    imported: str = ""
    """The commit that the record says was taken in, where no commit of the branch says so; empty where none was."""


class _Side(msgspec.Struct, frozen=True):
    """What people made of a tree that stood on the branch once, and still mean."""

    ground: Ground
    tip: str
    """The commit up to which they did."""
    undone: str = ""
    """The commit that took the tree back; empty where it stands."""


def debts(mirror: "Mirror", asked: Question) -> tuple[Debt, ...]:
    """Return every file in which the promotion would undo what people committed on the branch, in the order of their paths."""
    found: dict[str, Debt] = {}
    for side in _sides(mirror, asked):
        found = {**_debts_of(mirror, asked, side), **found}
    return tuple(found[path] for path in sorted(found))


def _sides(mirror: "Mirror", asked: Question) -> "Iterator[_Side]":
    """Yield what stands, and each promotion that was taken back since.

    Against what stands nothing is left of a line that a promotion brought, people removed, and the way back had no need to remove;
    against the promotion that brought it, it is.
    """
    stands = ground_of(mirror, asked.environment, asked.tip, asked.validated)
    yield _Side(stands, asked.tip)
    for undone in went_back(mirror, asked.environment, asked.tip, stands.base):
        before = describe(mirror, undone).parents[0]
        ground = ground_of(mirror, asked.environment, before, asked.validated)
        if ground.validated:
            yield _Side(ground, before, undone)


def _debts_of(mirror: "Mirror", asked: Question, side: _Side) -> dict[str, Debt]:
    ground = side.ground
    suspects = {
        path: base
        for path, (base, here) in _edited(mirror, ground, side.tip).items()
        if not asked.owned(path) and path in asked.wanted and not _same(mirror, asked.wanted[path], here)
    }
    if not suspects:
        return {}
    here = _makers(mirror, side.tip, (*ground.known, asked.validated), suspects)
    below = _makers(mirror, asked.validated, [c for c in (ground.validated or ground.base,) if c], suspects)
    found = {path: _debt(mirror, asked, side, path, base, here[path], below[path]) for path, base in suspects.items()}
    return {path: debt for path, debt in found.items() if debt is not None}


def _edited(mirror: "Mirror", ground: Ground, tip: str) -> "dict[str, tuple[Kept | None, Kept | None]]":
    """Return what people changed on the branch since it was what it stands on."""
    if ground.base:
        return differing(mirror, ground.base, tip)
    from vivido.git.read import changed

    return {path: (None, kept_at(mirror, tip, path)) for path in changed(mirror, None, tip)}


def _debt(
    mirror: "Mirror",
    asked: Question,
    side: _Side,
    path: str,
    base: "Kept | None",
    here: tuple[Made, ...],
    below: tuple[Made, ...],
) -> Debt | None:
    if not here:
        return None  # Every commit that changed it is part of what was validated.
    now, wanted = kept_at(mirror, side.tip, path), asked.wanted[path]
    ancestor, ours, theirs = (_text(mirror, content) for content in (base, now, wanted))
    if _mode_is_lost(base, now, wanted) or ancestor is None or ours is None or theirs is None:
        return Debt(path, 0, here, below)
    imported = side.ground.imported or ("" if side.ground.validated else asked.imported)
    if asked.settled is not None and imported:
        ancestor, ours = asked.settled(path, side.ground.base, imported) or (ancestor, ours)
    if side.undone:
        later = _with_later_edits(mirror, asked.tip, side, path, ours)
        if later is None:
            return Debt(path, 0, here, below)
        ours = later
    merged = merge(ancestor, ours, theirs)
    if merged == theirs:
        return None  # What was promoted has the change already, by another commit.
    if isinstance(merged, tuple):
        first: Overlap = merged[0]
        return Debt(path, first.start + 1, here, below, _decode(first.ours), _decode(first.theirs))
    return Debt(path, _first_difference(ours, ancestor), here, below)


def _with_later_edits(mirror: "Mirror", tip: str, side: _Side, path: str, ours: bytes) -> bytes | None:
    """Apply what was edited since a promotion was taken back to what stood before that; None where that cannot be done."""
    after, now = (_text(mirror, kept_at(mirror, commit, path)) for commit in (side.undone, tip))
    if after is None or now is None:
        return None
    merged = merge(after, ours, now)
    return merged if isinstance(merged, bytes) else None


def _mode_is_lost(base: "Kept | None", now: "Kept | None", wanted: "Content") -> bool:
    """Whether people made it executable, or no longer so, and the promotion would take that back."""
    if base is None or now is None or wanted is None or isinstance(wanted, bytes):
        return False
    return now.mode not in (base.mode, wanted.mode)


def _makers(mirror: "Mirror", tip: str, hidden: Collection[str], paths: Collection[str]) -> dict[str, tuple[Made, ...]]:
    """Return, by path, the commits of people that changed it, newest first."""
    found: dict[str, list[Made]] = {path: [] for path in paths}
    for commit, touches in contained(mirror, tip, tuple(hidden)):
        if is_own(commit):
            continue
        for path in paths:
            if touches(path):
                found[path].append(_made(commit))
    return {path: tuple(made) for path, made in found.items()}


def _made(commit: "CommitInfo") -> Made:
    return Made(commit.id, commit.subject, f"{commit.author.name} <{commit.author.email}>")


def _same(mirror: "Mirror", wanted: "Content", here: "Kept | None") -> bool:
    """Whether the promotion leaves the file as people made it."""
    if wanted is None or here is None:
        return wanted is None and here is None
    if isinstance(wanted, bytes):
        return content_of(mirror, here.id) == wanted
    return wanted == here


def _text(mirror: "Mirror", content: "Content") -> bytes | None:
    if content is None:
        return None
    if isinstance(content, bytes):
        data = content
    elif content.mode & 0o170000 == 0o100000:
        data = content_of(mirror, content.id)
    else:
        return None
    return None if b"\0" in data[:_BINARY_LOOK] else data


def _first_difference(new: bytes, old: bytes) -> int:
    before, after = old.split(b"\n"), new.split(b"\n")
    same = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    return same + 1


def _decode(lines: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "replace").rstrip("\r\n") for line in lines)
