import os
from pathlib import Path

import pytest
from git_situation import ALICE

from vivido.errors import Error, RefusedError
from vivido.git.commit import Content, Kept, commit_files
from vivido.git.export import Limits, export
from vivido.git.mirror import Mirror
from vivido.testing.gitserver import commit_to


def _link(mirror: Mirror, target: bytes) -> Kept:
    return Kept(0o120000, str(mirror.objects.create_blob(target)))


def _commit(mirror: Mirror, edits: dict[str, Content]) -> str:
    return commit_files(mirror, mirror.fetch("main"), edits, "m", ALICE)


def test_directories_come_with_their_paths(mirror: Mirror, tmp_path: Path) -> None:
    tip = mirror.fetch("main")
    done = export(mirror, tip, ["deploy/base", "deploy/base", "deploy/base/", "none", "README.md"], tmp_path / "out")
    assert done.files == ("README.md", "deploy/base/app.yaml")
    assert (tmp_path / "out/deploy/base/app.yaml").read_bytes() == b"image: web:1\nreplicas: 1\n"
    assert not (tmp_path / "out/deploy/prod").exists()


def test_the_whole_tree_with_modes_links_pointers_and_modules(mirror: Mirror, tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    run = Kept(0o100755, str(mirror.objects.create_blob(b"#!")))
    edits: dict[str, Content] = {
        "run": run,
        "lfs": pointer,
        "sub": Kept(0o160000, "1" * 40),
        "a/link": _link(mirror, b"../README.md"),
    }
    done = export(mirror, _commit(mirror, edits), [""], tmp_path / "out")
    assert (done.pointers, done.modules) == (("lfs",), ("sub",))
    assert (tmp_path / "out/a/link").read_bytes() == b"hello\n"
    assert os.access(tmp_path / "out/run", os.X_OK)
    assert not os.access(tmp_path / "out/README.md", os.X_OK)


@pytest.mark.parametrize(
    "links",
    [
        {"l": b"/etc/passwd"},
        {"l": b"../outside"},
        {"d/l": b"../../outside"},
        {"a": b".", "l": b"a/../../x"},
        {"a": b"d/e", "b": b"a/../..", "c": b"b/../x"},
    ],
    ids=["absolute", "up", "deep", "through-a-link", "chain"],
)
def test_links_that_leave_refuse_it_all(mirror: Mirror, tmp_path: Path, links: dict[str, bytes]) -> None:
    commit = _commit(mirror, {name: _link(mirror, target) for name, target in links.items()} | {"d/e/f": b""})
    with pytest.raises(RefusedError) as e:
        export(mirror, commit, [""], tmp_path / "out")
    assert e.value.code == "git.symlink"
    assert not (tmp_path / "out").exists()


def test_a_link_into_what_is_not_exported_dangles(mirror: Mirror, tmp_path: Path) -> None:
    commit = _commit(mirror, {"deploy/base/link": _link(mirror, b"../prod/x")})
    export(mirror, commit, ["deploy/base"], tmp_path / "out")
    assert (tmp_path / "out/deploy/base/link").is_symlink()


@pytest.mark.parametrize("limits", [Limits(files=3), Limits(file=3), Limits(total=10)])
def test_too_much(mirror: Mirror, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(RefusedError) as e:
        export(mirror, mirror.fetch("main"), [""], tmp_path / "out", limits=limits)
    assert e.value.code == "git.too-large"
    assert not (tmp_path / "out").exists()


def test_a_tree_made_to_explode_is_stopped(mirror: Mirror, tmp_path: Path) -> None:
    objects = mirror.objects
    tree = objects.TreeBuilder().write()
    for _ in range(40):
        builder = objects.TreeBuilder()
        for name in "abcdefgh":
            builder.insert(name, tree, 0o040000)
        tree = builder.write()
    who = objects[mirror.fetch("main")].author
    bomb = str(objects.create_commit(None, who, who, "bomb", tree, []))
    with pytest.raises(RefusedError) as e:
        export(mirror, bomb, [""], tmp_path / "out")
    assert e.value.code == "git.too-large"


def test_a_tree_that_is_endlessly_deep_is_stopped(mirror: Mirror, tmp_path: Path) -> None:
    commit = _commit(mirror, {"/".join("d" * 300): b"x"})
    with pytest.raises(RefusedError) as e:
        export(mirror, commit, [""], tmp_path / "out")
    assert e.value.code == "git.too-large"


def _raw_tree(mirror: Mirror, entries: list[tuple[bytes, bytes, str]]) -> str:
    raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries)
    tree = mirror.objects.write(2, raw)
    who = mirror.objects[mirror.fetch("main")].author
    return str(mirror.objects.create_commit(None, who, who, "evil", tree, []))


@pytest.mark.parametrize("name", [b".git", b"..", b".GIT", b"git~1"])
def test_names_that_git_itself_would_not_write(mirror: Mirror, tmp_path: Path, name: bytes) -> None:
    blob = str(mirror.objects.create_blob(b"x"))
    with pytest.raises(Error) as e:
        export(mirror, _raw_tree(mirror, [(b"100644", name, blob)]), [""], tmp_path / "out")
    assert e.value.code == "git.path"
    assert not (tmp_path / "out").exists()


def test_a_link_and_a_directory_of_one_name_cannot_write_elsewhere(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    blob, link = (str(mirror.objects.create_blob(b)) for b in (b"x", str(tmp_path / "victim").encode()))
    builder = mirror.objects.TreeBuilder()
    builder.insert("f", blob, 0o100644)
    commit = _raw_tree(mirror, [(b"120000", b"a", link), (b"40000", b"a", str(builder.write()))])
    with pytest.raises(RefusedError) as e:
        export(mirror, commit, [""], tmp_path / "out")
    assert e.value.code == "git.path-clash"
    assert list((tmp_path / "victim").iterdir()) == []


def test_two_entries_of_one_name(mirror: Mirror, tmp_path: Path) -> None:
    blob, other = (str(mirror.objects.create_blob(b)) for b in (b"x", b"y"))
    with pytest.raises(RefusedError) as e:
        export(mirror, _raw_tree(mirror, [(b"100644", b"a", blob), (b"100644", b"a", other)]), [""], tmp_path / "out")
    assert e.value.code == "git.path-clash"


def test_no_filter_touches_the_bytes(mirror: Mirror, remote: Path, tmp_path: Path) -> None:
    tip = commit_to(remote, {".gitattributes": b"* text eol=crlf\n*.x ident", "f.x": b"$Id$\na\n"})
    mirror.fetch("main")
    export(mirror, tip, [""], tmp_path / "out")
    assert (tmp_path / "out/f.x").read_bytes() == b"$Id$\na\n"
