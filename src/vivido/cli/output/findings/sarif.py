"""Findings as SARIF 2.1.0, which forges show beside the lines of a change (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from vivido import __version__
from vivido.cli.output.findings.text import changed, rule_told
from vivido.model.finding import Finding, Found, Origin, Severity
from vivido.time.clock import rfc3339

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HELP = {
    Found.SHARED: "Two environments keep their Terraform state in one place.",
    Found.UNEQUAL: "What has to be equal differs.",
    Found.LEFTOVER: "A token of another environment stands in this one's configuration.",
    Found.UNDECLARED: "Two environments differ where no rule allows it.",
    Found.VIOLATED: "A difference does not keep its rule's condition.",
    Found.EXPIRED: "The rule for a difference has ended.",
    Found.UNJUSTIFIED: "The rule for a difference waits for a reason.",
    Found.UNJUDGED: "Something could not be compared or judged.",
    Found.BUDGET: "More differences are allowed than the budget has room for.",
    Found.UNUSED: "A rule covers nothing.",
}


def sarif(findings: Iterable[Finding], file: str) -> str:
    """Return findings as SARIF.

    Args:
        findings: What was found.
        file: Where a finding stands that can be traced to no other file: the project's, relative to its repository.
    """
    rules = [{"id": f"parity/{found}", "shortDescription": {"text": text}} for found, text in _HELP.items()]
    driver = {"name": "vivido", "semanticVersion": __version__, "rules": rules}
    order = list(_HELP)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, order.index(f.found), file) for f in findings],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()


def _result(finding: Finding, index: int, file: str) -> dict[str, Any]:
    where = [_location(o.path, o.line, o.column) for o in finding.origins] or [_declared(finding, file)]
    return {
        "ruleId": f"parity/{finding.found}",
        "ruleIndex": index,
        "level": str(Severity(finding.severity)),
        "message": {"text": _message(finding)},
        "locations": where[:1],
        "relatedLocations": [
            {**one, "id": n, "message": {"text": _role(finding, n)}} for n, one in enumerate(where[1:], start=1)
        ],
        "partialFingerprints": {"vividoFinding/v1": finding.id},
        "properties": {"pair": finding.pair, "service": finding.service, "at": finding.at, "group": str(finding.group)},
    }


def _message(finding: Finding) -> str:
    head = ": ".join(filter(None, (finding.pair if finding.left else "", finding.service, finding.at)))
    parts = [f"{head}: {finding.message}", changed(finding)]
    if finding.rule:
        parts.append(f"rule {rule_told(finding.rule)}")
    if finding.since:
        parts.append(f"since {finding.since.commit[:12]} ({rfc3339(finding.since.at)[:10]}) by {finding.since.author}")
    return "; ".join(p for p in parts if p)


def _role(finding: Finding, number: int) -> str:
    origin: Origin = finding.origins[number]
    return f"as {origin.environment} has it"


def _declared(finding: Finding, file: str) -> dict[str, Any]:
    if finding.rule:
        path, line, column = finding.rule.place.rsplit(":", 2)
        return _location(path, int(line), int(column))
    return _location(file, 1, 1)


def _location(path: str, line: int, column: int) -> dict[str, Any]:
    region = {"region": {"startLine": line, "startColumn": column}} if line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, **region}}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
