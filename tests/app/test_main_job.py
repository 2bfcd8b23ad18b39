"""The main job through the command line, as a user runs it."""

import sqlite3
from contextlib import closing

import pytest

from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def test_a_release_goes_to_production_by_its_digest(mini: Miniature) -> None:
    digests = mini.push("v1")
    release = mini.good("release", "create", "-o", "name").out.strip()
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    waits = mini.run("promote", "production", "--yes")
    assert waits.code == 9
    assert mini.approve("production").code == 0
    for environment in ("dev", "staging", "production"):
        for service, digest in digests.items():
            assert digest in mini.file(f"deploy/{service}/{environment}/app.yaml")
            assert mini.tag(service, environment) == digest
    status = mini.good("status", "-o", "json").json()
    assert [c["release"] for c in status["columns"]] == [release] * 3
    assert len(mini.applied) == 3


def test_one_changed_image_changes_one_line(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    before = mini.file("deploy/web/production/app.yaml").splitlines()
    mini.to_production(mini.release("v2"))
    after = mini.file("deploy/web/production/app.yaml").splitlines()
    assert len([1 for old, new in zip(before, after, strict=True) if old != new]) == 1


def test_a_gate_that_fails_after_the_commit_goes_back_by_itself(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.to_production(first)
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    (mini.root / "broken").touch()
    ran = mini.run("promote", "staging", "--yes")
    assert ran.code == 4, ran.err
    assert "acceptance" in ran.err
    why = mini.good("why", "staging").out
    assert "acceptance" in why
    columns = {c["environment"]: c for c in mini.good("status", "-o", "json").json()["columns"]}
    assert columns["staging"]["release"] == first
    assert columns["dev"]["release"] == second
    assert mini.log()[0] == f"Go back: {second} in staging"
    refused = mini.run("promote", "production", "--release", second, "--yes")
    assert refused.code == 3
    assert "has not passed staging" in refused.err


def test_rollback_is_a_commit_and_pins_the_bad_release(mini: Miniature) -> None:
    first, second = mini.release("v1"), ""
    mini.to_production(first)
    second = mini.release("v2")
    mini.to_production(second)
    ran = mini.run("rollback", "production", "--reason", "it sells below cost", "--yes")
    assert ran.code == 0, ran.err
    assert mini.log()[0].startswith(f"Roll back to {first}")
    assert mini.tag("web", "production") != mini.tag("web", "staging")
    again = mini.run("promote", "production", "--release", second, "--yes")
    assert again.code == 3
    assert "pinned out of production: it sells below cost" in again.err
    assert mini.good("pin", "lift", "production", second, "--reason", "mended").code == 0
    assert mini.run("promote", "production", "--release", second, "--yes").code == 9


def test_later_edits_by_people_survive_a_rollback(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    mini.to_production(mini.release("v2"))
    path = "deploy/web/production/app.yaml"
    mini.commit({path: mini.file(path).replace("replicas: 3", "replicas: 7").encode()}, "More replicas")
    # What results was never approved, so somebody has to.
    assert mini.run("rollback", "production", "--yes").code == 9
    assert mini.approve("production").code == 0
    assert "replicas: 7" in mini.file(path)


def test_a_rollback_that_would_throw_away_an_edit_refuses(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    mini.to_production(mini.release("v2"))
    path = "deploy/web/production/app.yaml"
    edited = mini.file(path).replace("@sha256:", "@sha256:".upper().lower() + "")
    lines = [f"{line}  # by hand" if "image:" in line else line for line in edited.splitlines()]
    mini.commit({path: ("\n".join(lines) + "\n").encode()}, "Comment by hand")
    refused = mini.run("rollback", "production", "--yes")
    assert refused.code == 7
    assert "by hand" in refused.err
    assert mini.run("rollback", "production", "--discard-edits", "--yes").code == 0
    assert "by hand" not in mini.file(path)


def test_a_rejection_refuses_and_changes_nothing(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    mini.run("promote", "production", "--yes")
    commits = mini.log()
    ran = mini.run("reject", "production", "--key", mini.people["bob"].key.file, "--comment", "not today", "--yes")
    assert ran.code == 3
    assert mini.log() == commits
    assert "not today" in mini.good("why", "production").out
    assert release in mini.good("history").out


def test_a_base_edit_that_was_not_released_refuses_the_promotion(mini: Miniature) -> None:
    release = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    path = "deploy/web/staging/app.yaml"
    mini.commit({path: mini.file(path).replace("info", "debug").encode()}, "Debug staging")
    refused = mini.run("promote", "staging", "--release", release, "--yes")
    assert refused.code == 3
    assert "Debug staging" in refused.err


def test_an_approval_is_void_for_other_content(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    mini.release("v2")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    mini.run("promote", "production", "--yes")
    unasked = mini.run("abort", "production")
    assert (unasked.code, "cli.not-asked" in unasked.err) == (2, True)
    mini.good("abort", "production", "--reason", "later", "--yes")
    assert mini.approve("production").code == 7


def test_pause_resume_and_retry(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    (mini.root / "broken").touch()
    assert mini.run("promote", "staging", "--yes").code == 4
    (mini.root / "broken").unlink()
    mini.good("promote", "staging", "--yes")
    mini.run("promote", "production", "--yes")
    mini.good("pause", "production", "--reason", "lunch")
    assert mini.approve("production").code == 9
    assert "paused" in mini.good("why", "production").out
    assert mini.run("resume", "production").code == 0
    assert mini.tag("web", "production") == mini.tag("web", "dev")


def test_the_ledger_holds_and_a_changed_entry_is_found(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    assert mini.good("ledger", "verify").code == 0
    with closing(sqlite3.connect(mini.root / "state" / "state.db")) as db, db:
        db.execute("UPDATE event SET body = replace(body, 'alice', 'mallory') WHERE body LIKE '%alice%'")
    ran = mini.run("ledger", "verify")
    assert ran.code == 12
    assert "was changed after it was written" in ran.out


def test_a_chain_that_was_removed_whole_and_an_entry_that_nobody_can_read_are_found(mini: Miniature) -> None:
    assert mini.good("ledger", "verify").out == "nothing was promoted yet\n"
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    removed, damaged = (mini.good("history", e, "-o", "name").out.strip() for e in ("dev", "staging"))
    with closing(sqlite3.connect(mini.root / "state" / "state.db")) as db, db:
        db.execute("DELETE FROM event WHERE promotion = ?", (removed,))
        db.execute("DELETE FROM promotion WHERE id = ?", (removed,))
    ran = mini.run("ledger", "verify")
    assert ran.code == 11
    assert f"? {removed} Git has commit " in ran.out
    assert f"✓ {damaged} " in ran.out
    with closing(sqlite3.connect(mini.root / "state" / "state.db")) as db, db:
        db.execute("UPDATE event SET body = '{' WHERE promotion = ? AND seq = 1", (damaged,))
    ran = mini.run("ledger", "verify", "-o", "name")
    assert (ran.code, set(ran.out.split())) == (12, {removed, damaged})


def test_a_promotion_in_the_queue_names_the_one_that_goes_first(mini: Miniature) -> None:
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("  staging:\n", "  staging:\n    queue: fifo\n"))
    releases = [mini.release(version) for version in ("v1", "v2")]
    for release in releases:
        mini.good("promote", "dev", "--release", release, "--yes")
    for release in releases:
        mini.good("promote", "staging", "--release", release, "--yes", "--no-wait")
    second, first = mini.good("history", "staging", "-o", "name").out.split()
    assert f"{first} goes first in staging" in mini.good("why", second).out
    assert "goes first" not in mini.good("why", first).out
    assert mini.good("run", "--once", "-o", "json").json() == []
    assert [p["status"] for p in mini.good("history", "staging", "-o", "json").json()] == ["succeeded"] * 2


def test_moved_tags_are_put_back(mini: Miniature) -> None:
    from vivido.registry.tags import tag

    mini.to_production(mini.release("v1"))
    good = mini.tag("web", "production")
    other = mini.push("v2")["web"]
    tag(mini.client, mini.repository("web"), other, "production")
    mini.good("run", "--once")
    assert mini.tag("web", "production") == good


def test_an_environment_with_repositories_of_its_own_gets_the_same_digests_there(mini: Miniature) -> None:
    from vivido.model.reference import Reference, Repository
    from vivido.registry.resolve import resolve

    own = f"{mini.registry.host}/production"
    text = mini.file("vivido.yaml").replace("    after: staging\n", f"    after: staging\n    registry: {own}\n")
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "Give production repositories of its own")
    digests = mini.push("v1")
    mini.to_production(mini.release("v1"))
    for service, digest in digests.items():
        assert f"image: {own}/{service}@{digest}" in mini.file(f"deploy/{service}/production/app.yaml")
        assert f"mini/{service}@{digest}" in mini.file(f"deploy/{service}/staging/app.yaml")
        found = resolve(mini.client, Reference(Repository(mini.registry.host, f"production/{service}"), "production"))
        assert found is not None
        assert found.digest == digest
        assert mini.tag(service, "production") == ""
    second = mini.release("v2")
    mini.to_production(second)
    assert mini.run("rollback", "production", "--yes").code == 0
    assert digests["web"] in mini.file("deploy/web/production/app.yaml")


def test_gates_that_lie_changed_on_the_disk_judge_nothing(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    file = mini.clone / "vivido.yaml"
    file.write_text(file.read_text().replace("    gates:\n      - approve: {by: release-managers}\n", ""))
    assert mini.run("promote", "production", "--yes").code == 9


def test_a_commit_cannot_take_away_the_approval_that_it_needs(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    text = mini.file("vivido.yaml").replace("    gates:\n      - approve: {by: release-managers}\n", "")
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "No approvals")
    mini.release("v2")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    assert mini.run("promote", "production", "--yes").code == 9


def test_a_pin_that_is_set_while_a_promotion_waits_keeps_it_out(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    mini.run("promote", "production", "--yes")
    mini.good("rollback", "staging", "--reason", "bad", "--yes")
    ran = mini.approve("production")
    assert ran.code == 3, ran.err
    assert f"{second} is pinned out of staging" in ran.err
    assert mini.run("rollback", "staging", "--to", second, "--yes").code == 7


def test_images_changed_by_hand_are_not_rolled_back_over_in_silence(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    digests = mini.push("v2")
    edits = {}
    for service, digest in digests.items():
        path = f"deploy/{service}/dev/app.yaml"
        old = mini.file(path)
        edits[path] = old.replace(old.partition("@")[2].split()[0], digest).encode()
    mini.commit(edits, "By hand")
    second = mini.release("v2")
    mini.good("promote", "dev", "--release", second, "--yes")
    refused = mini.run("rollback", "dev", "--yes")
    assert refused.code == 7
    assert "app.yaml" in refused.err
    assert mini.run("rollback", "dev", "--discard-edits", "--yes").code == 0
    columns = mini.good("status", "-o", "json").json()["columns"]
    assert columns[0]["release"] == first


def test_a_state_that_git_knows_more_than_changes_nothing(mini: Miniature) -> None:
    import shutil

    mini.to_production(mini.release("v1"))
    shutil.rmtree(mini.root / "state")
    mini.release("v2")
    applied = mini.applied
    ran = mini.run("promote", "dev", "--yes")
    assert ran.code == 3
    assert "state.behind" in ran.err
    assert mini.applied == applied


def test_an_environment_whose_command_fails_goes_back(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    text = mini.file("vivido.yaml").replace("apply: 'echo", "apply: 'test $VIVIDO_RELEASE = " + first + " && echo", 1)
    (mini.clone / "vivido.yaml").write_text(text)
    mini.commit({"vivido.yaml": text.encode()}, "Fail for others")
    mini.release("v2")
    ran = mini.run("promote", "dev", "--yes")
    assert ran.code == 4, ran.err
    assert mini.good("status", "-o", "json").json()["columns"][0]["release"] == first


def test_closed_streams_and_narrow_encodings_are_no_fault(mini: Miniature) -> None:
    import subprocess
    import sys

    code = "from vivido.cli.app import main; main()"
    for shut in ("<&-", ">&-", "2>&-"):
        line = f'exec "$0" -c "$1" status {shut}'
        done = subprocess.run(
            ["/bin/sh", "-c", line, sys.executable, code], cwd=mini.clone, env={**mini.environ}, check=False
        )
        assert done.returncode == 0, shut
    assert mini.run("status", environ={"PYTHONIOENCODING": "ascii"}).code == 0


def test_a_changed_file_does_not_bend_a_promotion_under_way(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    mini.run("promote", "production", "--yes")
    file = mini.clone / "vivido.yaml"
    whole = file.read_text()
    file.write_text(whole.replace("echo $VIVIDO_ENVIRONMENT", "echo bent"))
    assert mini.approve("production").code == 0
    assert mini.applied[-1].startswith("production ")
