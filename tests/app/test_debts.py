"""Promotions along branches over random histories: no change that a person made on the branch is ever lost in silence."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vivido.app.debts import Debt, Question, debts
from vivido.app.ground import EMAIL, VALIDATED, ground_of
from vivido.git.commit import Content, Signature, commit_files
from vivido.git.compose import compose, edits_to
from vivido.git.history import describe
from vivido.git.mirror import Mirror
from vivido.git.read import is_ancestor, read
from vivido.git.reverse import Conflicts, reverse
from vivido.git.trailers import with_trailers

pytestmark = pytest.mark.real("git")
SHARED, OWN = ("a", "b"), "own"
PERSON = Signature("Dave", "dave@example.com", 1_767_225_600_000_000)
VIVIDO = Signature("Vivido", EMAIL, 1_767_225_600_000_000)


@dataclass
class Fix:
    """What a person did on the higher branch: a line that came or went, by a commit."""

    file: str
    line: str
    there: bool
    commit: str


@dataclass
class History:
    """Two branches, and what was promoted from the lower to the higher one."""

    mirror: Mirror
    develop: str
    staging: str
    promoted: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Release, promotion and commit of what stands."""
    validated: dict[str, str] = field(default_factory=dict[str, str])
    """Commit of a promotion → what was validated for it."""
    fixes: list[Fix] = field(default_factory=list[Fix])
    count: int = 0

    def lines(self, commit: str, file: str) -> list[str]:
        return (read(self.mirror, commit, file) or b"").decode().splitlines()

    def person(self, parent: str, edits: dict[str, Content], *merges: str) -> str:
        self.count += 1
        return commit_files(self.mirror, parent, edits, f"Edit {self.count}\n", PERSON, merges=merges)

    def vivido(self, step: str, edits: dict[str, Content], trailers: dict[str, str], *merges: str) -> str:
        self.count += 1
        said = {"Vivido-Environment": "staging", "Vivido-Step": step, **trailers}
        message = with_trailers(f"Step {self.count}", "", said)
        return commit_files(self.mirror, self.staging, edits, message, VIVIDO, merges=merges)


@contextmanager
def history() -> Iterator[History]:
    with TemporaryDirectory() as directory:
        mirror = Mirror(f"{directory}/nowhere", Path(directory))
        start = "\n".join(f"line {n}" for n in range(6)) + "\n"
        files: dict[str, Content] = {name: f"{name}\n{start}".encode() for name in (*SHARED, OWN)}
        first = commit_files(mirror, None, files, "Start\n", PERSON)
        yield History(mirror, first, first)


def edited(lines: list[str], at: int, new: str) -> tuple[list[str], str, bool]:
    """Put a new line in, or take one out, as `at` says; return the lines, the line, and whether it is there now."""
    place = at % (len(lines) + 1)
    if at % 3 == 0 and len(lines) > 2:
        gone = lines[at % len(lines)]
        return [line for n, line in enumerate(lines) if n != at % len(lines)], gone, False
    return [*lines[:place], new, *lines[place:]], new, True


def edit_below(h: History, file: str, at: int) -> None:
    lines, _, _ = edited(h.lines(h.develop, file), at, f"below {h.count}")
    h.develop = h.person(h.develop, {file: ("\n".join(lines) + "\n").encode()})


def edit_above(h: History, file: str, at: int) -> None:
    lines, line, there = edited(h.lines(h.staging, file), at, f"above {h.count}")
    h.staging = h.person(h.staging, {file: ("\n".join(lines) + "\n").encode()})
    h.fixes = [f for f in h.fixes if (f.file, f.line) != (file, line)]
    h.fixes.append(Fix(file, line, there, h.staging))


def back_merge(h: History, keep: bool) -> None:
    """Merge the higher branch into the lower one, with its lines, or deliberately without."""
    edits: dict[str, Content] = {}
    for file in SHARED if keep else ():
        below = h.lines(h.develop, file)
        for fix in h.fixes:
            if fix.file == file and fix.there and fix.line not in below:
                below.append(fix.line)
            if fix.file == file and not fix.there:
                below = [line for line in below if line != fix.line]
        edits[file] = ("\n".join(below) + "\n").encode()
    h.develop = h.person(h.develop, edits, h.staging)


