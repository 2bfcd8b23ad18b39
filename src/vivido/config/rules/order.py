"""Environments follow one another: one first, no cycle, no unknown name."""

from collections.abc import Mapping

from vivido.config.diagnostic import Report
from vivido.config.node import Entry, Node, child, entries, text_of
from vivido.config.rules.reference import unknown


def check_order(root: Node, report: Report) -> None:
    """Check `after` of all environments, and that none has the channel's name."""
    environments = {e.key: e for e in entries(child(root, "environments"))}
    after = {name: found for name, e in environments.items() if (found := text_of(child(e.value, "after"))) is not None}
    for name, wanted in after.items():
        at = child(environments[name].value, "after")
        if at is not None and wanted not in environments:
            unknown(report, at, wanted, "environment", tuple(n for n in environments if n != name))
    _one_first(environments, report)
    for cycle in cycles(after):
        at = child(environments[cycle[0]].value, "after") or environments[cycle[0]]
        way = " → ".join((*reversed(cycle), cycle[-1]))
        report.add(at, "config.cycle", f"these environments wait for one another: {way}", "Take one “after” out.")
    _channel(root, environments, report)


def _one_first(environments: Mapping[str, Entry], report: Report) -> None:
    first = [e for e in environments.values() if entries(e.value) and child(e.value, "after") is None]
    for e in first[1:]:
        message = (
            f"{e.key} has no “after”, as {first[0].key}: it would be reached without passing any other environment"
        )
        report.add(e, "config.two-first", message, "Write which environment it is “after”; only the first has none.")


def _channel(root: Node, environments: Mapping[str, Entry], report: Report) -> None:
    channel, at = text_of(child(root, "channel")) or "edge", child(root, "channel")
    if channel in environments:
        message = f"“{channel}” is the tag of what was built, and the tag of what runs in the environment {channel}"
        report.add(at or environments[channel], "config.channel", message, "Give one of them another name.")


def cycles(after: Mapping[str, str]) -> list[list[str]]:
    """Return each cycle once, as names that are each `after` the next, beginning with the one that stands first."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in after:
        way: list[str] = []
        name: str | None = start
        while name is not None and name not in done:
            done.add(name)
            way.append(name)
            name = after.get(name)
        if name in way:
            found.append(way[way.index(name) :])
    return found


def promotion_order(after: Mapping[str, str]) -> list[str]:
    """Return the names so that each follows the one it is `after` (empty: none), otherwise in the order given.

    Expects no cycle and no unknown name.
    """
    ordered: list[str] = []
    waiting = list(after)
    while waiting:
        ready = next(name for name in waiting if not after[name] or after[name] in ordered)
        ordered.append(ready)
        waiting.remove(ready)
    return ordered
