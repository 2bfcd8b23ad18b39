"""The two sides of a promotion: what it brings, and what was there before."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.planning import declared, desired
from vivido.app.revisions import revision_of
from vivido.app.standing import REVERT, reverted, standing
from vivido.engine.executor import Work
from vivido.errors import IntegrityError
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.targets.interface import Desired

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Back(msgspec.Struct, frozen=True):
    """What the environment returns to."""

    deployed: Deployed | None
    """None: it was empty."""
    wanted: Desired | None


def environment_of(ws: "Workspace", work: Work) -> Environment:
    """Return the promotion's environment as it was frozen into its plan: a change of the file bends nothing under way."""
    return declared(ws, work.state.plan)


def new_side(ws: "Workspace", work: Work) -> Desired:
    """Return what the promotion brings, and check that it is still what its gates and approvals are bound to.

    Raises:
        IntegrityError: `promotion.content`: rendering gives other objects than when the plan was made.
    """
    plan = work.state.plan
    environment = environment_of(ws, work)
    if plan.kind == REVERT:
        return reverted(ws, plan, environment)
    if plan.kind == "rollback":
        # Later edits by people stay, so a rollback is rendered from the branch, not from the old revision.
        from vivido.app.reversal import rendered_back

        rendered = rendered_back(ws, plan, str(work.state.facts.get("commit", "")))
    else:
        rendered = rendered_at(ws, revision_of(ws, plan.release, environment), environment, plan.release.artifacts)
    if rendered.hash != plan.content:
        raise IntegrityError(
            f"rendering {plan.environment} gives other objects than were planned",
            code="promotion.content",
            hint="Was the tool that renders changed? Abort this promotion and start another.",
        )
    found = desired(ws, plan, environment, rendered, plan.release)
    return msgspec.structs.replace(found, commit=str(work.state.facts.get("commit", "")))


def old_side(ws: "Workspace", work: Work) -> Back:
    """Return what was there before the promotion, as Git says it."""
    plan = work.state.plan
    before = next((d for d in ws.records.deployed(plan.environment, limit=5) if d.promotion != plan.promotion), None)
    if before is None:
        return Back(None, None)
    return Back(before, standing(ws, environment_of(ws, work), before, promotion=plan.promotion))
