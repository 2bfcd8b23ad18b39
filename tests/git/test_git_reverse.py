from pathlib import Path

import pytest
from git_situation import ALICE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.git.commit import Content, Kept, Signature, commit_files, tree_id
from vivido.git.mirror import Mirror
from vivido.git.read import listing, read
from vivido.git.reverse import Conflict, Conflicts, Reversal, reverse
from vivido.process import run

FILE = "deploy/prod/kustomization.yaml"
BOB = Signature("Bob", "bob@example.com", ALICE.at)


@pytest.fixture
def start(mirror: Mirror) -> str:
    return mirror.fetch("main")


def _undo(mirror: Mirror, tip: str, *commits: str, discard: bool = False) -> str:
    result = reverse(mirror, tip, commits, discard=discard)
    assert isinstance(result, Reversal), result
    return commit_files(mirror, tip, result.edits, "undo", ALICE)


def _step(mirror: Mirror, parent: str, edits: dict[str, Content], who: Signature = ALICE) -> str:
    return commit_files(mirror, parent, edits, "step", who)


def _with(mirror: Mirror, parent: str, old: bytes, new: bytes, who: Signature = ALICE) -> str:
    text = read(mirror, parent, FILE)
    assert text is not None
    assert old in text
    return _step(mirror, parent, {FILE: text.replace(old, new)}, who)


