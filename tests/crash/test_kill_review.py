"""kill -9 while a change is proposed, merged and called off (`change: branch`): as if nothing had happened."""

import pytest
from lives import git, numbered

from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _reviewed(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("    target: {command:", "    change: branch\n    target: {command:"))


def _waiting(mini: Miniature) -> list[str]:
    return git(mini, "for-each-ref", "--format=%(refname:short)", "refs/heads/vivido").split()


def _merge(mini: Miniature) -> None:
    """Merge by moving the branch forward, as a forge does where it can."""
    (branch,) = _waiting(mini)
    git(mini, "merge-base", "--is-ancestor", "main", branch)
    git(mini, "update-ref", "refs/heads/main", branch)


def _points(mini: Miniature, code: int, *command: str) -> list[str]:
    """Run a command undisturbed and return those of its crashpoints that have to do with Git and with reviews."""
    # The others are those of every promotion, see test_kill_promote.py.
    return [point for point in numbered(mini, command, code=code) if point.startswith(("git.", "engine.propose"))]


def _column(mini: Miniature) -> tuple[str, list[str]]:
    column = mini.good("status", "-o", "json").json()["columns"][0]
    return column["release"], [w["status"] for w in column["open"]]


def test_a_proposal_killed_anywhere_is_one_branch_with_one_commit_and_its_merge_one_promotion(mini: Miniature) -> None:
    _reviewed(mini)
    first = mini.release("v0")
    proposing = _points(mini, 9, "promote", "dev", "--release", first, "--yes")
    assert {"git.commit.before#1", "git.push.before#1", "git.push.after#1"} <= set(proposing)
    _merge(mini)
    merged = _points(mini, 0, "retry", "dev")
    assert "git.push.before#1" in merged, "the branch for review is removed"
    for number, point in enumerate([*proposing, *merged], start=1):
        release, at = mini.release(f"v{number}"), len(mini.log())
        crash = {"VIVIDO_CRASH_AT": point}
        if number <= len(proposing):
            killed = mini.run("promote", "dev", "--release", release, "--yes", environ=crash)
        else:
            assert mini.run("promote", "dev", "--release", release, "--yes").code == 9
            _merge(mini)
            killed = mini.run("retry", "dev", environ=crash)
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        if number <= len(proposing):
            (branch,) = _waiting(mini)
            assert git(mini, "rev-list", "--count", f"main..{branch}") == "1", point
            _merge(mini)
        mini.run("retry", "dev")
        assert _column(mini) == (release, []), point
        assert len(mini.log()) == at + 1, point
        assert _waiting(mini) == [], point
    assert mini.good("ledger", "verify").code == 0


def test_an_abort_killed_anywhere_leaves_nothing(mini: Miniature) -> None:
    _reviewed(mini)
    before = mini.log()
    mini.run("promote", "dev", "--release", mini.release("v0"), "--yes")
    points = _points(mini, 0, "abort", "dev", "--reason", "a test", "--yes")
    assert "git.push.before#1" in points
    for number, point in enumerate(points, start=1):
        assert mini.run("promote", "dev", "--release", mini.release(f"v{number}"), "--yes").code == 9
        killed = mini.run("abort", "dev", "--reason", "a test", "--yes", environ={"VIVIDO_CRASH_AT": point})
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        assert _waiting(mini) == [], point
        assert _column(mini) == ("", []), point
    assert mini.log() == before
