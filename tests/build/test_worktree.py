"""The source on real repositories: what counts, what is written, and that the user's repository stays untouched."""

import os
from pathlib import Path

import pytest
from build_bench import COMMITTED, Repo

from vivido.build.worktree import WorkTreeSource
from vivido.errors import InputError, ToolError
from vivido.process import run

pytestmark = pytest.mark.real("git")


@pytest.fixture
def source(repo: Repo, tmp_path: Path) -> WorkTreeSource:
    (tmp_path / "scratch").mkdir()
    return WorkTreeSource(repo.root, tmp_path / "scratch")


def written(into: Path) -> dict[str, int]:
    return {p.relative_to(into).as_posix(): p.stat().st_mode & 0o777 for p in into.rglob("*") if p.is_file()}


def test_facts_of_a_clean_tree(repo: Repo, source: WorkTreeSource):
    facts = source.facts()
    assert (facts.commit, facts.committed_at) == (repo.git("rev-parse", "HEAD"), COMMITTED)
    assert (facts.dirty, facts.url) == ((), "")


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        ((), ""),
        (("v1.2.0",), "1.2.0"),
        (("1.9.0", "v1.10.0", "nightly", "release-3"), "1.10.0"),
        (("v2.0.0-rc.1", "v2.0.0"), "2.0.0"),
        (("v2.0.0-rc.1",), "2.0.0-rc.1"),
        (("v7", "web/v1.0.0"), ""),
    ],
)
def test_a_tag_of_the_commit_names_its_version(repo: Repo, source: WorkTreeSource, tags: tuple[str, ...], version: str):
    repo.git("tag", "v9.9.9")
    repo.commit({"web/page": "newer"})
    for tag in tags:
        repo.git("tag", "--annotate", "--message", tag, tag)
    assert source.facts().version == version


def test_changed_staged_deleted_renamed_and_untracked_paths_are_dirty(repo: Repo, source: WorkTreeSource):
    repo.commit({".gitignore": "ignored\n", "moved": "a long enough text\n", "gone": "x"})
    repo.write({"web/page": "changed", "new/a b": "x", "ignored": "x"})
    repo.git("mv", "moved", "renamed")
    (repo.root / "gone").unlink()
    assert sorted(source.facts().dirty) == ["gone", "moved", "new/a b", "renamed", "web/page"]


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://user:secret@example.com/a.git", "https://example.com/a.git"),
        ("git@example.com:team/a.git", "git@example.com:team/a.git"),
        ("/srv/git/a.git", ""),
        ("../a.git", ""),
    ],
)
def test_the_source_is_told_without_passwords_and_paths(repo: Repo, source: WorkTreeSource, remote: str, url: str):
    repo.git("remote", "add", "origin", remote)
    assert source.facts().url == url


def test_no_repository_and_no_commit_are_said(tmp_path: Path):
    empty = Repo(tmp_path / "empty")
    (tmp_path / "none").mkdir()
    for root in (empty.root, tmp_path / "none"):
        with pytest.raises(InputError) as caught:
            WorkTreeSource(root, tmp_path).facts()
        assert caught.value.code == "build.no-commit"


def test_contents_change_with_content_and_mode_and_nothing_else(repo: Repo, source: WorkTreeSource):
    first = source.contents(("web",))
    assert sorted(first) == ["web/Containerfile", "web/page"]
    repo.commit({"README": "other\n"})
    assert source.contents(("web",)) == first
    (repo.root / "web/page").chmod(0o755)
    repo.commit({})
    second = source.contents(("web",))
    assert second["web/page"] != first["web/page"]
    repo.commit({"web/page": "two\n"})
    assert source.contents(("web",))["web/page"] != second["web/page"]
    assert set(source.contents(("", "web"))) == {"README", "web/Containerfile", "web/page"}