def promote(h: History, supersede: bool) -> None:
    validated = h.develop
    made = compose(h.mirror, h.staging, validated, lambda path: path == OWN)
    wanted = edits_to(h.mirror, h.staging, made)
    found = debts(h.mirror, Question("staging", h.staging, validated, lambda path: path == OWN, wanted))
    if not h.fixes:
        assert found == (), "nobody changed the branch: there is nothing to refuse"
    if found and not supersede:
        assert_told(h, found, validated)
        return
    before, own = h.staging, h.lines(h.staging, OWN)
    release, promotion = f"r-{h.count}", f"p-{h.count}"
    trailers = {"Vivido-Promotion": promotion, "Vivido-Release": release, VALIDATED: validated}
    h.staging = h.vivido("commit", dict(wanted), trailers, validated)
    h.promoted.append((release, promotion, h.staging))
    h.validated[h.staging] = validated
    assert h.lines(h.staging, OWN) == own
    # Whatever was rolled back or hotfixed before: it is what was validated, and nothing of it is silently left out.
    assert [h.lines(h.staging, f) for f in SHARED] == [h.lines(validated, f) for f in SHARED]
    assert_stands(h)
    if not found:
        assert_kept(h, before, validated)


def assert_told(h: History, found: tuple[Debt, ...], validated: str) -> None:
    """Every debt names commits of the branch that are no part of what was validated."""
    for debt in found:
        assert debt.here
        assert debt.path in SHARED
        assert not any(is_ancestor(h.mirror, m.id, validated) for m in debt.here)


def assert_kept(h: History, before: str, validated: str) -> None:
    """What a person did on the branch is still so, unless it is part of what was validated, where people may have changed it."""
    for fix in h.fixes:
        if fix.file == OWN or is_ancestor(h.mirror, fix.commit, validated):
            continue
        if (fix.line in h.lines(before, fix.file)) == fix.there:
            assert (fix.line in h.lines(h.staging, fix.file)) == fix.there, fix


def go_back(h: History, rollback: bool) -> None:
    """Undo the newest promotion, or roll back to the one before it."""
    if len(h.promoted) < 2:
        return
    *standing, (release, promotion, commit) = h.promoted
    found = reverse(h.mirror, h.staging, (commit,))
    if isinstance(found, Conflicts):
        return
    before = h.staging
    if rollback:
        trailers = {"Vivido-Promotion": f"p-{h.count}", "Vivido-Release": standing[-1][0]}
        h.staging = h.vivido("commit", found.edits, trailers)
    else:
        trailers = {"Vivido-Promotion": promotion, "Vivido-Release": release}
        h.staging = h.vivido("undo-commit", found.edits, trailers)
    h.promoted = standing
    assert_kept(h, before, commit)
    assert_taken_back(h, commit, before)
    assert_stands(h)


def assert_taken_back(h: History, commit: str, before: str) -> None:
    """What the promotion had changed is not there any more, where no person changed the same line of the branch."""
    parent = describe(h.mirror, commit).parents[0]
    for file in SHARED:
        old, new, now = (h.lines(c, file) for c in (parent, commit, h.staging))
        touched = {f.line for f in h.fixes if f.file == file}
        for line in (set(new) ^ set(old)) - touched:
            if (line in h.lines(before, file)) == (line in new):
                assert (line in now) == (line in old), (file, line)


def assert_stands(h: History) -> None:
    """The branch is known to stand on the newest promotion that neither went back nor was rolled back over."""
    commit = h.promoted[-1][2]
    found = ground_of(h.mirror, "staging", h.staging, h.develop)
    assert (found.base, found.validated) == (commit, h.validated[commit])


ACTIONS = st.one_of(
    st.tuples(st.just("below"), st.sampled_from(SHARED), st.integers(0, 30)),
    st.tuples(st.just("above"), st.sampled_from((*SHARED, OWN)), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.booleans(), st.just(0)),
    st.tuples(st.just("promote"), st.booleans(), st.just(0)),
    st.tuples(st.just("promote"), st.just(value=False), st.just(0)),
    st.tuples(st.just("back"), st.booleans(), st.just(0)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTIONS, min_size=5, max_size=30))
@example(
    [
        ("promote", False, 0),
        ("below", "b", 11),
        ("promote", False, 0),
        ("above", "b", 3),
        ("back", False, 0),
        ("promote", False, 0),
    ]
)
@example([*[("promote", False, 0)] * 3, ("back", True, 0), ("back", False, 0)])
def test_no_change_on_the_branch_is_ever_lost_in_silence(actions: list[tuple[str, object, int]]) -> None:
    with history() as h:
        for what, choice, at in actions:
            if what == "below":
                edit_below(h, str(choice), at)
            elif what == "above":
                edit_above(h, str(choice), at)
            elif what == "merge":
                back_merge(h, bool(choice))
            elif what == "promote":
                promote(h, bool(choice))
            else:
                go_back(h, bool(choice))
