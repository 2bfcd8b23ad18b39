"""Why something is not where it should be: every unmet condition, who can meet it, the earliest time."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.drift_memory import LastDrift, standing_drift
from vivido.app.signals import find_promotion
from vivido.app.waiting import Waiting, waiting_for
from vivido.model.record import Pin

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Why(msgspec.Struct, frozen=True):
    """The answer."""

    subject: str
    """The environment or promotion that was asked about."""
    waiting: tuple[Waiting, ...]
    """The open promotions, or the last one where none is open."""
    pins: tuple[Pin, ...] = ()
    driver: str = ""
    """Who drives the environment now; empty where nobody does."""
    drift: LastDrift | None = None
    """What the last look for drift found there; None where nobody looked."""


def why(ws: "Workspace", subject: str) -> Why:
    """Explain an environment's or a promotion's state.

    Args:
        ws: The project.
        subject: An environment, a promotion's id, or the beginning of one.

    Raises:
        NotFoundError: There is no such thing.
    """
    if ws.project.environment(subject) is None:
        one = waiting_for(ws, find_promotion(ws, subject))
        return Why(subject, (one,), driver=ws.driver(one.environment))
    queue = ws.leases.open_promotions(ws.project.name, subject)
    ids = [q.promotion for q in queue] or [r.id for r in ws.records.promotions(subject, limit=1)]
    return Why(
        subject,
        tuple(waiting_for(ws, i) for i in ids),
        ws.records.pins(subject),
        ws.driver(subject),
        standing_drift(ws, subject),
    )
