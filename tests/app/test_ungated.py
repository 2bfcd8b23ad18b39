"""Ungated changes: a commit that changes an environment without a promotion, found with who did it and which release has it."""

from pathlib import Path

import pytest

from vivido.testing.miniature import Miniature, miniature

WHO = "Server <server@example.com>"
"""Who makes the commits of `Miniature.commit`."""

pytestmark = pytest.mark.real("ssh-keygen", "git")


def pulling(mini: Miniature) -> None:
    """Let every environment's target be one that pulls."""
    file = mini.clone / "vivido.yaml"
    text = file.read_text()
    assert "target: {command: {apply:" in text
    file.write_text(text.replace("{command: {apply:", "{command: {pulls: true, apply:"))


def louder(mini: Miniature, environment: str, level: str = "debug") -> str:
    """Change a variable of one environment's web as somebody does, and return the commit's id."""
    path = mini.manifest("web", environment)
    text = mini.file(path, environment).replace("value: info", f"value: {level}")
    assert f"value: {level}" in text
    return mini.commit({path: text.encode()}, f"Log at {level}", environment=environment)


def ungated(mini: Miniature, environment: str, code: int = 10) -> list[dict[str, str]]:
    ran = mini.run("drift", environment, "-o", "json")
    assert ran.code == code, ran.err
    return ran.json()[0]["ungated"]


def test_a_commit_that_is_live_without_a_promotion_is_found_and_is_a_debt_until_it_is_promoted(
    any_mini: Miniature,
) -> None:
    mini = any_mini
    pulling(mini)
    first = mini.release("v1")
    mini.to_production(first)
    edit = louder(mini, "production")
    mini.commit({"README.md": b"nothing that anybody renders\n"}, "Say more", environment="production")
    (one,) = ungated(mini, "production", 10)
    assert (one["commit"], one["subject"]) == (edit, "Log at debug")
    assert one["author"] == WHO
    assert one.get("release", "") == ""
    text = mini.run("drift", "production").out
    assert "1 ungated change" in text
    assert "no release has it yet: vivido release create" in text
    assert "ungated change in production: 1 commit live without a promotion" in mini.good("status").out
    why = mini.good("why", "production").out
    assert edit[:12] in why
    assert "Log at debug" in why


def test_the_release_that_has_it_is_named_and_its_promotion_pays_the_debt(any_mini: Miniature) -> None:
    mini = any_mini
    pulling(mini)
    mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
    louder(mini, "dev")
    second = mini.release("v1")
    (one,) = ungated(mini, "dev")
    assert one["release"] == second
    assert f"vivido promote dev --release {second}" in mini.run("drift", "dev").out
    mini.good("promote", "dev", "--release", second, "--yes")
    assert ungated(mini, "dev", 11) == []
    assert "ungated" not in mini.good("status").out + mini.good("why", "dev").out


def test_a_change_that_was_taken_back_is_none(any_mini: Miniature) -> None:
    mini = any_mini
    pulling(mini)
    mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
    path = mini.manifest("web", "dev")
    before = mini.file(path)
    louder(mini, "dev")
    mini.commit({path: before.encode()}, "Log as before")
    assert ungated(mini, "dev", 11) == []


def test_where_nothing_pulls_it_is_told_and_is_no_debt(any_mini: Miniature) -> None:
    mini = any_mini
    mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
    louder(mini, "dev")
    ran = mini.run("drift", "dev")
    assert ran.code == 11, "what runs there is not told by this target"
    assert "on the branch, and not live before a promotion" in ran.out
    assert "ungated" not in mini.good("status").out


def test_commits_that_change_it_are_named_each_and_no_other(any_mini: Miniature) -> None:
    mini = any_mini
    pulling(mini)
    mini.to_production(mini.release("v1"))
    edits = [louder(mini, "production")]
    path = mini.manifest("api", "production")
    text = mini.file(path, "production")
    mini.commit({path: f"# a comment\n{text}".encode()}, "Explain", environment="production")
    edits.append(
        mini.commit({path: text.replace("replicas: ", "replicas: 1").encode()}, "Grow", environment="production")
    )
    assert [u["commit"] for u in ungated(mini, "production")] == edits[::-1]


def test_what_git_only_brings_to_life_pulls(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini") as mini:
        file = mini.clone / "vivido.yaml"
        text = file.read_text()
        before, _, after = text.partition("    target: {command:")
        file.write_text(before + "    target: none\n" + after.partition("\n")[2])
        mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
        edit = louder(mini, "dev")
        assert [u["commit"] for u in ungated(mini, "dev")] == [edit]
        assert edit[:12] in mini.good("why", "dev").out
        # A branch that cannot be read says nothing: the debt stays.
        mini.origin.rename(mini.root / "away.git")
        ran = mini.run("drift", "dev")
        assert ran.code == 11
        assert "could not be compared" in ran.out
        assert edit[:12] in mini.good("why", "dev").out


def test_there_is_nothing_to_put_back_where_only_the_branch_changed(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini") as mini:
        pulling(mini)
        release = mini.release("v1")
        told = "; ".join(f"echo {service}={digest}" for service, digest in mini.push("v1").items())
        file = mini.clone / "vivido.yaml"
        file.write_text(file.read_text().replace("current: 'true'", f"current: '{told}'"))
        mini.good("promote", "dev", "--release", release, "--yes")
        assert ungated(mini, "dev", 0) == []
        edit = louder(mini, "dev")
        assert [u["commit"] for u in ungated(mini, "dev")] == [edit]
        ran = mini.run("drift", "revert", "dev", "--yes")
        assert ran.code == 6
        assert f"git revert {edit[:12]}" in ran.err


def test_drift_is_still_told_beside_it(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini") as mini:
        pulling(mini)
        mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
        louder(mini, "dev")
        file = mini.clone / "vivido.yaml"
        wrong = f"web=sha256:{'0' * 64}"
        file.write_text(file.read_text().replace("current: 'true'", f"current: 'echo {wrong}'"))
        assert mini.run("drift", "dev").code == 10
        told = mini.good("status").out
        assert "drift in dev: 1 difference" in told
        assert "ungated change in dev: 1 commit" in told
