"""Hydration: a promotion commits the rendered objects that were validated, beside the configuration or on a branch of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hydrated import content, git, objects, place, tree, validated

from vivido.layouts.kinds import KINDS
from vivido.testing import arrangements
from vivido.testing.gitserver import commit_to
from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")
WHERE = {"directory": "rendered/{0}", "branch": "{{branch: rendered/{0}}}"}


def hydrated(mini: Miniature, where: str) -> None:
    """Let promotions commit the rendered objects of every environment."""
    file = mini.clone / "vivido.yaml"
    text = file.read_text()
    for environment in arrangements.ENVIRONMENTS:
        before = f"  {environment}:\n"
        assert before in text
        text = text.replace(before, f"{before}    hydrate: {WHERE[where].format(environment)}\n")
    file.write_text(text)


@pytest.fixture(params=[(layout, where) for layout in sorted(KINDS) for where in WHERE], ids="-".join)
def any_mini(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Miniature, str]]:
    layout, where = request.param
    with miniature(tmp_path / "mini", layout) as made:
        hydrated(made, where)
        yield made, where


@pytest.fixture
def mini(mini: Miniature) -> Miniature:
    hydrated(mini, "directory")
    return mini


def louder(mini: Miniature, environment: str) -> str:
    path = mini.manifest("web", environment)
    text = mini.file(path, environment).replace("value: info", "value: debug")
    return mini.commit({path: text.encode()}, "Log more", environment=environment)


def edit(mini: Miniature, environment: str) -> tuple[str, str]:
    """Change what belongs to one environment alone, and return the rendered file with what it says then."""
    if mini.layout != "branches":
        louder(mini, environment)
        return "deployment-web.yaml", "value: debug"
    path = "deploy/web/settings.yaml"
    text = mini.file(path, environment).replace('workers: "', 'workers: "9')
    mini.commit({path: text.encode()}, "More workers", environment=environment)
    return "configmap-web-settings.yaml", 'workers: "9'


def column(mini: Miniature, environment: str) -> dict[str, object]:
    columns = mini.good("status", "-o", "json").json()["columns"]
    return next(c for c in columns if c["environment"] == environment)


def test_what_was_validated_is_committed_and_goes_back_byte_for_byte(any_mini: tuple[Miniature, str]) -> None:
    mini, where = any_mini
    first = mini.release("v1")
    mini.to_production(first)
    for environment in arrangements.ENVIRONMENTS:
        found = tree(mini, environment, where)
        expected = {"README.md", "deployment-api.yaml", "deployment-web.yaml"}
        if mini.layout == "branches":
            expected |= {"configmap-api-settings.yaml", "configmap-web-settings.yaml"}
        assert set(found) == expected
        assert first in found["README.md"]
        for service, digest in mini.push("v1").items():
            assert f"@{digest}" in found[f"deployment-{service}.yaml"]
        assert first not in "".join(objects(found).values()), "what did not change stays as it is"
        assert content(found) == validated(mini, environment, where)
    before = tree(mini, "production", where)
    second = mini.release("v2")
    mini.to_production(second)
    assert tree(mini, "production", where) != before
    louder(mini, "production")
    mini.good("rollback", "production", "--reason", "slow", "--yes")
    assert tree(mini, "production", where) == before
    assert column(mini, "production")["release"] == first
    assert "value: debug" in mini.file(mini.manifest("web", "production"), "production"), "edits of people stay"
    assert mini.good("ledger", "verify").code == 0


def test_an_edit_of_the_configuration_reaches_it_only_through_a_release(any_mini: tuple[Miniature, str]) -> None:
    mini, where = any_mini
    release = mini.release("v1")
    mini.good("promote", "dev", "--release", release, "--yes")
    file, said = edit(mini, "staging")
    mini.good("promote", "staging", "--release", release, "--yes")
    before = tree(mini, "staging", where)
    assert said not in before[file]
    configured = mini.release("v1")
    assert configured != release
    mini.good("promote", "staging", "--release", configured, "--yes")
    assert said in tree(mini, "staging", where)[file]
    # Configuration alone goes back, too, without a commit of somebody's being touched.
    mini.good("rollback", "staging", "--to", release, "--yes")
    assert tree(mini, "staging", where) == before
    assert mini.log("staging").count("More workers" if mini.layout == "branches" else "Log more") == 1


def test_a_promotion_that_fails_afterwards_puts_it_back(any_mini: tuple[Miniature, str]) -> None:
    mini, where = any_mini
    file = mini.clone / "vivido.yaml"
    file.write_text(
        file.read_text().replace("        name: acceptance", "        name: acceptance\n        when: after")
    )
    first = mini.release("v1")
    mini.good("promote", "dev", "--release", first, "--yes")
    mini.good("promote", "staging", "--release", first, "--yes")
    before = tree(mini, "staging", where)
    mini.good("promote", "dev", "--release", mini.release("v2"), "--yes")
    (mini.root / "broken").touch()
    assert mini.run("promote", "staging", "--yes").code == 4
    assert tree(mini, "staging", where) == before
    assert column(mini, "staging")["release"] == first


def test_an_edit_by_hand_is_found_and_put_back(any_mini: tuple[Miniature, str]) -> None:
    mini, where = any_mini
    release = mini.release("v1")
    mini.good("promote", "dev", "--release", release, "--yes")
    before = tree(mini, "dev", where)
    branch, directory = place(mini, "dev", where)
    bare = arrangements.repository(mini.layout, mini.root, "dev")
    text = before["deployment-web.yaml"].replace("replicas: ", "replicas: 4")
    edits = {f"{directory}deployment-web.yaml": text.encode(), f"{directory}extra.yaml": b"kind: Secret\n"}
    commit_to(bare, {**edits, f"{directory}deployment-api.yaml": None}, branch=branch, message="Quick fix")
    ran = mini.run("drift", "dev", "-o", "json")
    assert ran.code == 10
    (one,) = ran.json()[0]["ungated"]
    assert one["subject"] == "Quick fix"
    assert sorted(one["paths"]) == sorted([*edits, f"{directory}deployment-api.yaml"])
    assert "ungated change in dev" in mini.good("status").out
    assert "Quick fix" in mini.good("why", "dev").out
    assert "edited by hand" in mini.run("drift", "dev").out
    plan = mini.run("promote", "dev", "--release", release, "--again", "--dry-run").out
    assert "puts back what" in plan
    if mini.layout == "repositories":
        mini.good("promote", "dev", "--release", release, "--again", "--yes")
    else:
        reverted = mini.good("drift", "revert", "dev", "--reason", "not agreed", "--yes")
        assert "deployment-web.yaml: edited by hand" in " ".join(reverted.err.split())
    assert tree(mini, "dev", where) == before
    assert mini.run("drift", "dev").code == 11
    assert "ungated" not in mini.good("status").out
    if mini.layout == "branches":
        mini.good("promote", "dev", "--release", mini.release("v2"), "--yes")


def test_a_directory_of_somebody_elses_is_not_taken(mini: Miniature) -> None:
    mini.commit({"rendered/dev/notes.txt": b"mine\n"}, "Keep notes")
    ran = mini.run("promote", "dev", "--release", mini.release("v1"), "--yes")
    assert ran.code == 3
    assert "no promotion of mini wrote" in ran.err
    assert tree(mini, "dev") == {"notes.txt": "mine\n"}


def test_a_branch_of_another_project_is_not_taken(tmp_path: Path) -> None:
    """Several projects may share a repository, and name their environments alike."""
    with miniature(tmp_path / "mini") as mini:
        hydrated(mini, "branch")
        mini.good("promote", "dev", "--release", mini.release("v1"), "--yes")
        before = tree(mini, "dev", "branch")
        file = mini.clone / "vivido.yaml"
        file.write_text(file.read_text().replace("project: mini", "project: other"))
        ran = mini.run("promote", "dev", "--release", mini.release("v2"), "--yes")
        assert (ran.code, "hydrate.taken" in ran.err) == (3, True)
        assert tree(mini, "dev", "branch") == before


def test_an_environment_begins_to_be_hydrated_and_ends(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini") as mini:
        first = mini.release("v1")
        mini.good("promote", "dev", "--release", first, "--yes")
        plain = (mini.clone / "vivido.yaml").read_text()
        hydrated(mini, "directory")
        assert mini.run("drift", "dev").code == 11, "nothing was edited: nothing had been written"
        second = mini.release("v2")
        mini.good("promote", "dev", "--release", second, "--yes")
        assert mini.push("v2")["web"] in tree(mini, "dev")["deployment-web.yaml"]
        mini.good("rollback", "dev", "--yes")
        assert mini.push("v1")["web"] in tree(mini, "dev")["deployment-web.yaml"]
        (mini.clone / "vivido.yaml").write_text(plain)
        mini.good("promote", "dev", "--release", mini.release("v3"), "--yes")
        assert mini.push("v3")["web"] in mini.file(mini.manifest("web", "dev"))


def test_of_edits_by_hand_all_are_put_back_or_those_that_are_reviewed_by_a_review(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--release", release, "--yes")
    before = tree(mini, "dev")
    mini.commit({"rendered/dev/deployment-web.yaml": b"a: 1\n", "rendered/dev/deployment-api.yaml": None}, "Quick fix")
    nothing = mini.run("drift", "revert", "dev", "--only", "Deployment/web", "--yes")
    assert (nothing.code, "nothing that was found is called" in nothing.err) == (2, True)
    file = mini.clone / "vivido.yaml"
    plain = file.read_text()
    file.write_text(plain.replace("    hydrate: rendered/dev\n", "    hydrate: rendered/dev\n    change: branch\n"))
    reviewed = mini.run("drift", "revert", "dev", "--yes")
    assert (reviewed.code, "drift.reviewed" in reviewed.err) == (3, True)
    file.write_text(plain)
    mini.good("drift", "revert", "dev", "--only", "rendered/dev/deployment-web.yaml", "--yes")
    assert tree(mini, "dev") == before
    assert mini.log()[0] == f"Put back {release} (api, web) in dev"


def test_what_a_reviewer_merges_are_the_rendered_objects_too(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(
        file.read_text().replace("    hydrate: rendered/dev\n", "    hydrate: rendered/dev\n    change: branch\n")
    )
    release = mini.release("v1")
    assert mini.run("promote", "dev", "--release", release, "--yes").code == 9
    branch = git(mini, "dev", "for-each-ref", "--format=%(refname:short)", "refs/heads/vivido").strip()
    changed = git(mini, "dev", "diff", "--name-only", "main", branch).split()
    assert "rendered/dev/deployment-web.yaml" in changed
    assert mini.manifest("web", "dev") in changed
    git(mini, "dev", "update-ref", "refs/heads/main", branch)
    mini.run("retry", "dev")
    assert column(mini, "dev")["release"] == release
    assert mini.push("v1")["web"] in tree(mini, "dev")["deployment-web.yaml"]


def test_the_plan_names_the_files_and_no_secret_in_clear_gets_in(mini: Miniature) -> None:
    release = mini.release("v1")
    assert "rendered/dev/deployment-web.yaml" in mini.good("promote", "dev", "--release", release, "--dry-run").out
    secret = b"apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n"
    mini.commit({"deploy/web/dev/secret.yaml": secret}, "Add a password")
    ran = mini.run("promote", "dev", "--release", mini.release("v1"), "--yes")
    assert ran.code == 3
    assert tree(mini, "dev") == {}
