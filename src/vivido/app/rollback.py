"""Rolling back: a promotion to a release that was there before, planned and shown like any other."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.authors import authors_between
from vivido.app.content import rendered_at
from vivido.app.governing import governing
from vivido.app.planning import Proposal, way_back
from vivido.app.reversal import commits_since, reversal
from vivido.app.steps import cleanup, forward, undo
from vivido.errors import NotFoundError
from vivido.model.plan import Plan, Step
from vivido.model.project import Environment
from vivido.model.record import Deployed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def plan_rollback(
    ws: "Workspace", name: str, to: str = "", *, by: str, reason: str = "", discard_edits: bool = False
) -> Proposal:
    """Plan a rollback.

    Args:
        ws: The project.
        name: The environment.
        to: The release to go back to, or the beginning of its id; empty for the one before the present one.
        by: Who asks.
        reason: Why; it stands in the pin.
        discard_edits: Take the old lines where people changed the same ones since.

    Raises:
        NotFoundError: `rollback.nothing`: there was no other release; `rollback.never-there`.
        ConflictError: `rollback.edited`.
    """
    environment = ws.environment(name)
    ran = ws.records.deployed(name, limit=1000)
    goal = _goal(ran, name, to, frozenset(p.release for p in ws.records.pins(name)))
    live = ran[0]
    tip = ws.repository.fetch()
    rules = governing(ws, environment, live.commit)
    draft = Plan(
        promotion=f"p-{ws.token()}",
        kind="rollback",
        project=ws.project.name,
        environment=name,
        release=goal.release,
        content="",
        steps=_steps(environment, discard_edits),
        undo=undo(environment),
        cleanup=cleanup(),
        gates=rules.environment.gates,
        roster=rules.roster,
        way_back=way_back(live, name),
        authors=authors_between(ws, goal, live.release, by),
        requested_by=by,
        requested_at=ws.now(),
        reason=reason,
        pins=_bad(ran, goal),
        base=tip,
        queue=environment.queue,
    )
    found = reversal(ws, draft, tip)
    from vivido.render.diff import diff

    before = rendered_at(ws, tip, environment, live.release.artifacts, as_is=True)
    return Proposal(
        msgspec.structs.replace(draft, content=found.rendered.hash),
        diff(before, found.rendered),
        tuple(sorted(found.files)),
        _notes(goal, len(commits_since(ws, name, goal.release.id))),
    )


def _goal(ran: tuple[Deployed, ...], name: str, to: str, pinned: frozenset[str]) -> Deployed:
    """Return the deployment to go back to: what is named, else the newest that is not pinned out. Pure."""
    if not ran:
        raise NotFoundError(f"nothing runs in {name}", code="rollback.nothing", hint="There is nothing to roll back.")
    others = [d for d in ran[1:] if d.release.id != ran[0].release.id]
    if not to:
        goal = next((d for d in others if d.release.id not in pinned), None)
        if goal is None:
            raise NotFoundError(
                f"{name} never ran another release than {ran[0].release.id} that is not pinned out",
                code="rollback.nothing",
                hint="There is nothing to roll back to.",
            )
        return goal
    wanted = to.removeprefix("r-")
    goal = next((d for d in others if d.release.id.removeprefix("r-").startswith(wanted)), None)
    if goal is None:
        known = ", ".join(dict.fromkeys(d.release.id for d in others)) or "none"
        raise NotFoundError(
            f"{to} did not run in {name} before", code="rollback.never-there", hint=f"There ran: {known}."
        )
    return goal


def _bad(ran: tuple[Deployed, ...], goal: Deployed) -> tuple[str, ...]:
    """Return the releases that came after the goal: they are pinned out."""
    newer = [d.release.id for d in ran if d.since > goal.since and d.release.id != goal.release.id]
    return tuple(dict.fromkeys(newer))


def _steps(environment: Environment, discard: bool) -> tuple[Step, ...]:
    steps = forward(environment, rollback=True)
    if not discard:
        return steps
    return tuple(msgspec.structs.replace(s, options={**s.options, "discard": True}) for s in steps)


def _notes(goal: Deployed, commits: int) -> tuple[str, ...]:
    return (f"takes back {commits} commit{'s' if commits != 1 else ''} and pins what they brought",)
