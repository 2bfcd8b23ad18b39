"""The gate `parity`: judged from what was seen, and again from that alone."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gate_situation import context, subject

from vivido.config.parity import service_rules
from vivido.drift.parity.report import Declared, Side, Subject
from vivido.drift.parity.seen import see
from vivido.errors import RefusedError
from vivido.gates.kinds import KINDS
from vivido.gates.parity import ParityOptions
from vivido.model.gate import Judgment, Outcome
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.time.clock import SECOND

GATE = KINDS["parity"]
OPTIONS = ParityOptions("production")
DAY = 86_400 * SECOND
JANUARY = 1_800_000_000 * SECOND  # 2027-01-15
RULES = "staging ~ production: {allow: [{at: ConfigMap/*/data/SIZE, because: smaller, until: 2027-01-15}]}"
BY_ADDRESS = 'staging ~ production: {allow: [{at: ConfigMap/*/data/URL, because: own, regex: "postgres://.*"}]}'


def config(**data: str) -> Rendered:
    return Rendered(({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": data},))


def seen(
    left: Side, right: Side, rules: str = RULES, tokens: dict[str, dict[str, str]] | None = None
) -> dict[str, Any]:
    pairs, mistakes = service_rules(rules, "parity.yaml", "web", ("staging", "production"))
    assert not mistakes

    def compared(environment: str, other: str, release: str) -> Any:
        assert (environment, other) == ("staging", "production")
        declared = Declared(("staging", "production"), pairs, tokens or {})
        return see(
            [Subject(("web",), {"staging": left, "production": right})],
            ("staging", "production"),
            declared,
            release,
            b"k",
        )

    here = msgspec.structs.replace(context(Path("/")), compared=compared)
    return GATE.observe(OPTIONS, subject(), here)


def judged(data: dict[str, Any], now: int = JANUARY) -> Judgment:
    return GATE.judge(OPTIONS, subject(), json.loads(json.dumps(data)), now)


def test_declared_differences_pass() -> None:
    judgment = judged(seen(config(SIZE="1"), config(SIZE="2")))
    assert (judgment.outcome, judgment.reason) == (Outcome.PASSED, "1 service differs from production only as declared")


def test_drift_fails_and_names_each_difference() -> None:
    judgment = judged(seen(config(A="1", B="1"), config(A="2", B="2")))
    assert judgment.outcome is Outcome.FAILED
    assert judgment.reason == "web ConfigMap/web/data/A: differs, and 1 more"
    assert [u.next for u in judgment.unmet] == ["vivido retry p-1"] * 2
    assert [f["at"] for f in judgment.evidence["findings"]] == ["ConfigMap/web/data/A", "ConfigMap/web/data/B"]


def test_the_same_seen_is_judged_the_same_again_and_a_rule_ends_with_its_day() -> None:
    data = seen(config(SIZE="1"), config(SIZE="2"))
    again = judged(judged(data).evidence["seen"])
    assert again.outcome is Outcome.PASSED
    assert judged(data, JANUARY + DAY).reason == "web ConfigMap/web/data/SIZE: was allowed until 2027-01-15"


def test_a_token_of_the_other_environment_fails() -> None:
    tokens = {"staging": {"domain": "staging.test"}, "production": {"domain": "shop.test"}}
    both = config(URL="https://staging.test/")
    judgment = judged(seen(both, both, tokens=tokens))
    assert "production names staging.test, the domain of staging" in judgment.reason


@pytest.mark.parametrize("blind", [(Problem("x", "no such directory"),), ()])
def test_what_cannot_be_rendered_is_blind(blind: tuple[Problem, ...]) -> None:
    judgment = judged(seen(config(A="1"), blind))
    assert judgment.outcome is Outcome.BLIND


def test_an_error_on_the_way_is_blind() -> None:
    def fails(environment: str, other: str, release: str) -> Any:
        raise RefusedError("the rules cannot be read", code="x")

    data = GATE.observe(OPTIONS, subject(), msgspec.structs.replace(context(Path("/")), compared=fails))
    assert judged(data).outcome is Outcome.BLIND
    assert judged(GATE.observe(OPTIONS, subject(), context(Path("/")))).outcome is Outcome.BLIND
    assert judged({}).outcome is Outcome.BLIND


def test_evidence_holds_no_password_and_two_of_them_still_differ() -> None:
    for left, right in (("hunter2", "hunter3"), ("hunter2-long", "hunter2-long-too")):
        judgment = judged(seen(config(DB_PASSWORD=left), config(DB_PASSWORD=right)))
        assert judgment.outcome is Outcome.FAILED
        assert judgment.reason == "web ConfigMap/web/data/DB_PASSWORD: differs"
        assert "hunter" not in json.dumps(msgspec.to_builtins(judgment))
    address = seen(config(URL="postgres://app:hunter2@one/a"), config(URL="postgres://app:hunter3@two/a"), BY_ADDRESS)
    assert "hunter" not in json.dumps(address)
    assert judged(address).outcome is Outcome.PASSED
