"""The environment matrix as text: a row per environment, a column per service."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vivido.cli.output.fold import cells
from vivido.cli.output.style import paint
from vivido.cli.output.table import table
from vivido.time.clock import SECOND, age, rfc3339

if TYPE_CHECKING:
    # Only for their names: what they import would double the time of a cold `vivido status`.
    from vivido.app.live import Seen
    from vivido.app.status import Column, Status


_FRESH = 600 * SECOND
"""Microseconds for which a look at a target is told without its age."""


def matrix(status: "Status", seen: "Mapping[str, Seen]", now: int, columns: int) -> str:
    """Lay the matrix out.

    Args:
        status: What the record says.
        seen: What the targets say, by environment; empty where they were not asked.
        now: Microseconds since 1970.
        columns: Width in characters.
    """
    lines = [_table(status, seen, now, columns)]
    newest = status.newest
    if newest is not None:
        lines += ["", f"newest release {newest.release.id} ({age(newest.created_at, now)}): {newest.note}"]
    else:
        lines += [
            "",
            "no release yet: vivido build, then vivido release create; what runs already is taken in by: vivido import",
        ]
    for column in status.columns:
        lines += _waiting(column, now)
    return "\n".join(lines)


def _table(status: "Status", seen: "Mapping[str, Seen]", now: int, columns: int) -> str:
    """Return the matrix; where the services do not fit beside each other, they follow in a table of their own."""
    services = [c.service for c in status.columns[0].cells] if status.columns else []
    rows = [_row(c, seen.get(c.environment), now) for c in status.columns]
    heads = ["ENVIRONMENT", "RELEASE", "AGE", *(s.upper() for s in services), "HEALTH", "BEHIND"]
    first, last = 3, 3 + len(services)
    whole = table(rows, heads, columns, give=range(first, last)) if services else table(rows, heads, columns)
    if not services or cells(whole.partition("\n")[0]) <= columns:
        return whole
    short = table([r[:first] + r[last:] for r in rows], heads[:first] + heads[last:], columns, give=(0,))
    turned = [[s, *(r[first + n] for r in rows)] for n, s in enumerate(services)]
    return f"{short}\n\n{table(turned, ['SERVICE', *(c.environment for c in status.columns)], columns)}"


def _row(column: "Column", seen: "Seen | None", now: int) -> list[str]:
    digests = [c.digest.removeprefix("sha256:")[:12] or "-" for c in column.cells]
    since = age(column.since, now) if column.since is not None else "-"
    health = "down" if column.down is not None else _health(seen) if seen is not None else _last(column, now)
    behind = "-" if not column.behind else f"{column.behind} newer" if column.release else "empty"
    return [column.environment, column.release or "-", since, *digests, health, behind]


def _last(column: "Column", now: int) -> str:
    """Return the health that the target told last, with how long ago where that is long."""
    last = column.seen
    if last is None or not column.release:
        return "-"
    word = {True: "healthy", False: "unhealthy", None: "unknown"}[last.healthy]
    return word if now - last.at < _FRESH else f"{word} {age(last.at, now)} ago"


def _health(seen: "Seen") -> str:
    if seen.live is None:
        return "unreachable"
    if seen.live.healthy is None and not seen.live.digests:
        return "nothing seen"
    return {True: "healthy", False: "unhealthy", None: "unknown"}[seen.live.healthy]


def _waiting(column: "Column", now: int) -> list[str]:
    lines: list[str] = []
    if column.unchanged:
        lines.append(f"{column.environment} is unchanged by {column.unchanged}")
    for one in column.open:
        driver = f", driven by {column.driver}" if column.driver else ""
        lines.append("")
        lines.append(f"{paint(one.promotion, 'bold')} {one.release} → {column.environment}: {one.status}{driver}")
        for condition in one.conditions:
            lines.append(f"  {condition.title}: {condition.reason}")
            for unmet in condition.unmet:
                head = "who" if condition.reason in unmet.condition else unmet.condition
                lines += [f"    {head}: {', '.join(unmet.who)}"] if unmet.who else []
    last = column.last
    if last is not None:
        lines += ["", f"{paint(last.promotion, 'bold')} {last.release} → {column.environment}: {last.status}"]
        lines += [f"  {last.reason.splitlines()[0]}", f"  → vivido why {column.environment}"]
    if column.down is not None:
        lines += [
            "",
            f"{column.environment} was emptied {age(column.down, now)} ago: vivido promote {column.environment}",
        ]
        lines[-1] += f" --release {column.release} brings it up again" if column.release else ""
    lines += _drift(column)
    lines += [f"pinned out of {p.environment}: {p.release} ({p.reason}, {p.by})" for p in column.pins]
    return lines


def _drift(column: "Column") -> list[str]:
    """Tell the manual changes that nobody reverted or declared, and the live commits that nobody promoted."""
    last = column.drift
    if last is None or not last.debts:
        return []
    heads: list[str] = []
    if last.running:
        many = f"{len(last.running)} differences" if len(last.running) > 1 else "1 difference"
        since = rfc3339(min(d.since for d in last.running))
        heads.append(f"drift in {column.environment}: {many} between what runs and Git, since {since}")
    if last.ungated:
        many = f"{len(last.ungated)} commits" if len(last.ungated) > 1 else "1 commit"
        since = rfc3339(min(d.since for d in last.ungated))
        heads.append(f"ungated change in {column.environment}: {many} live without a promotion, since {since}")
    return ["", *(paint(head, "yellow") for head in heads), f"  → vivido drift {column.environment}"]
