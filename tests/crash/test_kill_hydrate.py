"""kill -9 while rendered objects are committed, beside the configuration or on a branch: as if nothing had happened."""

import pytest
from lives import git, kinds, lived, numbered, passed, settled

from vivido.testing.command import Ran
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def _points(mini: Miniature, *command: str) -> list[str]:
    """Run a command undisturbed and return those of its crashpoints that have to do with Git and with the rendered objects."""
    return [p for p in numbered(mini, command) if p.startswith(("git.", "engine.hydrate"))]


@pytest.mark.parametrize(("where", "branch"), [("rendered/dev", "main"), ("{branch: rendered/dev}", "rendered/dev")])
def test_killed_anywhere_there_is_one_commit_with_what_was_validated(mini: Miniature, where: str, branch: str) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("  dev:\n", f"  dev:\n    hydrate: {where}\n"))
    path = "deployment-web.yaml" if branch != "main" else "rendered/dev/deployment-web.yaml"
    first = mini.release("v0")
    promoting = _points(mini, "promote", "dev", "--release", first, "--yes")
    again = _points(mini, "promote", "dev", "--release", mini.release("v0b"), "--yes")
    assert ("engine.hydrate.began#1" in again) == (branch != "main")
    for number, point in enumerate(dict.fromkeys([*promoting, *again]), start=1):
        release, at = mini.release(f"v{number}"), int(git(mini, "rev-list", "--count", branch))
        crash = {"VIVIDO_CRASH_AT": point}
        killed = mini.run("promote", "dev", "--release", release, "--yes", environ=crash)
        if killed.code == 0:
            continue  # The branch is there by now: what made it is not passed any more.
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        column = mini.good("status", "-o", "json").json()["columns"][0]
        assert (column["release"], column["open"]) == (release, []), point
        assert int(git(mini, "rev-list", "--count", branch)) == at + 1, point
        assert mini.push(f"v{number}")["web"] in git(mini, "show", f"{branch}:{path}"), point
    before = git(mini, "show", f"{branch}:{path}")
    for point in _points(mini, "rollback", "dev", "--reason", "a test", "--yes"):
        back = git(mini, "show", f"{branch}:{path}")
        assert back != before
        release = mini.release(f"bad {point}")
        mini.good("promote", "dev", "--release", release, "--yes")
        killed = mini.run("rollback", "dev", "--reason", "a test", "--yes", environ={"VIVIDO_CRASH_AT": point})
        assert killed.code == -9, (point, killed.err)
        mini.good("run", "--once")
        assert git(mini, "show", f"{branch}:{path}") == back, point
    assert mini.good("ledger", "verify").code == 0


def test_a_revert_of_edits_by_hand_ends_as_if_nothing_had_happened(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("  dev:\n", "  dev:\n    hydrate: rendered/dev\n"))
    release = mini.release("v1")
    mini.good("promote", "dev", "--release", release, "--yes")
    path = "rendered/dev/deployment-{}.yaml"
    before = git(mini, "rev-parse", "main^{tree}")

    def revert(environ: dict[str, str]) -> Ran:
        edits: dict[str, bytes | None] = {path.format("web"): b"a: 1\n", path.format("api"): None}
        mini.commit(edits, "Quick fix")
        return mini.run("drift", "revert", "dev", "--yes", environ=environ)

    points, at = passed(mini, revert), int(git(mini, "rev-list", "--count", "main"))
    killed = lived(mini, points, revert)
    assert kinds(killed) >= {"git.commit", "git.push", "engine.hydrate"}
    assert git(mini, "rev-parse", "main^{tree}") == before
    assert int(git(mini, "rev-list", "--count", "main")) == at + 2, "the edit, and what put it back"
    settled(mini, "dev", release)
