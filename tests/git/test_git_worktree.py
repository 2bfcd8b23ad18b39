import os
from pathlib import Path

import pytest

from vivido.errors import NotFoundError, ToolError
from vivido.git.worktree import current_branch, dirty, head_commit, origin_url, toplevel, user
from vivido.process import run


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Path:
    path = tmp_path / "clone é"
    run(["git", "clone", "-q", str(remote), str(path)])
    return path


def test_what_a_clone_is(clone: Path, remote: Path) -> None:
    below = clone / "deploy/base"
    assert toplevel(below) == clone
    assert head_commit(below) == run(["git", "-C", str(remote), "rev-parse", "main"]).text.strip()
    assert current_branch(below) == "main"
    assert origin_url(below) == str(remote)
    assert origin_url(below, "upstream") is None
    assert dirty(below) == ()


def test_before_the_first_commit(tmp_path: Path) -> None:
    run(["git", "init", "-q", "-b", "trunk", str(tmp_path / "new")])
    assert head_commit(tmp_path / "new") is None
    assert current_branch(tmp_path / "new") == "trunk"


def test_no_branch_is_checked_out(clone: Path) -> None:
    run(["git", "-C", str(clone), "checkout", "-q", "--detach"])
    assert current_branch(clone) is None


def test_dirty(clone: Path) -> None:
    weird = os.fsdecode(b'w\xff \n"x')
    (clone / ".gitignore").write_text("ignored\n")
    (clone / "ignored").write_text("")
    (clone / weird).write_text("")
    (clone / "README.md").write_text("changed\n")
    (clone / "deploy/base/app.yaml").unlink()
    (clone / "deploy/prod/new").write_text("")
    run(["git", "-C", str(clone), "add", "deploy/prod/new"])
    every = (".gitignore", "README.md", "deploy/base/app.yaml", "deploy/prod/new", weird)
    assert dirty(clone) == tuple(sorted(every))
    assert dirty(clone / "deploy", ["deploy/base", "none"]) == ("deploy/base/app.yaml",)
    assert dirty(clone, ["*"]) == ()
    (clone / "deploy/prod/kustomization.yaml").rename(clone / "deploy/prod/moved")
    run(["git", "-C", str(clone), "add", "-A"])
    assert {"deploy/prod/kustomization.yaml", "deploy/prod/moved"} <= set(dirty(clone))


def test_no_program_of_the_repository_is_run(clone: Path, tmp_path: Path) -> None:
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    run(["git", "-C", str(clone), "config", "core.fsmonitor", str(script)])
    dirty(clone)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("ask", [toplevel, head_commit, current_branch, dirty, origin_url])
def test_outside_of_any_work_tree(tmp_path: Path, remote: Path, ask: object) -> None:
    for place in (tmp_path, tmp_path / "nowhere", remote):
        with pytest.raises(NotFoundError) as e:
            ask(place) if place is not remote else toplevel(place)  # type: ignore[operator]
        assert e.value.code == "git.no-work-tree"


def test_a_repository_that_git_cannot_read(clone: Path) -> None:
    (clone / ".git/config").write_text("[core\n")
    with pytest.raises(ToolError) as e:
        toplevel(clone)
    assert e.value.code == "git.failed"


def test_user(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    assert user(clone) is None
    run(["git", "-C", str(clone), "config", "user.name", "Alice A"])
    run(["git", "-C", str(clone), "config", "user.email", "alice@example.com"])
    assert user(clone) == ("Alice A", "alice@example.com")
