"""`vivido why`: what is waited for, and for whom."""

from vivido.app.drift_memory import LastDrift
from vivido.app.waiting import Condition, Waiting
from vivido.app.why import Why
from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.style import paint
from vivido.errors import Exit
from vivido.time.clock import rfc3339


def why(subject: str, /, *, common: Common = PLAIN) -> int:
    """Say why an environment or a promotion is where it is: every unmet condition, who can meet it, and when.

    Args:
        subject: The environment, or the promotion's id.
        common: Flags of every command.
    """
    from vivido.app.why import why as ask

    found = ask(common.open(), subject)
    emit(found, common.output, lambda: _text(found), (w.promotion for w in found.waiting))
    return Exit.OK


def _text(found: Why) -> str:
    lines: list[str] = []
    for one in found.waiting:
        lines += _promotion(one)
    if not found.waiting:
        lines.append(f"nothing was ever promoted to {found.subject}")
    if found.driver:
        lines.append(f"driven now by {found.driver}")
    lines += debts(found.drift, found.subject)
    lines += [f"pinned out: {p.release} since {rfc3339(p.at)} by {p.by}: {p.reason}" for p in found.pins]
    return "\n".join(lines)


def debts(last: LastDrift | None, environment: str) -> list[str]:
    """Return what runs and is not in Git or was never promoted, a line each; empty where the last look found nothing."""
    lines: list[str] = []
    if last is not None and last.running:
        lines.append(f"drift in {environment}, seen at {rfc3339(last.at)}:")
        lines += [f"  {d.where} since {rfc3339(d.since)}: {d.told}" for d in last.running]
        lines.append(f"      → vivido drift revert {environment}   or   vivido drift adopt {environment} --reason …")
    if last is not None and last.ungated:
        lines.append(f"ungated changes in {environment}, live without a promotion, seen at {rfc3339(last.at)}:")
        lines += [f"  {d.where} since {rfc3339(d.since)}: {d.told}" for d in last.ungated]
        lines.append(f"      → vivido drift {environment}   names the release that has them")
    return lines


def _promotion(one: Waiting) -> list[str]:
    lines = [
        f"{paint(one.promotion, 'bold')} {_what(one)}: {paint(one.status, 'bold')}",
        f"  asked for by {one.requested_by} at {rfc3339(one.requested_at)}",
    ]
    lines += [f"  unchanged: {told}" for told in one.unchanged]
    lines += [f"  own: {told}" for told in one.own]
    if one.way_back:
        lines.append(f"  way back: {one.way_back}")
    if one.reason and not one.conditions:
        lines.append(f"  {one.reason}")
    for condition in one.conditions:
        lines += _condition(condition)
    return lines


def _what(one: Waiting) -> str:
    if one.kind == "import":
        return f"taking in {one.release} in {one.environment}"
    return f"emptying {one.environment}" if one.kind == "down" else f"{one.kind} of {one.release} to {one.environment}"


def _condition(condition: Condition) -> list[str]:
    lines = [f"  {paint(condition.outcome, 'yellow')} {condition.title}: {condition.reason}"]
    for unmet in condition.unmet:
        if condition.reason not in unmet.condition:
            lines.append(f"      {unmet.condition}")
        if unmet.who:
            lines.append(f"      who: {', '.join(unmet.who)}")
        if unmet.earliest is not None:
            lines.append(f"      earliest: {rfc3339(unmet.earliest)}")
        if unmet.next:
            lines.append(f"      → {unmet.next}")
    return lines
