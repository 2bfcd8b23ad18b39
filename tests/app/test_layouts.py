"""What every layout must do, through the command line: one contract, the same stories."""

import pytest

from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git")


def test_a_release_goes_to_production_and_back_and_edits_of_people_stay(any_mini: Miniature) -> None:
    mini = any_mini
    digests = mini.push("v1")
    first = mini.release("v1")
    mini.to_production(first)
    for environment in ("dev", "staging", "production"):
        for service, digest in digests.items():
            assert digest in mini.file(mini.manifest(service, environment), environment)
            assert mini.tag(service, environment) == digest
        promoted = [s for s in mini.log(environment) if s == f"Promote {first} (api, web) in {environment}"]
        assert len(promoted) == 1, "each deployment is one commit of its environment's branch"
    second = mini.release("v2")
    mini.to_production(second)
    path = mini.manifest("web", "production")
    before = mini.file(path, "production")
    mini.commit(
        {path: before.replace("- {name", "- {name: MORE, value: '1'}\n            - {name").encode()},
        environment="production",
    )
    # What results was never approved, so somebody has to.
    assert mini.run("rollback", "production", "--reason", "slow", "--yes").code == 9
    assert mini.approve("production").code == 0
    after = mini.file(path, "production")
    assert digests["web"] in after
    assert "MORE" in after
    assert mini.run("promote", "production", "--release", second, "--yes").code == 3
    columns = mini.good("status", "-o", "json").json()["columns"]
    assert [c["release"] for c in columns] == [second, second, first]
    assert mini.good("ledger", "verify").code == 0


def test_a_gate_that_fails_after_the_commit_goes_back_by_itself(any_mini: Miniature) -> None:
    mini = any_mini
    first = mini.release("v1")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    path = mini.manifest("web", "staging")
    before = mini.file(path, "staging")
    second = mini.release("v2")
    mini.good("promote", "dev", "--yes")
    (mini.root / "broken").touch()
    assert mini.run("promote", "staging", "--yes").code == 4
    assert mini.log("staging")[0] == f"Go back: {second} in staging"
    assert mini.file(path, "staging") == before
    (mini.root / "broken").unlink()
    assert mini.run("promote", "staging", "--release", second, "--yes").code == 0
    columns = mini.good("status", "-o", "json").json()["columns"]
    assert [c["release"] for c in columns] == [second, second, ""]
    assert first != second


def test_a_promotion_that_lost_the_race_for_the_branch_is_made_again(any_mini: Miniature) -> None:
    mini = any_mini
    release = mini.release("v1")
    killed = mini.run("promote", "dev", "--yes", environ={"VIVIDO_CRASH_AT": "git.push.before"})
    assert killed.code == -9
    mini.commit({"README": b"Hello"}, "Say hello")
    mini.good("run", "--once")
    assert mini.log()[:2] == [f"Promote {release} (api, web) in dev", "Say hello"]
    assert mini.file("README") == "Hello"
