"""`change: branch`: a promotion waits on a branch for review, and goes on when people have merged it."""

import subprocess
from pathlib import Path

import pytest

from vivido.testing import arrangements
from vivido.testing.gitserver import commit_to
from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


@pytest.fixture
def any_mini(any_mini: Miniature) -> Miniature:
    reviewed(any_mini)
    return any_mini


@pytest.fixture
def mini(mini: Miniature) -> Miniature:
    reviewed(mini)
    return mini


def reviewed(mini: Miniature) -> None:
    """Let people merge what promotions change, in every environment."""
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("    target: {command:", "    change: branch\n    target: {command:"))


def bare(mini: Miniature, environment: str) -> Path:
    return arrangements.repository(mini.layout, mini.root, environment)


def target(mini: Miniature, environment: str) -> str:
    return arrangements.branch(mini.layout, environment)


def git(where: Path, *args: str) -> str:
    who = ("-c", "user.name=Mel", "-c", "user.email=mel@example.com")
    done = subprocess.run(["git", "-C", str(where), *who, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def waiting(mini: Miniature, environment: str) -> list[str]:
    """Return the branches for review."""
    return git(bare(mini, environment), "for-each-ref", "--format=%(refname:short)", "refs/heads/vivido").split()


def merge(mini: Miniature, environment: str, how: str = "--no-ff", branch: str = "") -> None:
    """Bring the branch for review to the environment's branch, as a forge's button does."""
    where = mini.root / "person"
    if where.exists():
        subprocess.run(["rm", "-rf", str(where)], check=True)
    git(mini.root, "clone", "--quiet", "--branch", target(mini, environment), str(bare(mini, environment)), "person")
    branch = branch or waiting(mini, environment)[0]
    if how == "--squash":
        git(where, "merge", "--squash", f"origin/{branch}")
        git(where, "commit", "--quiet", "--message", "Take the proposal")
    elif how == "rebase":
        git(where, "switch", "--quiet", branch)
        git(where, "rebase", "--quiet", "--force-rebase", f"origin/{target(mini, environment)}")
        git(where, "branch", "--force", target(mini, environment))
    else:
        git(where, "merge", "--quiet", how, "--no-edit", f"origin/{branch}")
    git(where, "push", "--quiet", "origin", target(mini, environment))


def start(mini: Miniature, environment: str, release: str) -> str:
    """Start a promotion, which waits for a merge, and return the branch."""
    ran = mini.run("promote", environment, "--release", release, "--yes")
    assert ran.code == 9, ran.err
    (branch,) = waiting(mini, environment)
    return branch


def go_on(mini: Miniature, environment: str) -> None:
    """Look again at once."""
    mini.run("retry", environment)


def released(mini: Miniature, environment: str) -> str:
    columns = mini.good("status", "-o", "json").json()["columns"]
    return next(c["release"] for c in columns if c["environment"] == environment)


def test_it_waits_for_the_merge_and_says_what_for_and_then_goes_on(any_mini: Miniature) -> None:
    mini = any_mini
    release = mini.release("v1")
    before = mini.log("dev")
    branch = start(mini, "dev", release)
    assert branch.startswith("vivido/dev/p-")
    assert mini.log("dev") == before
    assert mini.applied == []
    why = mini.good("why", "dev").out
    assert f"{branch} (" in why
    assert f"waits to be merged into {target(mini, 'dev')}" in why
    assert f"git merge --no-ff origin/{branch}" in why
    assert mini.good("status").out.count("waits to be merged") == 1
    message = git(bare(mini, "dev"), "log", "-1", "--format=%B", branch)
    for told in (release, "Deployment/web: new", "Way back: none", "Vivido-Content", "Asked for by Carol"):
        assert told in message
    merge(mini, "dev")
    go_on(mini, "dev")
    assert released(mini, "dev") == release
    assert [line.split()[0] for line in mini.applied] == ["dev"]
    assert mini.push("v1")["web"] in mini.file(mini.manifest("web", "dev"), "dev")
    assert waiting(mini, "dev") == []


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only", "--squash", "rebase"])
def test_however_it_is_merged_it_goes_on_and_can_be_rolled_back(mini: Miniature, how: str) -> None:
    first = mini.release("v1")
    start(mini, "dev", first)
    merge(mini, "dev", how)
    go_on(mini, "dev")
    second = mini.release("v2")
    start(mini, "dev", second)
    mini.commit({"README.md": b"more\n"}, "Write more")
    if how == "--ff-only":
        merge(mini, "dev", "--no-ff")
    else:
        merge(mini, "dev", how)
    go_on(mini, "dev")
    assert released(mini, "dev") == second
    assert mini.run("rollback", "dev", "--reason", "a test", "--yes").code == 9
    merge(mini, "dev", how if how != "--ff-only" else "--no-ff")
    go_on(mini, "dev")
    assert released(mini, "dev") == first
    assert mini.push("v1")["web"] in mini.file(mini.manifest("web", "dev"))
    assert mini.file("README.md") == "more\n"


def test_in_every_layout_a_release_goes_all_the_way_and_back(any_mini: Miniature) -> None:
    mini = any_mini
    releases = [mini.release("v1")]
    for number in (1, 2):
        for environment in ("dev", "staging", "production"):
            ran = mini.run("promote", environment, "--release", releases[-1], "--yes")
            if environment == "production":
                ran = mini.approve("production")
            assert ran.code == 9, ran.err
            merge(mini, environment)
            go_on(mini, environment)
            assert released(mini, environment) == releases[-1], mini.good("why", environment).out
        if number == 1:
            releases.append(mini.release("v2"))
    assert mini.run("rollback", "production", "--reason", "slow", "--yes").code == 9
    merge(mini, "production")
    go_on(mini, "production")
    assert released(mini, "production") == releases[0]
    assert mini.push("v1")["api"] in mini.file(mini.manifest("api", "production"), "production")
    assert mini.good("ledger", "verify").code == 0


def test_in_branches_a_squash_is_no_merge_and_is_asked_for_again(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini", "branches") as mini:
        reviewed(mini)
        release = mini.release("v1")
        start(mini, "dev", release)
        merge(mini, "dev")
        go_on(mini, "dev")
        mini.run("promote", "staging", "--release", release, "--yes")
        merge(mini, "staging", "--squash")
        go_on(mini, "staging")
        assert released(mini, "staging") == "", "the branch would not say which commit was promoted"
        merge(mini, "staging")
        go_on(mini, "staging")
        assert released(mini, "staging") == release


def test_an_abort_removes_the_branch_and_nothing_was_changed(any_mini: Miniature) -> None:
    mini = any_mini
    before = mini.log("dev")
    start(mini, "dev", mini.release("v1"))
    assert mini.run("abort", "dev", "--reason", "a test", "--yes").code in (0, 3)
    assert waiting(mini, "dev") == []
    assert mini.log("dev") == before
    assert mini.good("status", "-o", "json").json()["columns"][0]["open"] == []


def test_an_abort_after_the_merge_takes_it_back(mini: Miniature) -> None:
    first = mini.release("v1")
    start(mini, "dev", first)
    merge(mini, "dev")
    go_on(mini, "dev")
    branch = start(mini, "dev", mini.release("v2"))
    merge(mini, "dev")
    mini.run("abort", "dev", "--reason", "a test", "--yes")
    assert waiting(mini, "dev") == [f"{branch}-back"]
    merge(mini, "dev")
    go_on(mini, "dev")
    assert released(mini, "dev") == first
    assert mini.push("v1")["web"] in mini.file(mini.manifest("web", "dev"))
    assert mini.good("status", "-o", "json").json()["columns"][0]["open"] == []


def test_who_removes_the_branch_says_no(mini: Miniature) -> None:
    branch = start(mini, "dev", mini.release("v1"))
    git(mini.origin, "update-ref", "-d", f"refs/heads/{branch}")
    go_on(mini, "dev")
    assert "without merging it" in mini.good("why", "dev").out
    assert mini.good("status", "-o", "json").json()["columns"][0]["last"]["status"] == "refused"
    mini.run("retry", "dev")
    assert waiting(mini, "dev") == [branch]


def test_when_the_branch_below_moves_it_is_derived_again_and_only_then(mini: Miniature) -> None:
    branch = start(mini, "dev", mini.release("v1"))
    first = git(mini.origin, "rev-parse", branch)
    mini.commit({"README.md": b"more\n"}, "Write more")
    go_on(mini, "dev")
    assert git(mini.origin, "rev-parse", branch) == first, "a merge gives the same still"
    path = mini.manifest("web", "dev")
    mini.commit({path: f"# a comment of somebody\n{mini.file(path)}".encode()}, "Explain")
    go_on(mini, "dev")
    second = git(mini.origin, "rev-parse", branch)
    assert second != first
    git(mini.origin, "merge-base", "--is-ancestor", first, second)
    assert git(mini.origin, "show", f"{branch}:{path}").startswith("# a comment of somebody")
    merge(mini, "dev")
    go_on(mini, "dev")
    assert mini.file(path).startswith("# a comment of somebody")
    assert mini.push("v1")["web"] in mini.file(path)


def test_what_was_merged_with_something_else_does_not_go_on(mini: Miniature) -> None:
    branch = start(mini, "dev", mini.release("v1"))
    path = mini.manifest("web", "dev")
    text = git(mini.origin, "show", f"{branch}:{path}") + "\n"
    commit_to(mini.origin, {path: text.replace("info", "debug").encode()}, branch=branch, message="While at it")
    go_on(mini, "dev")
    assert "people committed on it" in mini.good("why", "dev").out
    merge(mini, "dev")
    go_on(mini, "dev")
    assert "never validated" in mini.good("why", "dev").out
    assert mini.applied == []


def test_a_newer_release_takes_the_place_of_one_that_waits(mini: Miniature) -> None:
    old = start(mini, "dev", mini.release("v1"))
    new = start(mini, "dev", mini.release("v2"))
    assert old != new
    assert waiting(mini, "dev") == [new]
    assert "superseded" in mini.good("history").out


def test_what_git_says_already_needs_no_review_and_belongs_to_nobodys_rollback(mini: Miniature) -> None:
    start(mini, "dev", mini.release("v1"))
    merge(mini, "dev")
    go_on(mini, "dev")
    path = mini.manifest("web", "dev")
    mini.commit({path: mini.file(path).replace("info", "debug").encode()}, "Debug dev")
    configured = mini.release("v1")
    mini.good("promote", "dev", "--release", configured, "--yes")
    assert waiting(mini, "dev") == []
    assert released(mini, "dev") == configured
    ran = mini.run("rollback", "dev", "--yes")
    assert ran.code == 3
    assert "only in commits that people made" in ran.err


def test_a_gate_that_fails_afterwards_is_taken_back_by_review_too(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(
        file.read_text().replace("        name: acceptance", "        name: acceptance\n        when: after")
    )
    first, second = mini.release("v1"), ""
    for environment in ("dev", "staging"):
        start(mini, environment, first)
        merge(mini, environment)
        go_on(mini, environment)
    second = mini.release("v2")
    start(mini, "dev", second)
    merge(mini, "dev")
    go_on(mini, "dev")
    branch = start(mini, "staging", second)
    merge(mini, "staging")
    (mini.root / "broken").touch()
    go_on(mini, "staging")
    assert waiting(mini, "staging") == [f"{branch}-back"]
    assert mini.applied[-1].startswith("staging")
    merge(mini, "staging")
    go_on(mini, "staging")
    assert released(mini, "staging") == first
    assert mini.push("v1")["web"] in mini.file(mini.manifest("web", "staging"))


def test_a_wrong_word_is_refused_with_its_place(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("change: branch", "change: request", 1))
    ran = mini.run("status")
    assert ran.code == 2
    assert "change" in ran.err
