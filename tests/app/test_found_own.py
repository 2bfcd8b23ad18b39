"""Files that nobody declared an environment's own, and that parity rules show to be: found, recorded, and refused when unclear."""

import pytest

from vivido.process import run
from vivido.testing.miniature import Miniature

pytestmark = [pytest.mark.real("ssh-keygen", "git"), pytest.mark.layout("branches")]

WEB = "deploy/web/settings.yaml"
RULES = """\
parity:
  "*":
    allow:
      - {at: ConfigMap/*/data/workers, because: each is as large as it must}
      - {at: ConfigMap/*/data/environment, because: it says where it runs}
"""


@pytest.fixture
def mini(mini: Miniature) -> Miniature:
    """A project on branches that declares nothing under `own:`."""
    declare(mini, RULES)
    return mini


def declare(mini: Miniature, rules: str) -> None:
    text = mini.file("vivido.yaml").partition("parity:\n")[0].replace("    own: [deploy/*/settings.yaml]\n", "")
    mini.commit({"vivido.yaml": (text + rules).encode()}, "Say what may differ")
    mini.pull()


def edit(mini: Miniature, environment: str, old: str, new: str, message: str) -> None:
    text = mini.file(WEB, environment)
    assert old in text
    mini.commit({WEB: text.replace(old, new).encode()}, message, environment=environment)


def test_what_rules_allow_is_the_environments_own_and_is_named_with_its_rules(mini: Miniature) -> None:
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    planned = mini.good("promote", "staging", "--dry-run")
    told = planned.out + planned.err
    assert f"{WEB} is found to be its own" in told
    assert "ConfigMap/*/data/workers (each is as large as it must)" in " ".join(told.split())
    mini.good("promote", "staging", "--yes")
    assert 'workers: "2"' in mini.file(WEB, "staging")
    assert f"own: {WEB}" in mini.good("why", "staging").out
    trailers = run(
        ["git", "-C", str(mini.origin), "log", "-1", "--format=%(trailers:key=Vivido-Own,valueonly)", "staging"]
    )
    assert WEB in trailers.text


def test_it_stays_its_own_whoever_changes_it_below(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    edit(mini, "dev", 'workers: "1"', 'workers: "7"', "More workers in dev")
    mini.to_production(mini.release("v2"))
    assert 'workers: "2"' in mini.file(WEB, "staging")
    assert 'workers: "3"' in mini.file(WEB, "production")
    # An edit of it goes to its environment's gates alone, as one of a declared file does.
    edit(mini, "production", 'workers: "3"', 'workers: "8"', "More workers")
    release = mini.good("release", "create", "-o", "name").out.strip()
    assert mini.run("promote", "production", "--yes").code == 9
    assert mini.approve("production").code == 0
    assert 'workers: "8"' in mini.file(WEB, "production")
    assert mini.good("status", "-o", "json").json()["columns"][2]["release"] == release


def test_what_no_rule_allows_is_unclear_and_refused_until_somebody_says_whose_it_is(mini: Miniature) -> None:
    mini.to_production(mini.release("v1"))
    edit(mini, "dev", "  environment: dev", "  environment: dev\n  tracing: enabled", "Trace")
    mini.release("v2")
    mini.good("promote", "dev", "--yes")
    refused = mini.run("promote", "staging", "--yes")
    assert (refused.code, "branches.own-unclear" in refused.err) == (3, True), refused.err
    assert WEB in refused.err
    assert 'workers: "2"' in mini.file(WEB, "staging")
    # Made the same there, it is clear again.
    edit(mini, "staging", "  environment: staging", "  environment: staging\n  tracing: enabled", "Trace here, too")
    mini.release("v3")
    mini.good("promote", "dev", "--yes")
    mini.good("promote", "staging", "--yes")
    assert "tracing: enabled" in mini.file(WEB, "staging")


@pytest.mark.parametrize(
    "rules",
    [
        "",
        RULES.replace("because: each is as large as it must", "because: TODO"),
        RULES.replace("because: each is as large as it must", "because: once, until: 2020-01-01"),
        RULES.replace("data/workers", "data/other"),
        RULES.replace("    allow:", "    equal: [{at: ConfigMap/web-settings/data/workers}]\n    allow:"),
    ],
    ids=["no rules", "no reason", "expired", "another place", "must be equal"],
)
def test_without_a_rule_that_holds_it_is_a_debt_as_ever(mini: Miniature, rules: str) -> None:
    declare(mini, rules)
    mini.release("v1")
    mini.good("promote", "dev", "--yes")
    refused = mini.run("promote", "staging", "--yes")
    assert (refused.code, "branches.debt" in refused.err or "branches.conflict" in refused.err) == (3, True), (
        refused.err
    )
    assert WEB in refused.err
