"""The layout `branches`: constructed trees, hotfixes as debts, conflicts, and what a later merge does not swallow."""

import pytest

from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("branches")]
WEB = "deploy/web/app.yaml"
OWN = "deploy/web/settings.yaml"


def _edit(mini: Miniature, environment: str, path: str, old: str, new: str, message: str) -> str:
    text = mini.file(path, environment)
    assert old in text
    return mini.commit({path: text.replace(old, new).encode()}, message, environment=environment)


def _git(mini: Miniature, *args: str) -> str:
    done = run(["git", "-C", str(mini.origin), *args])
    assert done.returncode == 0, done.complaint
    return done.text.strip()


def _back_merge(mini: Miniature, source: str, target: str) -> None:
    """Merge one branch into another, as a person does in a clone."""
    work = mini.root / "work"
    if not work.exists():
        run(["git", "clone", "--quiet", str(mini.origin), str(work)])
        for key, value in (("user.name", "Dave"), ("user.email", "dave@example.com")):
            run(["git", "-C", str(work), "config", key, value])
    for command in (
        ["fetch", "--quiet"],
        ["checkout", "--quiet", "-B", target, f"origin/{target}"],
        # The environment's own files stay on their own branch.
        ["merge", "--quiet", "--no-commit", "--no-ff", f"origin/{source}"],
    ):
        run(["git", "-C", str(work), *command])
    for path in (OWN, OWN.replace("web", "api")):
        run(["git", "-C", str(work), "checkout", f"origin/{target}", "--", path])
    done = run(["git", "-C", str(work), "commit", "--quiet", "--all", "--message", f"Merge {source} back"])
    assert done.returncode == 0, done.complaint
    assert run(["git", "-C", str(work), "push", "--quiet", "origin", target]).returncode == 0


def test_the_tree_is_the_validated_one_with_the_environments_own_files(mini: Miniature) -> None:
    _edit(mini, "dev", WEB, "replicas: 2", "replicas: 5", "Serve more")
    _edit(mini, "dev", OWN, 'workers: "1"', 'workers: "4"', "More workers in dev")
    validated = _git(mini, "rev-parse", "develop")
    release = mini.release("v1")
    tip = _git(mini, "rev-parse", "staging")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    assert "replicas: 5" in mini.file(WEB, "staging")
    assert 'workers: "2"' in mini.file(OWN, "staging")
    assert _git(mini, "log", "-1", "--format=%P", "staging").split() == [tip, validated]
    assert _git(mini, "log", "-1", "--format=%(trailers:key=Vivido-Validated,valueonly)", "staging") == validated
    changed = _git(mini, "diff", "--name-only", "develop", "staging").splitlines()
    assert changed == [OWN.replace("web", "api"), OWN], "nothing differs but what belongs to each"
    mini.run("promote", "production", "--release", release, "--yes")
    assert mini.approve("production").code == 0
    parents = _git(mini, "log", "-1", "--format=%P", "production").split()
    assert parents[1] == _git(mini, "rev-parse", "staging"), "merges flow upward, branch by branch"
    shown = mini.good("release", "show", release, "-o", "json").json()["release"]
    assert shown["revision"]["commit"] == validated
    assert shown["revisions"]["staging"]["commit"] == tip


