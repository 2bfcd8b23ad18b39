"""Emptying an environment: what runs there is stopped and removed, by a person's word, recorded like a promotion.

Git and the record of what was deployed stay: promoting the same release brings it up again.
"""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.authors import authors_between
from vivido.app.emptied import DOWN
from vivido.app.governing import governing
from vivido.app.planning import way_back
from vivido.app.steps import empty
from vivido.errors import ConflictError, InputError, NotFoundError
from vivido.model.canonical import fingerprint
from vivido.model.plan import Plan
from vivido.model.project import Environment
from vivido.model.release import Release, Revision
from vivido.targets.interface import Contents, Emptiable

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivido.app.workspace import Workspace


class Emptying(msgspec.Struct, frozen=True):
    """A plan, with what a person wants to see before saying yes."""

    plan: Plan
    contents: Contents
    again: str
    """The command that brings the same up again; empty where nothing was ever recorded there."""


def plan_down(ws: "Workspace", name: str, *, by: str, volumes: bool = False, reason: str = "") -> Emptying:
    """Plan to empty an environment. Where people approve what goes there, they approve this too.

    Args:
        ws: The project.
        name: The environment.
        by: Who asks.
        volumes: Remove its data too.
        reason: Why; kept in the ledger.

    Raises:
        InputError: `down.unsupported`: its target cannot be emptied by Vivido.
        NotFoundError: `down.nothing`: there is nothing of it.
        ConflictError: `down.under-way`: a promotion is open there; `podman.foreign`: it is another checkout's.
    """
    environment = ws.environment(name)
    target = emptiable(ws, environment)
    open_now = ws.leases.open_promotions(ws.project.name, name)
    if open_now:
        raise ConflictError(
            f"{open_now[0].promotion} is open in {name}",
            code="down.under-way",
            hint=f"vivido abort {open_now[0].promotion} ends it.",
        )
    contents = target.contents(volumes=volumes)
    if not contents.goes:
        kept = f"; only data is left ({', '.join(contents.stays)}): --volumes removes it" if contents.stays else ""
        raise NotFoundError(f"nothing of {name} is there{kept}", code="down.nothing")
    deployed = next(iter(ws.records.deployed(name)), None)
    tip = ws.repository(environment).fetch()
    rules = governing(ws, environment, deployed.commit if deployed else "", tip)
    release = deployed.release if deployed else Release((), Revision("", ""))
    gates = tuple(g for g in rules.environment.gates if g.kind == "approve")
    plan = Plan(
        promotion=f"p-{ws.token()}",
        kind=DOWN,
        project=ws.project.name,
        environment=name,
        release=release,
        content=fingerprint([DOWN, name, volumes, contents]),
        steps=empty(environment, gates, volumes=volumes),
        undo=(),
        cleanup=(),
        gates=gates,
        roster=rules.roster,
        way_back=way_back(deployed, name),
        authors=authors_between(ws, environment, deployed, release, by) if deployed else (),
        requested_by=by,
        requested_at=ws.now(),
        reason=reason,
        base=tip,
        queue="fifo",
        declared=rules.environment,
    )
    return Emptying(plan, contents, f"vivido promote {name} --release {release.id}" if deployed else "")


def emptiable(
    ws: "Workspace", environment: Environment, progress: "Callable[[str], None]" = lambda line: None
) -> Emptiable:
    """Return an environment's target where it can be emptied.

    Raises:
        InputError: `down.unsupported`.
    """
    target = ws.target(environment, progress)
    if not isinstance(target, Emptiable):
        raise InputError(
            f"{environment.name} runs on {environment.target.kind}: Vivido does not know how to stop what runs there",
            code="down.unsupported",
            hint="Stop it by the means of that target; Git keeps saying what should run.",
        )
    return target
