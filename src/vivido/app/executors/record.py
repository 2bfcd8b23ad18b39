"""After it serves: remember the deployed truth, pin what was rolled back, start what follows automatically."""

from typing import TYPE_CHECKING

from vivido.app.imports.plan import IMPORT
from vivido.engine.executor import Done, Work, passed
from vivido.model.canonical import fingerprint
from vivido.model.gate import Judgment, Outcome
from vivido.model.record import Deployed, Pin

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Record:
    """Executes `record`. Idempotent by the promotion's id."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Write the record, or with `back` remove it; what can't follow automatically is said, and does not fail this promotion."""
        plan = work.state.plan
        work.hold()
        if work.step.options.get("back"):
            gone = self._ws.records.remove_deployed(plan.environment, plan.promotion)
            return passed("forgotten") if gone else Done(Judgment(Outcome.SKIPPED, "it was not recorded"))
        now = self._ws.now()
        commit = str(work.state.facts.get("commit", ""))
        self._ws.records.add_deployed(
            Deployed(plan.environment, plan.release, plan.content, commit, plan.promotion, now)
        )
        for release in plan.pins:
            reason = plan.reason or "rolled back"
            self._ws.records.set_pin(Pin(plan.environment, release, plan.requested_by, now, reason))
        follow = () if plan.kind in ("rollback", IMPORT) else self._follow(work)
        return passed("; ".join([f"{plan.environment} runs {plan.release.id}", *follow]))

    def _follow(self, work: Work) -> tuple[str, ...]:
        from vivido.app.onward import Asked, go_on

        plan = work.state.plan
        # A restart finds the promotion that this one started, instead of starting a second.
        work.progress("planning what goes on by itself")
        asked = Asked(plan.requested_by, plan.reason, lambda name: f"p-{fingerprint([plan.promotion, name])[:10]}")
        found = go_on(self._ws, plan.release, self._ws.project.followers(plan.environment), asked)
        return (*(f"{promotion} goes on by itself" for promotion in found.started), *found.notes)
