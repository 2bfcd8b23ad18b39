"""What a promotion waits for: every unmet condition, who can meet it and the earliest time (design §3.10)."""

import msgspec

from vivido.app.workspace import Workspace
from vivido.engine.queue import choose, replacement
from vivido.engine.recorder import fold
from vivido.engine.state import Direction, State, Status
from vivido.errors import NotFoundError
from vivido.model.gate import Outcome, Unmet
from vivido.model.plan import Step


class Condition(msgspec.Struct, frozen=True):
    """One step or gate that is not met."""

    step: str
    title: str
    outcome: str
    """`failed`, `pending`, `blind`, or `open` where it was not judged yet."""
    reason: str
    unmet: tuple[Unmet, ...] = ()


class Waiting(msgspec.Struct, frozen=True):
    """One promotion, as `status` and `why` tell it."""

    promotion: str
    kind: str
    environment: str
    release: str
    status: str
    reason: str
    """Why it ended, or the first unmet condition."""
    requested_by: str
    requested_at: int
    """Microseconds since 1970."""
    way_back: str
    """How it would be undone; empty where it is over."""
    conditions: tuple[Condition, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Environments before it that the release does not change, each with whose evidence stands for it."""
    own: tuple[str, ...] = ()
    """Files that were found to be the environment's own, and by which rules."""


def waiting_for(ws: Workspace, promotion: str) -> Waiting:
    """Return what a promotion waits for, or why it ended.

    Raises:
        NotFoundError: `promotion.unknown`.
    """
    entries = ws.journal.read(promotion)
    if not entries:
        raise NotFoundError(
            f"there is no promotion {promotion}", code="promotion.unknown", hint="`vivido history` lists them."
        )
    state = fold(entries)
    if state.finished is not None:
        return describe(state)
    return describe(state, _before(ws, state), _way_back(ws, state))


def describe(state: State, before: str = "", way_back: str = "") -> Waiting:
    """Return a promotion's state as people are told it. Pure.

    Args:
        state: Folded from its journal.
        before: The promotion of its environment that goes first; empty where its turn has come.
        way_back: How it would be undone now; empty where that is as planned.
    """
    plan, status = state.plan, state.status
    conditions = (*_pause(state), *_turn(plan.environment, before)) if before else (*_pause(state), *_conditions(state))
    first = conditions[0].reason if conditions else ""
    return Waiting(
        promotion=plan.promotion,
        kind=plan.kind,
        environment=plan.environment,
        release=plan.release.id,
        status=status,
        reason=state.finished.reason if state.finished else first,
        requested_by=plan.requested_by,
        requested_at=plan.requested_at,
        way_back="" if state.finished is not None else way_back or plan.way_back.summary,
        conditions=conditions,
        own=tuple(f.told for f in plan.own),
        unchanged=tuple(f"{c.environment} (passed as {c.release}, {c.promotion})" for c in plan.carried),
    )


def _before(ws: Workspace, state: State) -> str:
    """Return the promotion that a queued one waits for: of those that say `queue: latest`, the newest does not wait."""
    plan = state.plan
    if state.status is not Status.QUEUED:
        return ""
    queue = ws.leases.open_promotions(plan.project, plan.environment)
    first = choose(queue, lambda q: bool(fold(ws.journal.read(q.promotion)).steps))
    if first is None or first.promotion == plan.promotion:
        return ""
    untouched = first.status in (Status.QUEUED, Status.WAITING)
    newer = replacement(first.promotion, first.queue, queue) if untouched else None
    return "" if newer is not None and newer.promotion == plan.promotion else first.promotion


def _turn(environment: str, before: str) -> tuple[Condition, ...]:
    reason = f"{before} goes first in {environment}"
    return (Condition("queue", "its turn", "pending", reason, (Unmet(reason, next=f"vivido why {before}"),)),)


def _way_back(ws: Workspace, state: State) -> str:
    """Return the way back where something else was promoted since the plan was made; else empty."""
    plan = state.plan
    deployed = next((d for d in ws.records.deployed(plan.environment) if d.promotion != plan.promotion), None)
    if plan.kind not in ("promotion", "rollback") or deployed is None or deployed.commit == plan.way_back.commit:
        return ""
    from vivido.app.planning import way_back  # only here: whoever asks how things stand has no time for all of it

    return way_back(deployed, plan.environment).summary


def _pause(state: State) -> tuple[Condition, ...]:
    """Say who paused it and why, and how it goes on."""
    said = next((s for _, s in reversed(state.signals) if s.signal == "pause"), None)
    if not state.paused or said is None or state.finished is not None:
        return ()
    reason = f"{said.by}: {said.reason}" if said.reason else said.by
    unmet = Unmet(f"paused by {reason}", next=f"vivido resume {state.plan.environment}")
    return (Condition("pause", "paused", "pending", reason, (unmet,)),)


def _conditions(state: State) -> tuple[Condition, ...]:
    if state.finished is not None and state.finished.status not in (Status.REFUSED, Status.WENT_BACK):
        return ()
    steps = state.plan.steps if state.direction is Direction.FORWARD else (*state.plan.steps, *state.agenda)
    told = [_condition(state, s) for s in steps]
    open_now = {s.id for s in state.open_steps} if state.finished is None else set[str]()
    return tuple(
        c for c in told if c is not None and (c.outcome in ("failed", "blind", "pending") or c.step in open_now)
    )


def _condition(state: State, step: Step) -> Condition | None:
    judgment = state.step(step).judgment
    if judgment is None:
        return Condition(step.id, step.title, "open", "not judged yet")
    if judgment.outcome in (Outcome.PASSED, Outcome.SKIPPED):
        return None
    return Condition(step.id, step.title, judgment.outcome, judgment.reason, _still(state, judgment.unmet))


def _still(state: State, unmet: tuple[Unmet, ...]) -> tuple[Unmet, ...]:
    """Take the next command away where it makes no sense any more: what went back is not tried again, but promoted anew."""
    if state.finished is None:
        return unmet
    refused = state.finished.status == Status.REFUSED
    return tuple(u if refused and not u.next.startswith("vivido approve") else _told_only(u) for u in unmet)


def _told_only(unmet: Unmet) -> Unmet:
    return msgspec.structs.replace(unmet, next="", who=())
