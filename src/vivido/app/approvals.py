"""Whether an approval would count, asked of the gate that judges it later: one rule, one place."""

from typing import TYPE_CHECKING

from vivido.app.executors.gate import context_of, subject_of
from vivido.app.kinds import options_of
from vivido.engine.state import State
from vivido.model.approval import Approval

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def would_count(ws: "Workspace", state: State, gate: str, approval: Approval) -> str:
    """Say why an approval would not count for a gate; empty where it would."""
    spec = next(g for g in state.plan.gates if g.id == gate)
    kind = ws.kinds.gate(spec.kind)
    options, subject = options_of(kind, spec.options), subject_of(state, spec, attempt=1)
    seen = kind.observe(options, subject, context_of(ws, state.plan, (approval,), lambda line: None))
    judgment = kind.judge(options, subject, seen, ws.now())
    void = judgment.evidence.get("void") or []
    return str(void[0]["why"]) if void else ""