def test_the_commit_is_written_not_the_directory(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    repo.commit({".gitignore": "ignored\n", "web/run": "#!/bin/sh\n", "web/übung": "ü\n"})
    (repo.root / "web/run").chmod(0o755)
    (repo.root / "web/link").symlink_to("page")
    repo.commit({})
    repo.write({"web/page": "changed\n", "web/ignored": "x"})
    old = os.umask(0o077)
    try:
        source.export(source.contents(("web",)), tmp_path / "out")
    finally:
        os.umask(old)
    into = tmp_path / "out"
    assert written(into) == {
        "web/Containerfile": 0o644,
        "web/page": 0o644,
        "web/run": 0o755,
        "web/link": 0o644,
        "web/übung": 0o644,
    }
    assert (into / "web/page").read_text(encoding="utf-8") == "one\n"
    assert (into / "web/link").is_symlink()
    assert (into / "web").stat().st_mode & 0o777 == 0o755


def test_the_users_repository_is_left_as_it_was(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    repo.write({"web/page": "changed\n"})
    repo.git("add", "web/page")
    index = (repo.root / ".git/index").read_bytes()
    source.export(source.contents(("",)), tmp_path / "out")
    assert (repo.root / ".git/index").read_bytes() == index
    assert (repo.root / "web/page").read_text(encoding="utf-8") == "changed\n"


def test_files_that_archives_leave_out_are_written(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    repo.commit({".gitattributes": "web/page export-ignore\n"})
    source.export(source.contents(("web",)), tmp_path / "out")
    assert "web/page" in written(tmp_path / "out")


def test_an_ignored_file_counts_and_is_written_where_it_is_named(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    repo.commit({".gitignore": "made/\n"})
    repo.write({"made/app": "one", "made/more/data": "x"})
    (repo.root / "made/app").chmod(0o700)
    first = source.contents(("made", "web"))
    assert {"made/app", "made/more/data", "web/page"} <= set(first)
    repo.write({"made/app": "two"})
    assert source.contents(("made",))["made/app"] != first["made/app"]
    source.export(source.contents(("made", "web/page")), tmp_path / "out")
    assert written(tmp_path / "out") == {"made/app": 0o755, "made/more/data": 0o644, "web/page": 0o644}


def test_an_ignored_link_does_not_lead_out_of_the_repository(repo: Repo, source: WorkTreeSource):
    repo.commit({".gitignore": "made\n"})
    (repo.root / "made").symlink_to("/etc/hostname")
    with pytest.raises(InputError) as caught:
        source.contents(("made",))
    assert caught.value.code == "build.no-input"


def test_a_project_in_a_directory_of_the_repository(repo: Repo, tmp_path: Path):
    repo.commit({"sub/web/page": "below\n"})
    (tmp_path / "scratch").mkdir()
    source = WorkTreeSource(repo.root / "sub", tmp_path / "scratch")
    assert set(source.contents(("web",))) == {"web/page"}
    source.export(source.contents(("web",)), tmp_path / "out")
    assert (tmp_path / "out/web/page").read_text(encoding="utf-8") == "below\n"


class TestSubmodules:
    @pytest.fixture
    def with_module(self, repo: Repo, tmp_path: Path) -> Repo:
        other = Repo(tmp_path / "other")
        other.commit({"lib/code": "of the module\n"})
        repo.git("submodule", "--quiet", "add", str(other.root), "web/module")
        repo.commit({})
        return repo

    def test_they_are_written_as_the_commit_has_them(self, with_module: Repo, source: WorkTreeSource, tmp_path: Path):
        module = with_module.root / "web/module"
        assert "web/module" in source.contents(("web",))
        (module / "lib/code").write_text("changed\n", encoding="utf-8")
        source.export(source.contents(("web",)), tmp_path / "out")
        assert (tmp_path / "out/web/module/lib/code").read_text(encoding="utf-8") == "of the module\n"

    def test_one_that_is_not_checked_out_is_said(self, with_module: Repo, source: WorkTreeSource, tmp_path: Path):
        with_module.git("submodule", "--quiet", "deinit", "--force", "web/module")
        with pytest.raises(InputError) as caught:
            source.export(source.contents(("web",)), tmp_path / "out")
        assert caught.value.code == "build.submodule"


def test_a_repository_that_cannot_be_read_is_said(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    blob = repo.git("rev-parse", "HEAD:web/page")
    (repo.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ToolError) as caught:
        source.export(source.contents(("web",)), tmp_path / "out")
    assert caught.value.code == "build.git"
    with pytest.raises(ToolError):
        WorkTreeSource(tmp_path).contents(("x",))


def test_more_files_than_fit_into_one_listing(repo: Repo, source: WorkTreeSource, tmp_path: Path):
    blob = repo.git("rev-parse", "HEAD:web/page")
    long = "x" * 200
    names = [f"many/{half}/{long}{n}" for half in "ab" for n in range(9_000)]
    index = "".join(f"100644 {blob}\t{name}\n" for name in names)
    assert run(["git", "update-index", "--index-info"], cwd=repo.root, stdin=index.encode()).returncode == 0
    repo.git("commit", "--quiet", "--message=many")
    assert set(source.contents(("many",))) == set(names)
    assert {*names, "README"} <= set(source.contents(("",)))


def test_a_committed_file_is_read_and_no_other(repo: Repo, source: WorkTreeSource):
    repo.write({"new": "x", "web/page": "changed"})
    assert source.read("web/page") == b"one\n"
    assert source.read("new") is None
    assert source.read("web") is None
