"""The commit that says what was taken in: it changes no file, or writes the digests where a person asks for that."""

from typing import TYPE_CHECKING

from vivido.app.content import edits_at, rendered_at
from vivido.app.revisions import base_at
from vivido.errors import RefusedError
from vivido.model.plan import Plan
from vivido.model.project import Environment

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def taking_in(ws: "Workspace", plan: Plan, environment: Environment, tip: str, *, pin: bool) -> dict[str, bytes]:
    """Return the files that the commit changes on a branch's tip.

    Raises:
        RefusedError: `import.already`: somebody else took it in meanwhile; `import.moved`: the branch says something else by
            now than what was looked at.
    """
    if any(d.promotion != plan.promotion for d in ws.records.deployed(environment.name)):
        raise RefusedError(f"{environment.name} was taken in, or promoted to, meanwhile", code="import.already")
    if tip != plan.base:
        base = base_at(ws, plan.release, environment, tip)
        if rendered_at(ws, base, environment, plan.release.artifacts).hash != plan.content:
            raise RefusedError(
                f"what Git says of {environment.name} changed since it was looked at",
                code="import.moved",
                hint=f"Look again: vivido import {environment.name}",
            )
    return edits_at(ws, tip, environment, plan.release.artifacts) if pin else {}
