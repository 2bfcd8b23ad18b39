"""Pause, resume, abort, retry, approve, reject: what a person says to a promotion under way."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.kinds import options_of
from vivido.app.waiting import Waiting, waiting_for
from vivido.engine.recorder import fold
from vivido.engine.state import State, Status
from vivido.errors import ConflictError, ForbiddenError, NotFoundError
from vivido.gates.approve import rule_of
from vivido.model.approval import Approval, Statement
from vivido.model.event import Signalled
from vivido.model.project import GateSpec

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def find_promotion(ws: "Workspace", text: str) -> str:
    """Return the promotion that is meant: by its id, the beginning of one, or the environment where it is open.

    Raises:
        NotFoundError: `promotion.unknown`, `promotion.none-open`.
        ConflictError: `promotion.ambiguous`.
    """
    if ws.project.environment(text) is not None:
        queue = ws.leases.open_promotions(ws.project.name, text)
        if queue:
            return queue[0].promotion
        rows = ws.records.promotions(text, limit=1)
        if rows:
            return rows[0].id
        raise NotFoundError(f"nothing was ever promoted to {text}", code="promotion.none-open")
    found = [
        r.id for r in ws.records.promotions(limit=1000) if r.id.removeprefix("p-").startswith(text.removeprefix("p-"))
    ]
    if len(found) > 1:
        raise ConflictError(
            f"“{text}” is the beginning of {len(found)} promotions",
            code="promotion.ambiguous",
            hint="Write more of the id: " + ", ".join(found[:5]),
        )
    if not found:
        raise NotFoundError(
            f"“{text}” is neither an environment nor a promotion",
            code="promotion.unknown",
            hint="`vivido history` lists promotions; environments are "
            + ", ".join(e.name for e in ws.project.environments),
        )
    return found[0]


def state_of(ws: "Workspace", promotion: str) -> State:
    """Return a promotion's state."""
    return fold(ws.journal.read(promotion))


def signal(ws: "Workspace", promotion: str, what: str, *, by: str, reason: str = "") -> Waiting:
    """Say `pause`, `resume`, `abort` or `retry` to a promotion.

    Raises:
        ConflictError: `promotion.over`: it is over, or not in a state in which this makes sense.
    """
    sensible(ws, promotion, what)
    ws.engine.signal(promotion, Signalled(what, by, reason, {"id": ws.token()}))
    return waiting_for(ws, promotion)


def sensible(ws: "Workspace", promotion: str, what: str) -> None:
    """See that a signal makes sense now.

    Raises:
        ConflictError: `promotion.over`: it is over, or not in a state in which this makes sense.
    """
    refusal = _nonsense(state_of(ws, promotion), what)
    if refusal:
        raise ConflictError(f"{promotion} {refusal}", code="promotion.over", hint=f"See vivido why {promotion}")


def _nonsense(state: State, what: str) -> str:
    """Say why a signal makes no sense now; empty where it does. Pure."""
    status = state.status
    if what == "retry":
        retriable = status in (Status.REFUSED, Status.STUCK, Status.WAITING)
        return "" if retriable else f"is {status}: only what was refused, is stuck, or waits can be tried again"
    if status.final:
        return f"is over: {status}"
    if what == "resume" and status is not Status.PAUSED:
        return f"is not paused, but {status}"
    return ""


def open_approvals(state: State) -> tuple[str, ...]:
    """Return the ids of the promotion's `approve` gates that are not met. Pure."""
    return tuple(g.id for g in _waiting_gates(state))


def _waiting_gates(state: State) -> tuple[GateSpec, ...]:
    unmet = {s.options.get("gate") for s in state.plan.steps if s.kind == "gate" and not state.step(s).met}
    return tuple(g for g in state.plan.gates if g.kind == "approve" and g.id in unmet)


def statement(ws: "Workspace", promotion: str, decision: str) -> Statement:
    """Return what an approver of this promotion signs.

    Raises:
        ConflictError: `approval.not-needed`: no gate of it waits for an approval.
    """
    state = state_of(ws, promotion)
    if state.finished is not None or not open_approvals(state):
        raise ConflictError(
            f"{promotion} does not wait for an approval: it is {state.status}",
            code="approval.not-needed",
            hint=f"See vivido why {state.plan.environment}",
        )
    plan = state.plan
    lifetimes = [rule_of(options_of(ws.kinds.gate(g.kind), g.options)).lifetime for g in _waiting_gates(state)]
    return Statement(
        promotion=promotion,
        release=plan.release.id,
        environment=plan.environment,
        content=plan.content,
        plan=plan.hash,
        decision=decision,
        expires=ws.now() + max(lifetimes),
    )


def give(ws: "Workspace", approval: Approval) -> Waiting:
    """Hand a signed approval or rejection over.

    Here is the one check whether the person may: the gates judge it again by the roster that was frozen into the plan.

    Raises:
        ForbiddenError: `approval.refused`: it would count for no gate, with the reason of each.
    """
    promotion = approval.statement.promotion
    state = state_of(ws, promotion)
    reasons = _refusals(ws, state, approval)
    if reasons:
        raise ForbiddenError(
            f"{approval.by}'s {approval.statement.decision} would not count: {'; '.join(reasons)}",
            code="approval.refused",
            hint=f"`vivido why {state.plan.environment}` says who can.",
        )
    data = {"approval": msgspec.to_builtins(approval), "id": ws.token()}
    ws.engine.signal(promotion, Signalled(approval.statement.decision, approval.by, approval.comment, data))
    return waiting_for(ws, promotion)


def _refusals(ws: "Workspace", state: State, approval: Approval) -> tuple[str, ...]:
    """Return why an approval counts for no open gate; empty where one takes it."""
    from vivido.app.approvals import would_count

    reasons: list[str] = []
    for gate in open_approvals(state):
        reason = would_count(ws, state, gate, approval)
        if reason == "":
            return ()
        reasons.append(reason)
    return tuple(reasons) or ("no gate waits for it",)
