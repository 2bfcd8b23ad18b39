"""`vivido import` through the command line: what stands in Git and runs becomes the first release, in every layout."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from vivido.process import run
from vivido.testing.miniature import Miniature, miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")

ENVIRONMENTS = ("dev", "staging", "production")
NOWHERE = "sha256:" + "9" * 64


@pytest.fixture
def any_mini(any_mini: Miniature) -> Miniature:
    _see(any_mini)
    return any_mini


@pytest.fixture
def brown(mini: Miniature) -> Miniature:
    _see(mini)
    return mini


def _see(mini: Miniature) -> None:
    """Let the targets tell what a file says that runs; nobody promoted it."""
    file = mini.clone / "vivido.yaml"
    text = file.read_text().replace("current: 'true'", f"current: 'cat {mini.root}/runs-$VIVIDO_ENVIRONMENT'")
    assert "runs-" in text
    file.write_text(text)
    for args in (["commit", "--quiet", "--all", "--message=Tell what runs"], ["push", "--quiet"]):
        run(["git", "-C", str(mini.clone), *args])
    for environment in ENVIRONMENTS:
        _runs(mini, environment, {})


def _runs(mini: Miniature, environment: str, digests: Mapping[str, str]) -> None:
    lines = [f"{s}={mini.repository(s)}@{d}\n" for s, d in digests.items()]
    (mini.root / f"runs-{environment}").write_text("".join(lines))


def _says(mini: Miniature, environment: str, images: Mapping[str, str]) -> None:
    """Let Git name images: `:tag`, `@digest`."""
    for service, image in images.items():
        path = mini.manifest(service, environment)
        text = re.sub(r"image: .*", f"image: {mini.repository(service)}{image}", mini.file(path, environment))
        mini.commit({path: text.encode()}, f"Run {service}{image[:12]}", environment=environment)
    mini.pull()


def _told(mini: Miniature, *args: str) -> dict[str, list[str]]:
    """Return, by place, the codes of what could not be told."""
    found: dict[str, list[str]] = {}
    for one in mini.run("import", "--dry-run", "-o", "json", *args).json():
        for problem in one["told"]:
            found.setdefault(problem["where"], []).append(problem["code"])
    return found


def _columns(mini: Miniature) -> list[dict[str, object]]:
    return mini.good("status", "-o", "json").json()["columns"]


def test_what_runs_is_taken_in_and_the_first_promotion_has_a_way_back(any_mini: Miniature) -> None:
    mini = any_mini
    old, new = mini.push("v1"), mini.push("v2")
    for environment, digests in zip(ENVIRONMENTS, (new, old, old), strict=True):
        _says(mini, environment, {"web": f"@{digests['web']}", "api": ":edge"})
        _runs(mini, environment, digests)
    before = {e: {s: mini.file(mini.manifest(s, e), e) for s in old} for e in ENVIRONMENTS}
    assert mini.run("import").code == 2
    dry = mini.good("import", "--dry-run").out
    assert "no file changes" in dry
    assert all(not str(c["release"]) for c in _columns(mini))
    mini.good("import", "--yes")
    assert mini.applied == []
    assert before == {e: {s: mini.file(mini.manifest(s, e), e) for s in old} for e in ENVIRONMENTS}
    releases = [str(c["release"]) for c in _columns(mini)]
    # The same images and the same objects are one release, and none is newer than the other.
    assert releases[0] != releases[1] == releases[2]
    assert [c["behind"] for c in _columns(mini)] == [0, 1, 1]
    for environment, release, digests in zip(ENVIRONMENTS, releases, (new, old, old), strict=True):
        assert [s for s in mini.log(environment) if s == f"Take in {release} (api, web) in {environment}"]
        assert {s: mini.tag(s, environment) for s in old} == digests
    log = {e: mini.log(e) for e in ENVIRONMENTS}
    again = mini.good("import", "--yes").out
    assert again.count("nothing to take in") == 3
    assert log == {e: mini.log(e) for e in ENVIRONMENTS}
    assert mini.good("release", "list", "-o", "name").out.split()[0] == releases[0]

    third = mini.release("v3")
    mini.good("promote", "dev", "--release", third, "--yes")
    plan = mini.good("promote", "staging", "--release", third, "--dry-run").out
    assert f"Way back: {releases[1]}" in plan
    mini.good("promote", "staging", "--release", third, "--yes")
    assert mini.run("promote", "production", "--release", third, "--yes").code == 9
    assert mini.approve("production").code == 0
    # Gates judge nothing on the way back: it ran before there were any.
    ran = mini.good("rollback", "production", "--reason", "slow", "--yes")
    assert "before Vivido came" in ran.err
    assert [str(c["release"]) for c in _columns(mini)] == [third, third, releases[2]]
    for service, digest in old.items():
        assert digest in mini.file(mini.manifest(service, "production"), "production")
    # One application of each promotion, and one of the way back; none of the import.
    assert [line.split()[0] for line in mini.applied] == ["dev", "staging", "production", "production"]
    assert mini.good("ledger", "verify").code == 0
    assert third in str(mini.run("promote", "production", "--release", third, "--yes").err)


def test_what_runs_in_dev_goes_on_from_there(any_mini: Miniature) -> None:
    mini = any_mini
    old, new = mini.push("v1"), mini.push("v2")
    for environment, digests in zip(ENVIRONMENTS, (new, old, old), strict=True):
        _says(mini, environment, {s: f"@{d}" for s, d in digests.items()})
        _runs(mini, environment, digests)
    mini.good("import", "--yes", "--reason", "we begin")
    release = str(_columns(mini)[0]["release"])
    mini.good("promote", "staging", "--yes")
    assert _columns(mini)[1]["release"] == release
    for service, digest in new.items():
        assert digest in mini.file(mini.manifest(service, "staging"), "staging")
    mini.good("rollback", "staging", "--yes")
    assert old["web"] in mini.file(mini.manifest("web", "staging"), "staging")


def test_digests_are_pinned_where_a_person_asks_for_it(any_mini: Miniature) -> None:
    mini = any_mini
    old = mini.push("v1")
    for environment in ENVIRONMENTS:
        _says(mini, environment, dict.fromkeys(old, ":edge"))
        _runs(mini, environment, old)
    mini.good("import", "--yes", "--pin")
    for environment in ENVIRONMENTS:
        assert all(d in mini.file(mini.manifest(s, environment), environment) for s, d in old.items())
    assert mini.applied == []
    releases = [str(c["release"]) for c in _columns(mini)]
    third = mini.release("v3")
    mini.good("promote", "dev", "--release", third, "--yes")
    mini.good("promote", "staging", "--release", third, "--yes")
    mini.good("rollback", "staging", "--yes")
    assert _columns(mini)[1]["release"] == releases[1]
    assert old["web"] in mini.file(mini.manifest("web", "staging"), "staging")


def test_what_could_not_be_told_is_listed(brown: Miniature) -> None:
    mini = brown
    old, new = mini.push("v1"), mini.push("v2")
    _says(mini, "dev", {"web": f"@{old['web']}", "api": ":gone"})
    _runs(mini, "dev", {"web": new["web"]})
    _says(mini, "staging", {"web": f"@{NOWHERE}", "api": ":edge"})
    _runs(mini, "production", {"web": new["web"]})
    told = _told(mini)
    assert told == {
        "dev/web": ["import.other-runs", "import.no-commit"],
        "dev/api": ["import.unresolved"],
        "staging": ["import.unseen"],
        "staging/web": ["import.gone"],
        "staging/api": ["import.no-digest", "import.no-commit"],
        "production/web": ["import.no-digest", "import.no-commit"],
        "production/api": ["import.unresolved"],
    }
    mini.good("import", "--yes")
    columns = _columns(mini)
    cells = [{c["service"]: c["digest"] for c in column["cells"]} for column in columns]  # pyright: ignore
    assert cells == [
        {"web": new["web"], "api": ""},
        {"web": NOWHERE, "api": new["api"]},
        {"web": new["web"], "api": ""},
    ]
    # What nothing could bring back is asked about before it is replaced, not afterwards.
    third = mini.release("v3")
    mini.good("promote", "dev", "--release", third, "--yes")
    assert mini.run("promote", "staging", "--release", third, "--yes").code == 3


def test_an_environment_of_which_nothing_is_known_is_left(brown: Miniature) -> None:
    ran = brown.run("import", "--yes")
    assert ran.code == 3
    assert "dev: nothing can be taken in" in ran.out
    digests = brown.push("v1")
    _says(brown, "staging", {s: f"@{d}" for s, d in digests.items()})
    assert brown.run("import", "production", "--yes").code == 3
    assert brown.run("import", "staging", "production", "--yes").code == 3
    assert [bool(c["release"]) for c in _columns(brown)] == [False, True, False]
    assert brown.run("import", "nowhere").code == 6


def test_what_a_person_says_that_runs_is_approved_where_people_approve(brown: Miniature) -> None:
    mini = brown
    old, new = mini.push("v1"), mini.push("v2")
    _runs(mini, "dev", new)
    assert mini.run("import", "dev", "--artifact", "dev/web=1.2.3", "--yes").code == 2
    assert mini.run("import", "dev", "--artifact", f"web={old['web']}", "--yes").code == 2
    assert mini.run("import", "dev", "--artifact", f"dev/nothing={old['web']}", "--yes").code == 2
    aside = mini.run("import", "dev", "--artifact", f"production/web={old['web']}", "--yes")
    assert (aside.code, "production, which is not to be taken in" in aside.err) == (2, True)
    assert _told(mini, "dev", "--artifact", f"dev/web={old['web']}")["dev/web"] == ["import.contradicted"]
    word = [f"--artifact=production/{s}={d}" for s, d in old.items()]
    assert mini.run("import", "production", *word, "--yes").code == 9
    assert _columns(mini)[2]["release"] == ""
    assert mini.approve("production").code == 0
    assert _columns(mini)[2]["release"] != ""
    assert mini.good("import", "dev", "--yes").code == 0


def test_what_was_promoted_to_already_is_no_import_s(brown: Miniature) -> None:
    mini = brown
    digests = mini.push("v1")
    for environment in ENVIRONMENTS:
        _runs(mini, environment, digests)
    release = mini.release("v2")
    mini.good("promote", "dev", "--release", release, "--yes")
    mini.good("import", "--yes")
    assert _columns(mini)[0]["release"] == release
    # Another state, such as a colleague's: Git knows that something was promoted here, and by whom it was taken in.
    elsewhere = {"VIVIDO_STATE": str(mini.root / "other")}
    ran = mini.run("import", "--yes", environ=elsewhere)
    assert (ran.code, "state.behind" in ran.err) == (3, True)
    assert mini.run("import", "--yes", "--state-lost", environ=elsewhere).code == 0
    assert mini.good("import", "--yes").code == 0


def test_what_people_change_after_the_import_keeps_a_rollback_from_guessing(brown: Miniature) -> None:
    mini = brown
    old = mini.push("v1")
    _says(mini, "dev", dict.fromkeys(old, ":edge"))
    _runs(mini, "dev", old)
    mini.good("import", "dev", "--yes")
    # Somebody moves Git to another tag by hand, and a promotion writes a digest over that.
    _says(mini, "dev", {"web": ":other"})
    third = mini.release("v3")
    mini.good("promote", "dev", "--release", third, "--yes")
    ran = mini.run("rollback", "dev", "--yes")
    assert ran.code == 7
    assert "by hand" in ran.err
    mini.good("rollback", "dev", "--yes", "--discard-edits")
    assert old["web"] in mini.file(mini.manifest("web", "dev"))


def test_where_people_merge_nothing_is_proposed_that_changes_nothing(brown: Miniature) -> None:
    mini = brown
    old = mini.push("v1")
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("  dev:\n", "  dev:\n    change: branch\n"))
    for args in (["commit", "--quiet", "--all", "--message=Let people merge"], ["push", "--quiet"]):
        run(["git", "-C", str(mini.clone), *args])
    _says(mini, "dev", dict.fromkeys(old, ":edge"))
    _runs(mini, "dev", old)
    log = mini.log()
    mini.good("import", "dev", "--yes")
    release = str(_columns(mini)[0]["release"])
    assert release
    assert mini.log() == log
    third = mini.release("v3")
    assert f"Way back: {release}" in mini.good("promote", "dev", "--release", third, "--dry-run").out


def test_where_people_merge_along_branches_what_was_taken_in_is_no_debt(tmp_path: Path) -> None:
    with miniature(tmp_path / "mini", "branches") as mini:
        text = mini.file("vivido.yaml").replace("after: dev\n", "after: dev\n    change: branch\n")
        for number, environment in enumerate(ENVIRONMENTS):
            mini.commit({"vivido.yaml": text.encode()}, "Let people merge", environment=environment)
            _says(mini, environment, {s: f"@{d}" for s, d in mini.push(f"v{9 - number}").items()})
        log = mini.log("staging")
        mini.good("import", "--yes")
        assert mini.log("staging") == log
        release = mini.release("v10")
        mini.good("promote", "dev", "--release", release, "--yes")
        mini.good("promote", "staging", "--release", release, "--dry-run")
        # What somebody changed there by hand after it was taken in is one.
        path = mini.manifest("web", "staging")
        mini.commit({path: mini.file(path, "staging").replace("info", "debug").encode()}, environment="staging")
        refused = mini.run("promote", "staging", "--release", release, "--dry-run")
        assert (refused.code, path in refused.err) == (3, True), refused.err


def test_a_commit_that_changes_nothing_is_no_ungated_change_though_git_names_a_tag(any_mini: Miniature) -> None:
    mini = any_mini
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("{command: {apply:", "{command: {pulls: true, apply:"))
    digests = mini.push("v1")
    _says(mini, "dev", dict.fromkeys(digests, ":v1"))
    _runs(mini, "dev", digests)
    mini.good("import", "dev", "--yes")
    mini.commit({"README.md": b"Hello\n"}, "Write more", environment="dev")
    assert mini.good("drift", "dev", "-o", "json").json()[0]["ungated"] == []
    path = mini.manifest("web", "dev")
    edit = mini.commit({path: mini.file(path, "dev").replace(":v1", ":v2").encode()}, "Take v2", environment="dev")
    found = mini.run("drift", "dev", "-o", "json").json()[0]["ungated"]
    assert [one["commit"] for one in found] == [edit]
