"""A directory on disk as a tree: nothing outside of it is there."""

from pathlib import Path

from vivido.render.tree import join, of_directory


def test_what_a_link_takes_out_of_it_is_not_there(tmp_path: Path) -> None:
    top, outside = tmp_path / "top", tmp_path / "top-secret"
    (top / "a" / "b").mkdir(parents=True)
    outside.mkdir()
    (outside / "file").write_bytes(b"secret")
    (top / "a" / "file").write_bytes(b"mine")
    (top / "a" / "out").symlink_to(outside)
    (top / "a" / "up").symlink_to("../../top-secret/file")
    (top / "a" / "in").symlink_to("b")
    (top / "a" / "loop").symlink_to("loop")
    (top / "a" / "gone").symlink_to("nowhere")
    read, listing = of_directory(top)
    assert listing("") == ("a/",)
    assert listing("a") == ("b/", "file", "gone", "in/", "loop", "out/", "up")
    assert (read("a/file"), read("a/b/../file")) == (b"mine", b"mine")
    assert [read(path) for path in ("a/out/file", "a/up", "../top-secret/file", str(outside / "file"))] == [None] * 4
    assert [read(path) for path in ("a", "a/loop", "a/gone", "a/file/x", "none")] == [None] * 5
    assert [listing(path) for path in ("a/out", "..", str(outside), "a/file", "a/loop", "none")] == [()] * 6


def test_paths_are_put_together_within_the_tree() -> None:
    assert [join("a/b", path) for path in ("c", "./c", "../c", "../../c", "../../../c", "/c", ".", "c//d/")] == [
        *("a/b/c", "a/b/c", "a/c", "c", None, None, "a/b", "a/b/c/d"),
    ]
