"""The drift that was found last, kept beside the state: an unreverted manual change is a debt that `status` and `why` tell.

It may be lost at any time; the next look finds it again, and decides nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


UNGATED = "ungated"
"""The kind of a debt that Git has and no promotion brought; every other one runs and is not in Git."""


class Debt(msgspec.Struct, frozen=True):
    """One difference that nobody declared, or a change that nobody promoted."""

    where: str
    told: str
    since: int = 0
    """When it was seen first, microseconds since 1970."""
    kind: str = ""
    """`ungated`, or empty for what runs and is not in Git."""


class LastDrift(msgspec.Struct, frozen=True):
    """The last look for drift."""

    at: int
    """Microseconds since 1970."""
    debts: tuple[Debt, ...] = ()
    blind: str = ""
    """Why the last look saw nothing of what runs; these debts are then those of the look before."""

    @property
    def running(self) -> tuple[Debt, ...]:
        """What runs and is not in Git."""
        return tuple(d for d in self.debts if d.kind != UNGATED)

    @property
    def ungated(self) -> tuple[Debt, ...]:
        """What the branch says and no promotion brought."""
        return tuple(d for d in self.debts if d.kind == UNGATED)


def remember_drift(
    ws: "Workspace", environment: str, debts: tuple[Debt, ...], *, blind: str = "", branch_unread: bool = False
) -> None:
    """Keep what a look found; what was there before keeps its time, and what is gone is forgotten.

    Args:
        ws: The project.
        environment: Its name.
        debts: What was found.
        blind: Why nothing could be said of what runs: then that is as it was.
        branch_unread: Nothing could be said of the branch: then that is as it was.
    """
    before, now = recall_drift(ws, environment) or LastDrift(0), ws.now()
    known = {d.where: d.since for d in before.debts}
    found = LastDrift(now, tuple(msgspec.structs.replace(d, since=known.get(d.where, now)) for d in debts), blind)
    running = (before if blind else found).running
    fresh = (*running, *(before if branch_unread else found).ungated)
    path = _path(ws, environment)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{ws.token()}")
    draft.write_bytes(msgspec.json.encode(LastDrift(now, fresh, blind)))
    draft.replace(path)


def recall_drift(ws: "Workspace", environment: str) -> LastDrift | None:
    """Return what the last look found; None where there was none, or it cannot be read."""
    try:
        return msgspec.json.decode(_path(ws, environment).read_bytes(), type=LastDrift)
    except (OSError, msgspec.MsgspecError):
        return None


def standing_drift(ws: "Workspace", environment: str) -> LastDrift | None:
    """Return what the last look found; None where none was since the newest deployment, which brought everything up anew."""
    last = recall_drift(ws, environment)
    deployed = next(iter(ws.records.deployed(environment)), None)
    return last if last is not None and deployed is not None and last.at > deployed.since else None


def _path(ws: "Workspace", environment: str) -> Path:
    return ws.state / "seen" / f"{environment}.drift.json"
