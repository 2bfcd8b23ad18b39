"""What was promoted, by whom, and every fact of one promotion."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.waiting import Waiting, waiting_for
from vivido.model.event import Entry, Finished, Signalled, Started, StepBegan, StepEnded

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Fact(msgspec.Struct, frozen=True):
    """One entry of the ledger, as people read it."""

    seq: int
    at: int
    """Microseconds since 1970."""
    what: str
    hash: str


def history(ws: "Workspace", environment: str = "", limit: int = 20) -> tuple[Waiting, ...]:
    """Return promotions, newest first, of one environment or of all."""
    if environment:
        ws.environment(environment)
    return tuple(waiting_for(ws, row.id) for row in ws.records.promotions(environment, limit=limit))


def facts(ws: "Workspace", promotion: str) -> tuple[Fact, ...]:
    """Return every fact of one promotion, oldest first."""
    return tuple(Fact(e.seq, e.at, tell(e), e.hash) for e in ws.journal.read(promotion))


def tell(entry: Entry) -> str:
    """Say one entry in a sentence. Pure."""
    match entry.event:
        case Started(plan):
            unchanged = "".join(f"; {c.environment} is unchanged, as {c.promotion} passed it" for c in plan.carried)
            accepted = f", without a way back: {plan.way_back.accepted}" if plan.way_back.accepted else ""
            if plan.kind == "down":
                return f"{plan.requested_by} asked to empty {plan.environment}" + (
                    f": {plan.reason}" if plan.reason else ""
                )
            if plan.kind == "import":
                return f"{plan.requested_by} asked to take in {plan.release.id}, which runs in {plan.environment}"
            asked = f"{plan.requested_by} asked for a {plan.kind} of {plan.release.id} to {plan.environment}"
            return f"{asked}{accepted}{unchanged}"
        case StepBegan(step, attempt):
            return f"{step} began" + (f" (try {attempt})" if attempt > 1 else "")
        case StepEnded(step, _, judgment):
            return f"{step} {judgment.outcome}: {judgment.reason}"
        case Signalled(signal, by, reason):
            return f"{by} said {signal}" + (f": {reason}" if reason else "")
        case Finished(status, reason):
            return f"{status}: {reason}"
