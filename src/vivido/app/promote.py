"""Promote a release to an environment: choose it, plan it, start it, drive it."""

from typing import TYPE_CHECKING

from vivido.app.find import find_release
from vivido.app.planning import NOTHING, Accepted, Proposal, propose, upstream
from vivido.app.unchanged import way
from vivido.app.waiting import Waiting, waiting_for
from vivido.errors import InputError, NotFoundError
from vivido.model.plan import Plan
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def choose_release(ws: "Workspace", environment: str, release: str = "") -> Release:
    """Return the release that is meant.

    Args:
        ws: The project.
        environment: Where it shall go.
        release: Its id or the beginning of one; empty for the newest that passed the environment before, or does not change
            it; or the newest of all where the environment is a first one.

    Raises:
        NotFoundError: `release.unknown`, `release.none`.
        ConflictError: `release.ambiguous`.
    """
    if release:
        return find_release(ws, release)
    before = ws.environment(environment).after
    if not before:
        pinned = {p.release for p in ws.records.pins(environment)}
        newest = next((r.release for r in ws.records.releases(limit=500) if r.release.id not in pinned), None)
        if newest is not None:
            return newest
        raise NotFoundError("there is no release yet", code="release.none", hint="Make one: vivido release create")
    deployed = ws.records.deployed(before)
    if deployed:
        return _newer(ws, environment, deployed[0].release) or deployed[0].release
    raise NotFoundError(
        f"nothing has passed {before} yet, so nothing can go to {environment}",
        code="release.none",
        hint=f"Promote there first: vivido promote {before}",
    )


def _newer(ws: "Workspace", name: str, live: Release) -> Release | None:
    """Return the newest release of the same images that changes nothing before an environment, newer than what runs there."""
    environment = ws.environment(name)
    pinned = {p.release for e in upstream(ws, environment) for p in ws.records.pins(e.name)}
    for record in ws.records.releases(limit=50):
        if record.release.id == live.id:
            return None
        same = record.release.id not in pinned and record.release.artifacts == live.artifacts
        if same and not isinstance(way(ws, record.release, environment), str):
            return record.release
    return None


def plan(
    ws: "Workspace",
    environment: str,
    release: str = "",
    *,
    by: str,
    reason: str = "",
    accepted: Accepted = NOTHING,
) -> Proposal:
    """Plan a promotion without starting it; see `planning.propose`.

    Raises:
        InputError: `branches.reason`: commits are declared superseded without a reason.
        Error: As `planning.propose`.
    """
    if accepted.superseded and not reason.strip():
        raise InputError(
            "a commit is declared superseded with a reason",
            code="branches.reason",
            hint="Add --reason “…”: it stands in the commit.",
        )
    where = ws.environment(environment)
    chosen = choose_release(ws, environment, release)
    return propose(ws, where, chosen, by=by, reason=reason, accepted=accepted)


def under_way(ws: "Workspace", environment: str, release: Release) -> str:
    """Return the open promotion of this release to this environment; empty where there is none."""
    open_rows = ws.leases.open_promotions(ws.project.name, environment)
    mine = {r.id for r in ws.records.promotions(environment, release.id)}
    return next((q.promotion for q in open_rows if q.promotion in mine and q.kind == "promotion"), "")


def start(ws: "Workspace", proposal: Proposal) -> str:
    """Start what was planned, and return the promotion's id. Idempotent by that id."""
    return begin(ws, proposal.plan)


def begin(ws: "Workspace", plan: Plan) -> str:
    """Start a plan, and return its promotion's id. Idempotent by that id."""
    ws.engine.start(plan)
    return plan.promotion


def drive(ws: "Workspace", promotion: str) -> Waiting:
    """Drive the promotion's environment as far as it goes now, and what it sets off; return where it stands."""
    before = waiting_for(ws, promotion)
    ws.engine.tick(frozenset({before.environment}))
    return waiting_for(ws, promotion)
