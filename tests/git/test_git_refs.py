from pathlib import Path

import pytest
from git_situation import START

from vivido.errors import InputError
from vivido.git.mirror import Mirror
from vivido.git.push import Moved, Pushed, Refused
from vivido.git.refs import put_ref, read_refs
from vivido.process import run
from vivido.testing.gitserver import git_server, install_hook

NAME = "refs/vivido/lease/staging"


def _put(mirror: Mirror, name: str, value: bytes, old: str | None) -> str:
    result = put_ref(mirror, name, value, old)
    assert isinstance(result, Pushed), result
    return result.commit


@pytest.mark.parametrize("name", [NAME, "refs/heads/vivido/lease/staging"])
def test_compare_and_swap(mirror: Mirror, name: str, remote: Path, tmp_path: Path) -> None:
    other = Mirror(str(remote), tmp_path / "other")
    first = _put(mirror, name, b"one", None)
    assert put_ref(other, name, b"two", None) == Moved(first)
    second = _put(other, name, b"two", first)
    assert put_ref(mirror, name, b"three", first) == Moved(second)
    assert read_refs(mirror, name)[name].data == b"two"
    assert put_ref(mirror, name, None, first) == Moved(second)
    assert put_ref(mirror, name, None, second) == Pushed("")
    assert read_refs(mirror, name) == {}
    assert put_ref(mirror, name, b"four", second) == Moved(None)


def test_read_by_prefix(mirror: Mirror, remote: Path, tmp_path: Path) -> None:
    for name in ("approvals/p-1/alice", "approvals/p-1/bob", "approvals/p-10/eve", "approvals-old/x"):
        _put(mirror, f"refs/vivido/{name}", name.encode(), None)
    found = read_refs(Mirror(str(remote), tmp_path / "other"), "refs/vivido/approvals/p-1")
    assert {n: r.data for n, r in found.items()} == {
        "refs/vivido/approvals/p-1/alice": b"approvals/p-1/alice",
        "refs/vivido/approvals/p-1/bob": b"approvals/p-1/bob",
    }
    assert len(read_refs(mirror, "refs/vivido/")) == 4


def test_a_directory_may_become_a_ref_and_back(mirror: Mirror, remote: Path, tmp_path: Path) -> None:
    other = Mirror(str(remote), tmp_path / "other")
    below = _put(mirror, f"{NAME}/x", b"1", None)
    assert list(read_refs(other, NAME)) == [f"{NAME}/x"]
    put_ref(mirror, f"{NAME}/x", None, below)
    _put(mirror, NAME, b"2", None)
    assert list(read_refs(other, NAME)) == [NAME]


def test_a_ref_may_hold_a_commit(mirror: Mirror) -> None:
    tip = mirror.fetch("main")
    assert put_ref(mirror, "refs/vivido/pin", tip, None) == Pushed(tip)
    found = read_refs(mirror, "refs/vivido/pin")["refs/vivido/pin"]
    assert (found.id, found.data) == (tip, None)


def test_a_ref_of_somebody_elses_kind_has_no_value(mirror: Mirror, remote: Path) -> None:
    tip = mirror.fetch("main")
    tree = run(["git", "-C", str(remote), "rev-parse", f"{tip}^{{tree}}"]).text.strip()
    run(["git", "-C", str(remote), "update-ref", "refs/vivido/tree", tree])
    assert read_refs(mirror, "refs/vivido/tree")["refs/vivido/tree"].data is None


def test_the_same_value_again_counts_as_done(mirror: Mirror) -> None:
    first = _put(mirror, NAME, b"one", None)
    assert put_ref(mirror, NAME, b"one", None) == Pushed(first)


def test_a_forge_that_forbids_such_refs(mirror: Mirror, remote: Path) -> None:
    install_hook(
        remote, "update", 'case "$1" in refs/heads/*) ;; *) echo "deny updating a hidden ref" >&2; exit 1;; esac'
    )
    result = put_ref(mirror, NAME, b"1", None)
    assert isinstance(result, Refused)
    assert "hidden ref" in result.why
    assert _put(mirror, "refs/heads/vivido/lease/staging", b"1", None)


@pytest.mark.parametrize(
    "name", ["refs/heads/main", "refs/tags/v1", "refs/vivido/", "refs/vivido/-x", "refs/vivido/a..b", "HEAD"]
)
def test_names_that_are_not_ours(mirror: Mirror, name: str) -> None:
    with pytest.raises(InputError) as e:
        put_ref(mirror, name, b"1", None)
    assert e.value.code == "git.ref"


def test_ids_that_are_none(mirror: Mirror) -> None:
    for value, old in (("HEAD", None), (b"1", "abc")):
        with pytest.raises(InputError):
            put_ref(mirror, NAME, value, old)


def test_over_http(tmp_path: Path) -> None:
    with git_server(tmp_path / "srv") as server:
        mirror = Mirror(server.create("shop", START), tmp_path / "cache")
        first = _put(mirror, NAME, b"x" * 100_000, None)
        assert put_ref(mirror, NAME, b"y", "0" * 40) == Moved(first)
        assert read_refs(mirror, "refs/vivido")[NAME].data == b"x" * 100_000
