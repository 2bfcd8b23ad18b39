"""Findings as Markdown, for a comment on a change."""

from collections.abc import Iterable
from itertools import groupby

from vivido.cli.output.findings.text import changed, origin_told, rule_told, summary
from vivido.model.finding import Finding


def markdown(findings: Iterable[Finding], allowed: int) -> str:
    """Return findings as Markdown."""
    found = list(findings)
    parts = ["## Parity", "", summary(found, allowed).capitalize() + "."]
    for (pair, service), group in groupby(found, key=lambda f: (f.pair if f.left else "rules", f.service)):
        parts += [
            "",
            f"### {pair}{': ' if service else ''}{service}",
            "",
            "| | where | what | source |",
            "|---|---|---|---|",
        ]
        parts += [_row(f) for f in group]
    return "\n".join(parts)


def _row(finding: Finding) -> str:
    values = changed(finding)
    what = finding.message + (f": {_code(values)}" if values else "")
    sources = [origin_told(o) for o in finding.origins]
    if finding.rule:
        what += f"; rule {rule_told(finding.rule)}"
    if finding.since:
        what += f"; since {finding.since.commit[:12]} by {finding.since.author}"
    cells = (f"**{finding.found}**" if finding.severity == "error" else finding.found, _code(finding.at), what)
    return "| " + " | ".join(_cell(c) for c in (*cells, ", ".join(map(_code, sources)))) + " |"


def _code(text: str) -> str:
    # A backtick inside would end the code.
    plain = text.replace("`", "'")
    return f"`{plain}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