def test_the_last_commit(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    assert tree_id(mirror, _undo(mirror, promotion, promotion)) == tree_id(mirror, start)


def test_later_edits_of_people_stay_even_on_the_next_line(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    tip = _with(mirror, promotion, b"other: 1", b"other: 2 # bob", BOB)
    tip = _step(mirror, tip, {"README.md": b"bob was here\n"}, BOB)
    undone = _undo(mirror, tip, promotion)
    assert read(mirror, undone, FILE) == b"images:\n- name: web\n  newTag: v1\nother: 2 # bob\n"
    assert read(mirror, undone, "README.md") == b"bob was here\n"


def test_a_file_that_lies_elsewhere_since_is_undone_there_and_one_that_lies_nowhere_is_left(
    mirror: Mirror, start: str
) -> None:
    before = read(mirror, start, FILE) or b""
    one = _step(mirror, start, {FILE: before.replace(b"v1", b"v2"), "src/app.py": b"new\n"})
    text = read(mirror, one, FILE) or b""
    moved = _step(mirror, one, {FILE: None, "own.yaml": text.replace(b"other: 1", b"other: 2")}, BOB)
    found = reverse(mirror, moved, [one], lies=lambda _, path: ("own.yaml",) if path == FILE else ())
    assert isinstance(found, Reversal)
    undone = commit_files(mirror, moved, found.edits, "undo", ALICE)
    assert read(mirror, undone, "own.yaml") == b"images:\n- name: web\n  newTag: v1\nother: 2\n"
    assert read(mirror, undone, "src/app.py") == b"new\n"
    # Where the same lines were edited there, the new place is named.
    edited = _step(mirror, moved, {"own.yaml": text.replace(b"v2", b"v9")}, BOB)
    clash = reverse(mirror, edited, [one], lies=lambda _, path: ("own.yaml",) if path == FILE else ())
    assert isinstance(clash, Conflicts)
    assert [(c.path, c.author) for c in clash.found] == [("own.yaml", "Bob <bob@example.com>")]


def test_several_promotions_with_people_in_between(mirror: Mirror, start: str) -> None:
    one = _with(mirror, start, b"v1", b"v2")
    bob = _with(mirror, one, b"images:", b"# bob\nimages:", BOB)
    two = _with(mirror, bob, b"v2", b"v3")
    tip = _with(mirror, two, b"other: 1", b"other: 9", BOB)
    undone = _undo(mirror, tip, one, two)
    assert read(mirror, undone, FILE) == b"# bob\nimages:\n- name: web\n  newTag: v1\nother: 9\n"
    assert read(mirror, _undo(mirror, tip, two), FILE) == b"# bob\nimages:\n- name: web\n  newTag: v2\nother: 9\n"


def test_the_same_lines_are_named_with_who_wrote_them(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    bob = _with(mirror, promotion, b"newTag: v2", b"newTag: hotfix", BOB)
    tip = _with(mirror, bob, b"images:", b"# alice\nimages:")
    result = reverse(mirror, tip, [promotion])
    assert result == Conflicts(
        (Conflict(FILE, 4, ("  newTag: hotfix",), ("  newTag: v1",), bob, "Bob <bob@example.com>", promotion),)
    )


def test_discarding_takes_the_old_file_and_says_what_is_lost(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    tip = _with(mirror, promotion, b"newTag: v2\nother: 1", b"newTag: hotfix\nother: 2", BOB)
    result = reverse(mirror, tip, [promotion], discard=True)
    assert isinstance(result, Reversal)
    assert [(c.path, c.ours) for c in result.discarded] == [(FILE, ("  newTag: hotfix", "other: 2"))]
    undone = commit_files(mirror, tip, result.edits, "m", ALICE)
    assert read(mirror, undone, FILE) == read(mirror, start, FILE)


def test_a_file_that_the_promotion_made_and_somebody_edited(mirror: Mirror, start: str) -> None:
    promotion = _step(mirror, start, {"new.yaml": b"a: 1\n"})
    assert read(mirror, _undo(mirror, promotion, promotion), "new.yaml") is None
    bob = _step(mirror, promotion, {"new.yaml": b"a: 2\n"}, BOB)
    result = reverse(mirror, bob, [promotion])
    assert isinstance(result, Conflicts)
    assert [(c.ours, c.theirs, c.commit) for c in result.found] == [(("a: 2",), (), bob)]
    assert read(mirror, _undo(mirror, bob, promotion, discard=True), "new.yaml") is None


def test_a_file_that_somebody_deleted_since(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    bob = _step(mirror, promotion, {FILE: None}, BOB)
    result = reverse(mirror, bob, [promotion])
    assert isinstance(result, Conflicts)
    assert [(c.ours, c.commit, c.author) for c in result.found] == [((), bob, "Bob <bob@example.com>")]


def test_a_line_that_somebody_deleted_since(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    bob = _with(mirror, promotion, b"  newTag: v2\n", b"", BOB)
    result = reverse(mirror, bob, [promotion])
    assert isinstance(result, Conflicts)
    assert [(c.line, c.ours, c.theirs, c.commit) for c in result.found] == [(3, (), ("  newTag: v1",), bob)]


def test_a_deleted_executable_comes_back_as_one(mirror: Mirror, start: str) -> None:
    tool = Kept(0o100755, str(mirror.objects.create_blob(b"#!/bin/sh\n")))
    first = _step(mirror, start, {"run": tool})
    gone = _step(mirror, first, {"run": None})
    assert tree_id(mirror, _undo(mirror, gone, gone)) == tree_id(mirror, first)


def test_a_mode_that_changed_and_later_edits(mirror: Mirror, start: str) -> None:
    first = _step(mirror, start, {"run": b"a\nb\nc\n"})
    blob = listing(mirror, first)[-1].id
    chmod = _step(mirror, first, {"run": Kept(0o100755, blob)})
    bob = _step(mirror, chmod, {"run": b"a\nb\nC\n"}, BOB)
    undone = _undo(mirror, bob, chmod)
    assert (listing(mirror, undone)[-1].executable, read(mirror, undone, "run")) == (False, b"a\nb\nC\n")


def test_binary_files_conflict_as_a_whole(mirror: Mirror, start: str) -> None:
    first = _step(mirror, start, {"b": b"\0a\nb\n"})
    second = _step(mirror, first, {"b": b"\0a\nB\n"})
    third = _step(mirror, second, {"b": b"\0A\nB\n"}, BOB)
    assert read(mirror, _undo(mirror, second, second), "b") == b"\0a\nb\n"
    result = reverse(mirror, third, [second])
    assert isinstance(result, Conflicts)
    assert "no text" in result.found[0].ours[0]
    assert result.found[0].commit == third


def test_what_is_undone_by_hand_already(mirror: Mirror, start: str) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    by_hand = _with(mirror, promotion, b"v2", b"v1", BOB)
    assert reverse(mirror, by_hand, [promotion]) == Reversal({})


def test_the_first_commit(mirror: Mirror) -> None:
    first = commit_files(mirror, None, {"a": b"1", "b/c": b"2"}, "m", ALICE)
    assert reverse(mirror, first, [first]) == Reversal({"a": None, "b/c": None})


def test_a_commit_that_the_branch_does_not_hold_is_ignored(mirror: Mirror, start: str) -> None:
    aside = _with(mirror, start, b"v1", b"v2")
    assert reverse(mirror, start, [aside]) == Reversal({})


def test_a_conflict_after_another_commit_of_the_same_file_was_undone(mirror: Mirror, start: str) -> None:
    one = _with(mirror, start, b"v1", b"v2")
    bob = _with(mirror, one, b"v2", b"bob", BOB)
    two = _with(mirror, bob, b"images:", b"# two\nimages:")
    result = reverse(mirror, two, [one, two])
    assert isinstance(result, Conflicts)
    assert [(c.undoing, c.ours) for c in result.found] == [(one, ("  newTag: bob",))]


def test_of_a_merge_what_it_brought(mirror: Mirror, start: str, remote: Path) -> None:
    side = _step(mirror, start, {"side": b"1"})
    tip = _step(mirror, start, {"main": b"1"})
    objects = mirror.objects
    tree = objects.merge_commits(tip, side).write_tree(objects)
    who = objects[tip].author
    merge = str(objects.create_commit(None, who, who, "m", tree, [objects[tip].id, objects[side].id]))
    assert tree_id(mirror, _undo(mirror, merge, merge)) == tree_id(mirror, tip)


_NAMES = st.sampled_from(["a", "b", "d/a", "d/e/f", "d"])
_TEXTS = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d"]), max_size=6).map(b"".join) | st.binary(max_size=5)
_EDITS = st.dictionaries(_NAMES, st.none() | _TEXTS, min_size=1, max_size=4).filter(
    lambda e: not (e.get("d") is not None and (e.get("d/a") is not None or e.get("d/e/f") is not None))
)


def _whole(edits: dict[str, bytes | None]) -> dict[str, Content]:
    """Make a file of `d` only after what is under it, and the other way round."""
    if edits.get("d") is not None:
        return {**edits, "d/a": None, "d/e/f": None}
    return {**edits, "d": None} if edits.get("d/a") is not None or edits.get("d/e/f") is not None else {**edits}


def _apply(mirror: Mirror, parent: str, edits: dict[str, bytes | None]) -> str:
    names = {"d"} if any(e.name == "d" and e.kind == "directory" for e in listing(mirror, parent)) else set[str]()
    wanted = {p: c for p, c in _whole(edits).items() if c is not None or p not in names}
    return commit_files(mirror, parent, wanted, "m", ALICE)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_EDITS, min_size=2, max_size=5))
def test_undoing_the_newest_commits_restores_the_tree(mirror: Mirror, steps: list[dict[str, bytes | None]]) -> None:
    commits = [commit_files(mirror, None, {"z": b""}, "m", ALICE)]
    for edits in steps:
        commits.append(_apply(mirror, commits[-1], edits))
    for count in (1, len(steps)):
        undone = _undo(mirror, commits[-1], *commits[-count:])
        assert tree_id(mirror, undone) == tree_id(mirror, commits[-1 - count])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_edits_elsewhere_survive(mirror: Mirror, data: st.DataObject) -> None:
    lines = [b"%d\n" % n for n in range(10)]
    ours, theirs = (data.draw(st.lists(st.integers(0, 9), unique=True, min_size=1, max_size=5)) for _ in "ab")
    theirs = [n for n in theirs if n not in ours]
    promoted = [b"promoted %d\n" % n if n in ours else line for n, line in enumerate(lines)]
    edited = [b"edited %d\n" % n if n in theirs else line for n, line in enumerate(promoted)]
    wanted = [b"edited %d\n" % n if n in theirs else line for n, line in enumerate(lines)]
    one = commit_files(mirror, None, {"f": b"".join(lines)}, "m", ALICE)
    two = _step(mirror, one, {"f": b"".join(promoted)})
    three = _step(mirror, two, {"f": b"".join(edited)}, BOB)
    assert read(mirror, _undo(mirror, three, two), "f") == b"".join(wanted)


def test_git_agrees_that_it_is_a_revert(mirror: Mirror, start: str, tmp_path: Path) -> None:
    promotion = _with(mirror, start, b"v1", b"v2")
    tip = _step(mirror, promotion, {"README.md": b"later\n"}, BOB)
    work = tmp_path / "work"
    run(["git", f"--git-dir={mirror.path}", "worktree", "add", "-q", "--detach", str(work), tip])
    run(["git", "-C", str(work), "-c", "user.name=x", "-c", "user.email=x", "revert", "--no-edit", promotion])
    theirs = run(["git", "-C", str(work), "rev-parse", "HEAD^{tree}"]).text.strip()
    assert tree_id(mirror, _undo(mirror, tip, promotion)) == theirs
