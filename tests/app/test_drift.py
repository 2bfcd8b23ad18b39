"""Drift from the command line: artifacts on any target, what is remembered, what is told of what cannot be looked at."""

import json

import pytest

from vivido.registry.tags import tag
from vivido.testing.miniature import Miniature
from vivido.testing.registry_image import push_image

pytestmark = pytest.mark.real("git", "ssh-keygen")


def telling(mini: Miniature) -> None:
    """Let every environment's `current` command print what a file of the test says."""
    file = mini.clone / "vivido.yaml"
    current = f"cat {mini.root}/runs-$VIVIDO_ENVIRONMENT"
    text = file.read_text()
    assert "current: 'true'" in text
    file.write_text(text.replace("current: 'true'", f"current: '{current}'"))


def runs(mini: Miniature, environment: str, **digests: str) -> None:
    lines = [f"{service}={digest}" for service, digest in digests.items()]
    (mini.root / f"runs-{environment}").write_text("\n".join(lines))


def promoted(mini: Miniature) -> dict[str, str]:
    telling(mini)
    digests = mini.push("v1")
    for environment in ("dev", "staging", "production"):
        runs(mini, environment, **digests)
    mini.to_production(mini.release("v1"))
    return digests


def test_nothing_is_found_where_what_was_promoted_runs(mini: Miniature) -> None:
    promoted(mini)
    ran = mini.run("drift", "staging")
    assert (ran.code, ran.out) == (0, "staging: no drift\n")
    refused = mini.run("drift", "revert", "staging", "--yes")
    assert refused.code == 6
    assert "there is nothing to put back" in refused.err


def test_a_digest_that_was_never_promoted_is_found_remembered_and_forgotten(mini: Miniature) -> None:
    digests = promoted(mini)
    foreign = push_image(mini.client, mini.repository("web"), "foreign", layers=(b"by hand",)).digest
    runs(mini, "staging", web=foreign, api=digests["api"])
    ran = mini.run("drift", "staging", "-o", "json")
    assert ran.code == 10
    (one,) = ran.json()[0]["artifacts"]
    assert (one["what"], one["service"], one["expected"], one["found"]) == (
        "never-promoted",
        "web",
        digests["web"],
        foreign,
    )
    assert "drift in staging: 1 difference" in mini.good("status").out
    assert "neither the ledger nor Git knows" in mini.good("why", "staging").out
    runs(mini, "staging", **digests)
    assert mini.run("drift", "staging").code == 0
    assert "drift in staging" not in mini.good("status").out + mini.good("why", "staging").out


def test_an_earlier_release_that_runs_again_is_named(mini: Miniature) -> None:
    old = promoted(mini)
    first = json.loads(mini.good("status", "-o", "json").out)["columns"][0]["release"]
    new = mini.push("v2")
    for environment in ("dev", "staging"):
        runs(mini, environment, **new)
    mini.good("promote", "dev", "--release", mini.release("v2"), "--yes")
    runs(mini, "dev", **old)
    found = mini.run("drift", "dev", "-o", "json").json()[0]["artifacts"]
    assert [(a["what"], first in a["told"]) for a in found] == [("not-this-one", True), ("not-this-one", True)]


def test_a_tag_that_moved_is_found_and_run_puts_it_back(mini: Miniature) -> None:
    digests = promoted(mini)
    foreign = push_image(mini.client, mini.repository("web"), "foreign", layers=(b"by hand",)).digest
    tag(mini.client, mini.repository("web"), foreign, "production")
    ran = mini.run("drift", "production", "-o", "name")
    assert (ran.code, ran.out) == (10, f"production {mini.repository('web')}:production\n")
    assert f"expected {digests['web'][:19]}, found {foreign[:19]}" in mini.run("drift", "production").out
    mini.good("run", "--once")
    assert mini.run("drift", "production").code == 0


def test_run_tells_what_is_new_once(mini: Miniature) -> None:
    digests = promoted(mini)
    runs(mini, "dev", web="sha256:" + "0" * 64, api=digests["api"])
    assert "drift in dev: web" in mini.good("run", "--once").err
    assert "drift in dev" not in mini.good("run", "--once").err


def test_what_cannot_be_looked_at_is_blind_and_keeps_its_debts(mini: Miniature) -> None:
    digests = promoted(mini)
    runs(mini, "dev", web="sha256:" + "0" * 64, api=digests["api"])
    assert mini.run("drift", "dev").code == 10
    (mini.root / "runs-dev").unlink()
    ran = mini.run("drift", "dev")
    assert ran.code == 11
    assert "could not be judged" in ran.out
    assert "drift in dev: 1 difference" in mini.good("status").out


def test_an_environment_without_deployment_has_nothing_to_compare(mini: Miniature) -> None:
    ran = mini.run("drift", "dev")
    assert (ran.code, "nothing was ever promoted here" in ran.out) == (0, True)


def test_a_wrong_name_is_refused_before_anything_is_asked(mini: Miniature) -> None:
    ran = mini.run("drift", "dev", "stagin")
    assert (ran.code, ran.out) == (6, "")
    assert "Did you mean staging?" in ran.err
