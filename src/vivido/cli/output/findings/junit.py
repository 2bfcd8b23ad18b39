"""Findings as JUnit XML: a suite for each pair, a case for each service and each finding.

The form is the one that CI systems read (`testsuites/testsuite/testcase` with `failure`, `error` or `skipped`).
"""

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from vivido.cli.output.findings.text import changed, origin_told, rule_told
from vivido.model.finding import Finding, Found, Severity
from vivido.text.redact import printable


def junit(findings: Sequence[Finding], pairs: Sequence[tuple[str, str]], services: Sequence[str]) -> str:
    """Return findings as JUnit XML; a service without findings in a pair is a case that passed."""
    root = Xml.Element("testsuites", name="parity")
    for left, right in pairs:
        own = [f for f in findings if (f.left, f.right) == (left, right)]
        _suite(root, f"{left} ~ {right}", own, services)
    others = [f for f in findings if not f.left]
    if others:
        _suite(root, "rules", others, ())
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _suite(root: Xml.Element, name: str, findings: Sequence[Finding], services: Sequence[str]) -> None:
    suite = Xml.SubElement(root, "testsuite", name=name)
    troubled = {s for f in findings for s in f.service.split(", ")}
    for service in services:
        if service not in troubled:
            Xml.SubElement(suite, "testcase", classname=name, name=service)
    for finding in findings:
        _case(suite, name, finding)
    for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(1 for _ in suite.iter(tag))))


def _case(suite: Xml.Element, name: str, finding: Finding) -> None:
    title = " ".join(filter(None, (finding.service, finding.found, finding.at)))
    case = Xml.SubElement(suite, "testcase", classname=name, name=printable(title))
    tag = {Severity.ERROR: "failure", Severity.WARNING: "skipped", Severity.NOTE: "skipped"}[finding.severity]
    if finding.found is Found.UNJUDGED:
        tag = "error"
    told = Xml.SubElement(case, tag, message=printable(finding.message))
    lines = [changed(finding), *(f"{o.environment}: {origin_told(o)}" for o in finding.origins)]
    if finding.rule:
        lines.append(f"rule {rule_told(finding.rule)}")
    told.text = printable("\n".join(line for line in lines if line))
