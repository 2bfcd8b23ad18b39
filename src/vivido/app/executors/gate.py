"""Judging a gate: look, judge purely, keep both."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from vivido.app.addresses import main_url
from vivido.app.executors.side import environment_of, new_side
from vivido.app.kinds import options_of
from vivido.app.parity.gate import compared
from vivido.engine.executor import Done, Work
from vivido.engine.state import State
from vivido.gates.interface import GateContext, Subject
from vivido.model.approval import Approval
from vivido.model.gate import Judgment, Outcome
from vivido.model.plan import Plan
from vivido.model.project import GateSpec
from vivido.model.release import placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Gate:
    """Executes `gate`."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Observe and judge the gate that the step names."""
        skip = work.step.options.get("skip")
        if skip:
            return Done(Judgment(Outcome.SKIPPED, str(skip)))
        spec = next(g for g in work.state.plan.gates if g.id == work.step.options["gate"])
        kind = self._ws.kinds.gate(spec.kind)
        options = options_of(kind, spec.options)
        subject = subject_of(work.state, spec, attempt=work.attempt, since=work.state.step(work.step).opened)
        here = placed(subject.artifacts, environment_of(self._ws, work).registry)
        subject = msgspec.structs.replace(subject, artifacts=here)
        if spec.moment == "after":
            subject = msgspec.structs.replace(subject, **self._addresses(work))
        context = context_of(self._ws, work.state.plan, approvals(work.state), work.progress)
        context = msgspec.structs.replace(context, rendered=lambda _: new_side(self._ws, work).rendered)
        seen = kind.observe(options, subject, context)
        judgment = kind.judge(options, subject, seen, self._ws.now())
        return Done(judgment)

    def _addresses(self, work: Work) -> dict[str, Any]:
        """Return where the environment is reached, by the file or by what the target says."""
        environment = environment_of(self._ws, work)
        urls = self._ws.target(environment, work.progress).current().urls
        return {"url": main_url(self._ws.project, environment, urls), "urls": urls}


def subject_of(state: State, spec: GateSpec, *, attempt: int, since: int = 0) -> Subject:
    """Return what a gate of a promotion judges, without addresses."""
    plan = state.plan
    return Subject(
        promotion=plan.promotion,
        gate=spec.id,
        kind=plan.kind,
        project=plan.project,
        environment=plan.environment,
        release=plan.release.id,
        artifacts=plan.release.artifacts,
        content=plan.content,
        plan=plan.hash,
        moment=spec.moment,
        attempt=attempt,
        roster=plan.roster,
        authors=plan.authors,
        since=since,
    )


def context_of(
    ws: "Workspace", plan: Plan, given: tuple[Approval, ...], progress: Callable[[str], None]
) -> GateContext:
    """Return what a gate may use to look."""
    kept = ws.state / "promotions" / plan.promotion
    kept.mkdir(parents=True, exist_ok=True)
    return GateContext(
        root=ws.project.root,
        state=str(kept),
        approvals=lambda: given,
        progress=progress,
        now=ws.now,
        compared=lambda environment, other, _: compared(ws, plan.release, environment, other),
    )


def approvals(state: State) -> tuple[Approval, ...]:
    """Return the approvals that were handed to a promotion, unchecked."""
    given = [s.data["approval"] for _, s in state.signals if s.signal in ("approve", "reject")]
    return tuple(msgspec.convert(a, Approval) for a in given)
