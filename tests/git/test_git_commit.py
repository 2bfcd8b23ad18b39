import pytest
from git_situation import ALICE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivido.errors import Error, InputError, RefusedError
from vivido.git.commit import Content, Kept, Signature, commit_files, tree_id
from vivido.git.history import describe
from vivido.git.mirror import Mirror
from vivido.git.read import changed, listing, read
from vivido.git.snapshot import Snapshot
from vivido.process import run


def test_only_the_named_paths_change(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    made = commit_files(
        mirror, tip, {"deploy/prod/kustomization.yaml": b"new\n", "README.md": None, "a/b/c": b"x"}, "m\n", ALICE
    )
    assert changed(mirror, tip, made) == ("README.md", "a/b/c", "deploy/prod/kustomization.yaml")
    assert read(mirror, made, "a/b/c") == b"x"
    assert run(["git", f"--git-dir={mirror.path}", "fsck", "--strict", "--no-dangling", made]).returncode == 0


def test_same_inputs_same_commit(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    edits = {"a": b"1", "b/c": b"2"}
    one = commit_files(mirror, tip, edits, "m\n", ALICE)
    assert one == commit_files(mirror, tip, dict(reversed(edits.items())), "m\n", ALICE)
    assert one != commit_files(mirror, tip, edits, "m\n", Signature(ALICE.name, ALICE.email, ALICE.at + 1_000_000))


def test_who_and_when(mirror: Mirror) -> None:
    bot = Signature("Vivído", "bot@example.com", ALICE.at + 5_000_000)
    info = describe(mirror, commit_files(mirror, None, {"a": b""}, "m\n", ALICE, committer=bot))
    assert (info.author.name, info.committer.name, info.parents) == ("Alice", "Vivído", ())
    assert (info.authored_at, info.committed_at) == (ALICE.at, bot.at)


def test_a_files_mode_stays(mirror: Mirror) -> None:
    first = commit_files(mirror, None, {"run": Kept(0o100755, str(mirror.objects.create_blob(b"1")))}, "m", ALICE)
    second = commit_files(mirror, first, {"run": b"2"}, "m", ALICE)
    assert listing(mirror, second)[0].executable
    assert read(mirror, second, "run") == b"2"


def test_an_empty_directory_vanishes(mirror: Mirror) -> None:
    first = commit_files(mirror, None, {"d/e/f": b"", "g": b""}, "m", ALICE)
    assert [e.name for e in listing(mirror, commit_files(mirror, first, {"d/e/f": None}, "m", ALICE))] == ["g"]
    nothing = commit_files(mirror, first, {"d/e/f": None, "g": None}, "m", ALICE)
    assert listing(mirror, nothing) == ()
    assert changed(mirror, None, nothing) == ()


def test_deleting_what_is_not_there_changes_nothing(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    assert tree_id(
        mirror, commit_files(mirror, tip, {"no": None, "no/such": None, "README.md/x": None}, "m", ALICE)
    ) == tree_id(mirror, tip)


def test_a_file_may_take_the_place_of_a_directory_that_goes(mirror: Mirror) -> None:
    first = commit_files(mirror, None, {"d/f": b"", "x": b"1"}, "m", ALICE)
    second = commit_files(mirror, first, {"d/f": None, "d": b"file", "x": None, "x/y": b"2"}, "m", ALICE)
    assert (read(mirror, second, "d"), read(mirror, second, "x/y")) == (b"file", b"2")


@pytest.mark.parametrize(
    "edits",
    [{"README.md/x": b""}, {"deploy": b""}, {"deploy": None}, {"n": b"", "n/m": b""}],
)
def test_a_file_and_a_directory_at_once(mirror: Mirror, edits: dict[str, Content]) -> None:
    with pytest.raises(InputError) as e:
        commit_files(mirror, mirror.fetch("main"), edits, "m", ALICE)
    assert e.value.code == "git.path-clash"


@pytest.mark.parametrize("path", ["../x", "/x", ".git/hooks/post-checkout", "a/.Git/x", "a//b", "", "git~1/x"])
def test_paths_that_leave_are_refused(mirror: Mirror, path: str) -> None:
    with pytest.raises(InputError) as e:
        commit_files(mirror, mirror.fetch("main"), {path: b"x"}, "m", ALICE)
    assert e.value.code == "git.path"


@pytest.mark.parametrize("mode", [0o120000, 0o160000])
def test_bytes_never_replace_a_link_or_a_submodule(mirror: Mirror, mode: int) -> None:
    some = mirror.fetch("main") if mode == 0o160000 else str(mirror.objects.create_blob(b"/etc"))
    first = commit_files(mirror, None, {"l": Kept(mode, some)}, "m", ALICE)
    with pytest.raises(RefusedError) as e:
        commit_files(mirror, first, {"l": b"x"}, "m", ALICE)
    assert e.value.code == "git.symlink"


@pytest.mark.parametrize(
    "who", [("", "a@b"), ("A\nB", "a@b"), ("A <x>", "a@b"), ("A", "a@b>\ncommitter X"), ("A", " "), ("A\0", "x")]
)
def test_names_that_would_forge_a_header(mirror: Mirror, who: tuple[str, str]) -> None:
    with pytest.raises(InputError) as e:
        commit_files(mirror, None, {"a": b""}, "m", Signature(*who, 0))
    assert e.value.code == "git.person"


def test_an_unknown_parent(mirror: Mirror) -> None:
    with pytest.raises(Error) as e:
        commit_files(mirror, "0" * 40, {"a": b""}, "m", ALICE)
    assert e.value.code == "git.no-commit"


_PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
_EDITS = st.dictionaries(_PATHS, st.none() | st.binary(max_size=3), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_EDITS, min_size=1, max_size=4))
def test_edits_do_what_a_dictionary_does(mirror: Mirror, steps: list[dict[str, bytes | None]]) -> None:
    model: dict[str, bytes] = {}
    commit = None
    for edits in steps:
        before = commit
        try:
            commit = commit_files(mirror, commit, edits, "m", ALICE)
        except InputError as e:
            assert e.code == "git.path-clash"
            continue
        model = {p: c for p, c in {**model, **edits}.items() if c is not None}
        assert set(changed(mirror, None, commit)) == set(model)
        if before is not None:
            assert Snapshot(mirror, before).differing(Snapshot(mirror, commit)) == changed(mirror, before, commit)
        assert all(read(mirror, commit, path) == content for path, content in model.items())
