"""Findings for a terminal: by pair and service, no wider than it is."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from vivido.cli.output.style import paint, width
from vivido.model.difference import ABSENT
from vivido.model.finding import Finding, Found, Origin, RuleSeen, Severity
from vivido.text.redact import printable
from vivido.time.clock import rfc3339

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_LONGEST = 60


def told(findings: Iterable[Finding], *, notes: bool) -> str:
    """Return findings as text.

    Args:
        findings: In order of pair and service.
        notes: Also those that are no drift.
    """
    shown = [f for f in findings if notes or f.severity is not Severity.NOTE]
    lines: list[str] = []
    for (pair, service), group in groupby(shown, key=lambda f: (f.pair if f.left else "", f.service)):
        lines += ["", paint("  ".join(filter(None, (pair, service))) or "rules", "bold")]
        for finding in group:
            lines += [line for part in _finding(finding) for line in _folded(part)]
    return "\n".join(lines[1:])


def _finding(finding: Finding) -> Iterator[str]:
    mark = paint(f"{finding.found:11}", _COLOURS[finding.severity])
    values = changed(finding)
    message = finding.message + (f": {values}" if values else "")
    yield f"  {mark} {finding.at or message}"
    if finding.at:
        yield f"      {message}"
    if finding.rule:
        yield f"      rule {rule_told(finding.rule)}"
    yield from (f"      {o.environment}: {origin_told(o)}" for o in finding.origins)
    if finding.since:
        since = finding.since
        whole = f"since {since.commit[:12]} {rfc3339(since.at)[:10]} {since.author}: {since.subject}"
        yield f"      {whole if since.exact else 'at least ' + whole}"


def changed(finding: Finding) -> str:
    """Return the two values, each as short as a line allows; empty where there are none to tell."""
    if finding.left_value is ABSENT and finding.right_value is ABSENT:
        return ""
    if finding.found is Found.LEFTOVER or finding.at in (finding.left_value, finding.right_value):
        return ""
    return f"{value_told(finding.left_value)} → {value_told(finding.right_value)}"


def value_told(value: Any) -> str:
    """Return a value in one line."""
    if value is ABSENT:
        return "—"
    text = value if isinstance(value, str) and value else msgspec.json.encode(value).decode()
    text = printable(text).replace("\n", "⏎")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def rule_told(rule: RuleSeen) -> str:
    """Return a rule in one line."""
    parts = (rule.place, rule.because, rule.owner and f"by {rule.owner}", rule.until and f"until {rule.until}")
    return ", ".join(p for p in parts if p)


def origin_told(origin: Origin) -> str:
    """Return a place in a file, or the directory."""
    return f"{origin.path}:{origin.line}:{origin.column}" if origin.line else f"in {origin.path}"


def _folded(line: str) -> Iterator[str]:
    """Break a line where the terminal ends, at a space where there is one near."""
    room = width() + (len(line) - len(_plain(line)))
    while len(line) > room:
        cut = max(line.rfind(" ", room // 2, room), line.rfind("/", room // 2, room - 1) + 1)
        cut = cut if cut > 0 else room
        yield line[:cut]
        line = "        " + line[cut:].lstrip()
        room = width()
    yield line


def _plain(line: str) -> str:
    import re

    return re.sub("\x1b\\[[0-9]*m", "", line)


def summary(findings: Iterable[Finding], allowed: int) -> str:
    """Return how many there are."""
    found = list(findings)
    counts = {s: sum(f.severity is s for f in found) for s in Severity}
    words = [f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items() if n]
    blind = sum(f.found is Found.UNJUDGED and f.severity is Severity.ERROR for f in found)
    unjudged = f"; {blind} of them could not be judged" if blind else ""
    differences = "1 difference is" if allowed == 1 else f"{allowed} differences are"
    return f"{', '.join(words) or 'no drift'}{unjudged}; {differences} allowed by rules"
