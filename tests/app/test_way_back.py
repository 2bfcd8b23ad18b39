"""The way back is known before the way forward starts: its images and its commit are there, or a person says why not."""

import pytest

from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("git", "ssh-keygen")


def _lose(mini: Miniature, service: str, digest: str) -> None:
    """Let the registry forget an image, as a clean-up there does."""
    kept = mini.registry.state.repositories[f"mini/{service}"]
    del kept.manifests[digest]
    kept.tags = {tag: named for tag, named in kept.tags.items() if named != digest}


def _two(mini: Miniature) -> tuple[str, str, dict[str, str]]:
    """Run one release in dev and have another one; return both and the first one's digests."""
    digests = mini.push("v1")
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    return first, mini.release("v2"), digests


def test_a_promotion_whose_way_back_lost_an_image_is_refused_before_anything_changes(mini: Miniature) -> None:
    _, second, digests = _two(mini)
    commits, applied = mini.log(), mini.applied
    _lose(mini, "web", digests["web"])
    ran = mini.run("promote", "dev", "--release", second, "--yes")
    assert ran.code == 3
    assert "[way-back.image]" in ran.err
    assert digests["web"] in ran.err
    assert "vivido promote dev --without-way-back" in ran.err
    assert (mini.log(), mini.applied) == (commits, applied)


def test_a_person_accepts_it_with_a_reason_that_is_kept(mini: Miniature) -> None:
    _, second, digests = _two(mini)
    _lose(mini, "web", digests["web"])
    assert mini.run("promote", "dev", "--release", second, "--without-way-back", " ", "--yes").code == 2
    shown = mini.good("promote", "dev", "--release", second, "--without-way-back", "the old one leaks", "--dry-run")
    assert "Way back: none, and that was accepted: the old one leaks" in shown.out
    ran = mini.good(
        "promote", "dev", "--release", second, "--without-way-back", "the old one leaks", "--yes", "-o", "name"
    )
    told = mini.good("history", ran.out.strip(), "-o", "json").json()
    assert "the old one leaks" in told[0]["what"]


def test_what_needs_not_be_accepted_is_not(mini: Miniature) -> None:
    _, second, _ = _two(mini)
    shown = mini.good("promote", "dev", "--release", second, "--without-way-back", "to be safe", "--dry-run")
    assert "accepted" not in shown.out


def test_an_image_that_goes_while_somebody_is_waited_for_is_noticed_by_the_first_step(mini: Miniature) -> None:
    _, second, digests = _two(mini)
    mini.good("promote", "dev", "--release", second, "--yes", "--no-wait")
    _lose(mini, "api", digests["api"])
    commits = mini.log()
    mini.run("run", "--once")
    assert mini.log() == commits
    why = mini.good("why", "dev").out
    assert "refused" in why
    assert digests["api"] in why


def test_a_branch_that_lost_the_commit_is_no_way_back(mini: Miniature) -> None:
    _, second, _ = _two(mini)
    start = run(["git", "-C", str(mini.origin), "rev-list", "--max-parents=0", "main"]).text.strip()
    run(["git", "-C", str(mini.origin), "update-ref", "refs/heads/main", start])
    ran = mini.run("promote", "dev", "--release", second, "--yes")
    assert ran.code == 3
    assert "[way-back.commit]" in ran.err


def test_a_rollback_to_what_the_registry_lost_is_refused_with_the_way_out(mini: Miniature) -> None:
    first, _, digests = _two(mini)
    mini.good("promote", "dev", "--yes")
    commits = mini.log()
    _lose(mini, "web", digests["web"])
    ran = mini.run("rollback", "dev", "--yes")
    assert ran.code == 3
    assert "[rollback.missing]" in ran.err
    assert "vivido rollback dev --to RELEASE" in ran.err
    assert first in ran.err
    assert mini.log() == commits


def test_a_rollback_does_not_need_what_it_leaves(mini: Miniature) -> None:
    first, _, _ = _two(mini)
    mini.good("promote", "dev", "--yes")
    _lose(mini, "web", mini.tag("web", "dev"))
    mini.good("rollback", "dev", "--yes")
    assert mini.good("status", "-o", "json").json()["columns"][0]["release"] == first


def test_a_release_that_changed_only_configuration_names_what_a_person_has_to_take_back(mini: Miniature) -> None:
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    path = "deploy/web/dev/app.yaml"
    edit = mini.commit({path: mini.file(path).replace("info", "debug").encode()}, "Debug dev")
    second = mini.release("v1")
    assert second != first
    mini.good("promote", "dev", "--release", second, "--yes")
    commits = mini.log()
    ran = mini.run("rollback", "dev", "--yes")
    assert ran.code == 3
    assert "[rollback.no-effect]" in ran.err
    assert f"{edit[:12]} Debug dev" in ran.err
    assert f"git revert --no-edit {edit[:12]}`" in ran.err
    assert mini.log() == commits
    # The way out that it names.
    mini.commit({path: mini.file(path).replace("debug", "info").encode()}, "Revert “Debug dev”")
    third = mini.release("v1")
    mini.good("promote", "dev", "--release", third, "--yes")
    assert "value: info" in mini.file(path)
