"""What stands in an environment by the record: its deployed truth, as a target would be asked to bring it up."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.truth import truth
from vivido.engine.recorder import fold
from vivido.errors import IntegrityError, NotFoundError
from vivido.model.canonical import fingerprint
from vivido.model.plan import Plan
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.release import placed
from vivido.targets.interface import Desired

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

REVERT = "revert"
"""The kind of a promotion that brings nothing new, but what Git says already (`vivido drift revert`)."""


def generation_of(ws: "Workspace", deployed: Deployed) -> str:
    """Return the generation that a deployment runs as: by its content, until a revert brought it up anew."""
    for row in ws.records.promotions(deployed.environment, limit=1000):
        if row.created <= deployed.since:
            break
        if row.kind == REVERT and row.status == "succeeded" and renews(ws, row.id):
            return renewed(deployed.content, row.id)
    return deployed.content[:12]


def renews(ws: "Workspace", promotion: str) -> bool:
    """Say whether a revert brings pods up anew."""
    return any(step.kind == "stage" for step in fold(ws.journal.read(promotion)).plan.steps)


def renewed(content: str, promotion: str) -> str:
    """Return the generation in which a revert brings a content up beside itself."""
    return fingerprint([content, promotion])[:12]


def standing(ws: "Workspace", environment: Environment, deployed: Deployed, *, promotion: str = "") -> Desired:
    """Return what an environment should run, as Git says it.

    Args:
        ws: The project.
        environment: Which.
        deployed: Its deployed truth.
        promotion: The promotion that asks; empty for the one that brought it.

    Raises:
        RefusedError: Git's configuration cannot be rendered any more.
    """
    rendered = truth(ws, environment, deployed)
    return Desired(
        project=ws.project.name,
        environment=environment.name,
        generation=generation_of(ws, deployed),
        release=deployed.release.id,
        promotion=promotion or deployed.promotion,
        rendered=rendered,
        images={a.service: a.image for a in placed(deployed.release.artifacts, environment.registry)},
        commit=deployed.commit,
    )


def reverted(ws: "Workspace", plan: Plan, environment: Environment) -> Desired:
    """Return what a revert brings: what Git says already, as a generation of its own where pods are brought up anew.

    Jobs are left out: they ran when this content was promoted, and a migration is not a thing to do twice.

    Raises:
        NotFoundError: `drift.nothing-deployed`.
        IntegrityError: `promotion.content`: Git does not give any more what runs by the record.
    """
    deployed = next(iter(ws.records.deployed(plan.environment)), None)
    if deployed is None:
        raise NotFoundError(f"nothing is deployed in {plan.environment}", code="drift.nothing-deployed")
    found = standing(ws, environment, deployed, promotion=plan.promotion)
    if found.rendered.hash != plan.content:
        raise IntegrityError(
            f"rendering {plan.environment} gives other objects than run there by the record",
            code="promotion.content",
            hint="Was the tool that renders changed? Promote again instead.",
        )
    if not any(step.kind == "stage" for step in plan.steps):
        return found
    lasting = tuple(o for o in found.rendered.objects if o.get("kind") != "Job")
    rendered = msgspec.structs.replace(found.rendered, objects=lasting)
    return msgspec.structs.replace(found, generation=renewed(plan.content, plan.promotion), rendered=rendered)


def declared_at(ws: "Workspace", environment: Environment, deployed: Deployed, commit: str) -> Desired:
    """Return the same generation as a later commit of the branch declares it, with whatever images that names."""
    rendered = rendered_at(ws, commit, environment, deployed.release.artifacts, as_is=True)
    return msgspec.structs.replace(standing(ws, environment, deployed), rendered=rendered)