def test_a_hotfix_is_a_debt_until_it_is_contained_below_or_superseded(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    hotfix = _edit(mini, "production", WEB, "- {name", "- {name: FIX, value: '1'}\n            - {name", "Fix it here")
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert "branches.debt" in refused.err
    assert f"{hotfix[:12]} Fix it here" in refused.err
    assert "FIX" in mini.file(WEB, "production")
    # Declared superseded: with a reason, which the commit records. Only commits that would be undone can be.
    assert mini.run("promote", "production", "--release", second, "--yes", "--supersede", hotfix[:12]).code == 2
    wrong = mini.run(
        "promote", "production", "--release", second, "--yes", "--reason", "x", "--supersede", "0123456789"
    )
    assert wrong.code == 2
    assert hotfix[:12] in wrong.err
    args = ("--supersede", hotfix[:12], "--reason", "v2 does it otherwise")
    assert mini.run("promote", "production", "--release", second, "--yes", *args).code == 9
    assert mini.approve("production").code == 0
    assert "FIX" not in mini.file(WEB, "production")
    message = _git(mini, "log", "-1", "--format=%B", "production")
    assert f"Vivido-Superseded: {hotfix[:12]}" in message
    assert "v2 does it otherwise" in message
    # The next one asks no more.
    mini.to_production(mini.release("v3"))


def test_a_back_merge_pays_the_debt_and_the_change_flows_up_again(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    _edit(mini, "production", WEB, "replicas: 2", "replicas: 9", "Fix it here")
    _back_merge(mini, "production", "develop")
    assert "replicas: 9" in mini.file(WEB, "dev")
    assert 'workers: "1"' in mini.file(OWN, "dev")
    mini.to_production(mini.release("v2"))
    assert "replicas: 9" in mini.file(WEB, "production")
    # Whoever takes it back below means it.
    _edit(mini, "dev", WEB, "replicas: 9", "replicas: 3", "Not so many")
    mini.to_production(mini.release("v3"))
    assert "replicas: 3" in mini.file(WEB, "production")


def test_the_same_change_made_again_below_is_contained_too(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    for environment in ("production", "dev"):
        _edit(mini, environment, WEB, "replicas: 2", "replicas: 9", f"Fix it in {environment}")
    mini.to_production(mini.release("v2"))
    assert "replicas: 9" in mini.file(WEB, "production")


def test_a_file_that_changed_on_both_sides_is_named_with_both(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    hotfix = _edit(mini, "production", WEB, "replicas: 2", "replicas: 9", "Fix it here")
    below = _edit(mini, "dev", WEB, "replicas: 2", "replicas: 4", "Serve more")
    commits = mini.log("production")
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert "branches.conflict" in refused.err
    for told in (f"{WEB}:7", f"{hotfix[:12]} Fix it here", f"{below[:12]} Serve more", "replicas: 9", "replicas: 4"):
        assert told in refused.err
    assert mini.log("production") == commits


def test_what_goes_back_does_not_stand_and_hotfixes_before_it_are_debts_again(mini: Miniature) -> None:
    mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
    mini.good("promote", "staging", "--yes")
    hotfix = _edit(mini, "staging", WEB, "replicas: 2", "replicas: 9", "Fix it here")
    (mini.root / "broken").touch()
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    args = ("--supersede", hotfix[:12], "--reason", "it goes")
    assert mini.run("promote", "staging", "--release", second, "--yes", *args).code == 4
    (mini.root / "broken").unlink()
    assert "replicas: 9" in mini.file(WEB, "staging"), "going back brings the hotfix back, too"
    refused = mini.run("promote", "staging", "--release", second, "--yes")
    assert refused.code == 3
    assert hotfix[:12] in refused.err


def test_a_rollback_is_not_swallowed_and_keeps_the_hotfix(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.to_production(first)
    _edit(mini, "dev", WEB, "replicas: 2", "replicas: 6", "Serve more")
    second = mini.release("v2")
    mini.to_production(second)
    hotfix = _edit(mini, "production", WEB, "- {name", "- {name: FIX, value: '1'}\n            - {name", "Fix it here")
    assert mini.run("rollback", "production", "--reason", "slow", "--yes").code == 9
    assert mini.approve("production").code == 0
    text = mini.file(WEB, "production")
    assert ("replicas: 2" in text, "FIX" in text) == (True, True)
    third = mini.release("v3")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    refused = mini.run("promote", "production", "--release", third, "--yes")
    assert refused.code == 3
    assert hotfix[:12] in refused.err
    args = ("--supersede", hotfix[:12], "--reason", "done in v3")
    mini.run("promote", "production", "--release", third, "--yes", *args)
    assert mini.approve("production").code == 0
    # What the rolled-back release had brought comes with the next one, as it was validated: nothing is silently left out.
    assert "replicas: 6" in mini.file(WEB, "production")


def test_an_edit_of_an_environments_own_file_goes_straight_to_its_gates(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.to_production(first)
    _edit(mini, "production", OWN, 'workers: "3"', 'workers: "8"', "More workers")
    refused = mini.run("promote", "production", "--release", first, "--again", "--yes")
    assert "since then came" in refused.err
    assert "More workers" in refused.err
    second = mini.good("release", "create", "-o", "name").out.strip()
    waits = mini.run("promote", "production", "--yes")
    assert waits.code == 9
    assert f"Unchanged: staging, passed as {first}" in waits.err
    assert mini.approve("production").code == 0
    assert mini.good("status", "-o", "json").json()["columns"][2]["release"] == second


def test_a_commit_that_is_promoted_cannot_name_its_own_approver(mini: Miniature) -> None:
    text = mini.file("vivido.yaml").replace("    gates:\n      - approve: {by: release-managers}\n", "")
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "No approvals")
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    assert mini.run("promote", "production", "--yes").code == 9
