import os
from pathlib import Path

import pytest
from git_situation import ALICE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.errors import Error, InputError, IntegrityError, RefusedError
from vivido.git.address import branch_ref
from vivido.git.commit import Kept, commit_files
from vivido.git.history import describe, find_by_trailer, history
from vivido.git.mirror import Mirror
from vivido.git.read import MAX_FILE, Entry, changed, content_of, is_ancestor, listing, object_id, read
from vivido.process import run
from vivido.testing.gitserver import commit_to


def test_read(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    assert read(mirror, tip, "README.md") == b"hello\n"
    assert read(mirror, tip, "deploy/base/app.yaml") == b"image: web:1\nreplicas: 1\n"
    assert read(mirror, tip, "deploy/base") is None
    assert read(mirror, tip, "README.md/x") is None
    assert read(mirror, tip, "no") is None


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a//b", "a/./b", ".git/config", "a/.GIT/x", "", "a\0b"])
def test_paths_that_leave_are_refused(mirror: Mirror, path: str) -> None:
    tip = mirror.fetch("main")
    if path == "":
        assert read(mirror, tip, path) is None
        return
    with pytest.raises(InputError) as e:
        read(mirror, tip, path)
    assert e.value.code == "git.path"


def test_commits_that_are_none(mirror: Mirror) -> None:
    tree = object_id(mirror, mirror.fetch("main"), "")
    for commit, code in (
        ("main", "git.commit-id"),
        ("-x", "git.commit-id"),
        ("0" * 40, "git.no-commit"),
        (tree, "git.no-commit"),
    ):
        with pytest.raises(Error) as e:
            read(mirror, commit, "README.md")
        assert e.value.code == code


def test_a_file_by_the_id_of_its_content(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    assert content_of(mirror, object_id(mirror, tip, "README.md")) == b"hello\n"
    with pytest.raises(IntegrityError):
        content_of(mirror, "0" * 40)


def test_a_symbolic_link_is_not_read(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    link = mirror.objects.create_blob(b"README.md")
    made = commit_files(mirror, tip, {"link": Kept(0o120000, str(link))}, "m", ALICE)
    with pytest.raises(RefusedError, match=r"symbolic link to README\.md") as e:
        read(mirror, made, "link")
    assert e.value.code == "git.symlink"


def test_a_huge_file_is_not_read(mirror: Mirror) -> None:
    made = commit_files(mirror, mirror.fetch("main"), {"big": b"x" * (MAX_FILE + 1)}, "m", ALICE)
    with pytest.raises(RefusedError) as e:
        read(mirror, made, "big")
    assert e.value.code == "git.too-large"


def test_listing(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    tools = {"run": Kept(0o100755, str(mirror.objects.create_blob(b"#!")))}
    link = {"link": Kept(0o120000, str(mirror.objects.create_blob(b"x"))), "sub": Kept(0o160000, tip)}
    made = commit_files(mirror, tip, tools | link, "m", ALICE)
    found = listing(mirror, made)
    assert [(e.name, e.kind, e.executable) for e in found] == [
        ("README.md", "file", False),
        ("deploy", "directory", False),
        ("link", "link", False),
        ("run", "file", True),
        ("sub", "module", False),
    ]
    assert listing(mirror, made, "deploy/base") == (
        Entry("app.yaml", "file", False, object_id(mirror, made, "deploy/base/app.yaml")),
    )
    assert listing(mirror, made, "README.md") == listing(mirror, made, "no") == ()


def test_names_that_are_no_utf8(mirror: Mirror, remote: Path) -> None:
    weird = os.fsdecode(b'd\xff/\xfe\x80 "x\n.yaml')
    tip = commit_to(remote, {weird: b"1", "d/a": b"2"})
    mirror.fetch("main")
    assert read(mirror, tip, weird) == b"1"
    assert weird.split("/")[0] in [e.name for e in listing(mirror, tip)]
    assert weird in changed(mirror, None, tip)
    edited = commit_files(mirror, tip, {"d/a": b"3"}, "m", ALICE)
    assert changed(mirror, tip, edited) == ("d/a",)
    assert read(mirror, edited, weird) == b"1"
    with pytest.raises(InputError):
        commit_files(mirror, tip, {weird: b"3"}, "m", ALICE)


def test_changed(mirror: Mirror, remote: Path) -> None:
    old = mirror.fetch("main")
    new = commit_to(remote, {"README.md": None, "docs/README.md": b"hello\n", "deploy/base/app.yaml": b"x"})
    mirror.fetch("main")
    assert changed(mirror, old, new) == ("README.md", "deploy/base/app.yaml", "docs/README.md")
    assert changed(mirror, new, new) == ()
    assert "README.md" in changed(mirror, None, old)


def test_is_ancestor(mirror: Mirror, remote: Path) -> None:
    old = mirror.fetch("main")
    new = commit_to(remote, {"x": b"1"})
    mirror.fetch("main")
    assert is_ancestor(mirror, old, new)
    assert is_ancestor(mirror, old, old)
    assert not is_ancestor(mirror, new, old)


def test_history_names_everybody_who_wrote(mirror: Mirror, remote: Path) -> None:
    old = mirror.fetch("main")
    one = commit_to(remote, {"x": b"1"}, message="One\n\nCo-authored-by: Bob <Bob@Example.com>\nCo-Authored-By: nobody")
    two = commit_to(remote, {"deploy/prod/y": b"1"}, message="Two")
    mirror.fetch("main")
    found = history(mirror, old, two)
    assert [(c.id, c.subject) for c in found] == [(two, "Two"), (one, "One")]
    assert found[1].emails == ("bob@example.com", "server@example.com")
    assert found[1].parents == (old,)
    assert found[0].committed_at == 1_767_225_600_000_000
    assert [c.id for c in history(mirror, old, two, ("deploy/prod",))] == [two]
    assert [c.id for c in history(mirror, None, two, ("README.md", "none"))] == [old]
    assert len(history(mirror, None, two, limit=2)) == 2


def test_a_merge_is_listed_only_where_it_changed_something_itself(mirror: Mirror, remote: Path) -> None:
    old = mirror.fetch("main")
    commit_to(remote, {"a": b"1"})
    commit_to(remote, {"b": b"1"}, branch="side")
    tip, side = mirror.fetch("main"), mirror.fetch("side")
    tree = mirror.objects[mirror.objects.merge_commits(tip, side).write_tree(mirror.objects)].id
    who = mirror.objects[tip].author
    merge = str(
        mirror.objects.create_commit(None, who, who, "Merge", tree, [mirror.objects[tip].id, mirror.objects[side].id])
    )
    assert [c.subject for c in history(mirror, old, merge, ("b",))] == ["Edit"]
    assert describe(mirror, merge).parents == (tip, side)
    assert "Merge" in [c.subject for c in history(mirror, old, merge)]


@pytest.mark.parametrize("header", [b"", b"encoding ISO-8859-1\n", b"encoding no-such\n"])
def test_messages_in_other_encodings(mirror: Mirror, header: bytes) -> None:
    raw = mirror.objects.read(mirror.fetch("main"))[1]
    head = raw.split(b"\n\n", 1)[0]
    made = str(mirror.objects.write(1, head + b"\n" + header + b"\nGr\xfc\xdfe\n\nA: \xe9\n"))
    expected = "Grüße" if b"8859" in header else "Gr\ufffd\ufffde"
    assert describe(mirror, made).subject == expected
    assert list(describe(mirror, made).trailers) == ["A"]


def test_find_by_trailer(mirror: Mirror, remote: Path) -> None:
    key = {"Vivido-Promotion": "p-1", "Vivido-Step": "commit"}
    start = mirror.fetch("main")
    commit_to(
        remote,
        {"a": b"0"},
        message="Talk\n\nVivido-Promotion: p-1\nVivido-Step: commit\n\nnot at the end, so no trailers",
    )
    ours = commit_to(remote, {"a": b"1"}, message="X\n\nVivido-Promotion: p-1\nVivido-Step: commit")
    commit_to(remote, {"a": b"2"}, message="X\n\nVivido-Promotion: p-1\nVivido-Step: commit-2")
    tip = mirror.fetch("main")
    assert find_by_trailer(mirror, "main", key) == ours
    assert find_by_trailer(mirror, "main", key, start) == ours
    assert find_by_trailer(mirror, "main", key, "0" * 40) == ours
    assert find_by_trailer(mirror, "main", key, tip) is None
    assert find_by_trailer(mirror, "main", {"Vivido-Promotion": "p-2"}) is None
    assert find_by_trailer(mirror, "never-fetched", key) is None


_NAMES = st.text(st.sampled_from("aB1./-_@{}~^:?*[\\ \x7fé"), min_size=1, max_size=12) | st.sampled_from(
    ["@", "a.lock", "a..b"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_NAMES)
def test_branch_names_are_judged_as_git_does(name: str) -> None:
    try:
        branch_ref(name)
        ours = True
    except InputError:
        ours = False
    theirs = run(["git", "check-ref-format", f"refs/heads/{name}"]).returncode == 0
    dashed = any(part.startswith("-") for part in name.split("/"))
    assert ours == (theirs and not dashed and not name.startswith("refs/"))
