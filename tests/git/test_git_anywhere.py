"""A commit on any branch of a remote."""

from pathlib import Path

import pytest

from vivido.git.anywhere import anywhere
from vivido.git.mirror import Mirror
from vivido.process import run
from vivido.testing.gitserver import commit_to, create_bare

pytestmark = pytest.mark.real("git")


def test_a_commit_on_another_branch_is_found_until_no_branch_has_it(tmp_path: Path) -> None:
    bare = tmp_path / "origin.git"
    create_bare(bare, {"a": b"1"})
    run(["git", "-C", str(bare), "branch", "review", "main"])
    commit = commit_to(bare, {"a": b"2"}, branch="review")
    mirror = Mirror(str(bare), tmp_path / "cache")
    mirror.fetch("main")
    assert anywhere(mirror, commit) == commit
    assert anywhere(mirror, commit[:8]) == commit
    assert anywhere(mirror, "0" * 40) is None
    # Names and what is too short to mean one commit are not looked for.
    assert anywhere(mirror, "review") is None
    assert anywhere(mirror, commit[:6]) is None
    run(["git", "-C", str(bare), "branch", "-D", "review"])
    assert anywhere(mirror, commit) is None
