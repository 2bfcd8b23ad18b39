"""Checking the ledger: every promotion's hash chain, and that its head stands in the commit that it made."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.planning import declared
from vivido.errors import Error
from vivido.model.event import Entry, Started, StepEnded

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.app.workspace import Workspace


class Verified(msgspec.Struct, frozen=True):
    """The result for one promotion."""

    promotion: str
    entries: int
    head: str
    problem: str
    """Empty where the chain holds and Git agrees."""
    commits: tuple[str, ...] = ()
    """Commits whose trailers were compared."""


def verify(ws: "Workspace", promotion: str = "") -> tuple[Verified, ...]:
    """Check one promotion's chain, or all, against themselves and against Git."""
    ids = [promotion] if promotion else [r.id for r in ws.records.promotions(limit=100_000)]
    return tuple(_verify(ws, i) for i in reversed(ids))


def _verify(ws: "Workspace", promotion: str) -> Verified:
    entries = ws.journal.read(promotion)
    head = entries[-1].hash if entries else ""
    problem = ws.journal.verify(promotion) or ""
    made = _commits(entries)
    for commit in made:
        problem = problem or _disagreement(ws, entries, commit)
    return Verified(promotion, len(entries), head, problem, made)


def _commits(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    ended = [e.event for e in entries if isinstance(e.event, StepEnded)]
    return tuple(str(e.facts["commit"]) for e in ended if "commit" in e.facts)


def _where(ws: "Workspace", entries: tuple[Entry, ...]) -> "ConfigurationRepository":
    """Return the repository that a promotion committed to, as it is now."""
    started = entries[0].event
    assert isinstance(started, Started)  # noqa: S101 - a chain begins with its plan
    repository = ws.repository(declared(ws, started.plan))
    repository.fetch()
    return repository


def _disagreement(ws: "Workspace", entries: tuple[Entry, ...], commit: str) -> str:
    try:
        told = _where(ws, entries).trailer(commit, "Vivido-Ledger")
    except Error as e:
        return f"commit {commit[:12]} cannot be read: {e.message}"
    if told not in {e.hash for e in entries}:
        return f"commit {commit[:12]} names ledger head {told[:12] or '(none)'}, which is not in this chain"
    return ""
