"""Rolling back: a promotion to a release that was there before, planned and shown like any other."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.authors import authors_between, changes_between
from vivido.app.differing import differing
from vivido.app.governing import governing
from vivido.app.hydrate import files, planned
from vivido.app.imports.plan import IMPORT
from vivido.app.planning import Proposal, refuse_behind, rendered_now, way_back
from vivido.app.reversal import commits_since, reversal
from vivido.app.steps import SKIPPED_AS_BEFORE, SKIPPED_ON_ROLLBACK, cleanup, forward, undo
from vivido.app.undoable import missing_images
from vivido.app.ungated import put_back
from vivido.engine.recorder import fold
from vivido.errors import ConflictError, NotFoundError, RefusedError, UnreachableError
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
        ConflictError: `rollback.edited`; `release.ambiguous`, `promotion.pinned`; `rollback.under-way`.
        RefusedError: `rollback.missing`: the registry lost the goal's images.
        RefusedError: `rollback.no-effect`: what differs between the two was never a promotion's to take back.
    """
    environment = ws.environment(name)
    ran = ws.records.deployed(name, limit=1000)
    goal = _goal(ran, name, to, frozenset(p.release for p in ws.records.pins(name)))
    live = ran[0]
    _refuse_under_way(ws, name)
    _refuse_missing(ws, goal, environment)
    tip = ws.repository(environment).fetch()
    refuse_behind(ws, environment)
    rules = governing(ws, environment, live.commit, tip)
    draft = Plan(
        promotion=f"p-{ws.token()}",
        kind="rollback",
        project=ws.project.name,
        environment=name,
        release=goal.release,
        content="",
        steps=_steps(rules.environment, discard_edits, skip=SKIPPED_ON_ROLLBACK),
        undo=undo(environment),
        cleanup=cleanup(environment),
        gates=rules.environment.gates,
        roster=rules.roster,
        way_back=way_back(live, name),
        authors=authors_between(ws, environment, goal, live.release, by),
        requested_by=by,
        requested_at=ws.now(),
        reason=reason,
        pins=_bad(ran, goal),
        base=tip,
        queue=environment.queue,
        declared=rules.environment,
    )
    found = reversal(ws, draft, tip)
    if found.rendered.hash == live.content:
        raise _no_effect(ws, environment, goal, live)
    same = found.rendered.hash == goal.content
    hydrated = planned(ws, environment, files(ws, environment, found.rendered, goal.release))
    before = rendered_now(ws, environment, live, tip)
    steps = _steps(rules.environment, discard_edits, skip=_skipped(ws, goal) if same else "")
    return Proposal(
        msgspec.structs.replace(draft, content=found.rendered.hash, steps=steps),
        differing(ws, before, found.rendered),
        tuple(sorted({*found.files, *hydrated})),
        (*_notes(len(commits_since(ws, name, goal.release.id)), same=same), *put_back(ws, environment, live)),
    )


def _no_effect(ws: "Workspace", environment: Environment, goal: Deployed, live: Deployed) -> RefusedError:
    """Name the commits of people that make the difference, and how they are taken back.

    They are part of the later release, and yet no promotion wrote them: what they changed may be other environments' too, which
    would then run something else than Git says. So a person reverts them, and what results goes through the gates.
    """
    name = environment.name
    theirs = [c for c in changes_between(ws, environment, goal.release, live.release) if not c.promotion]
    lines = [f"  - {c.id[:12]} {c.subject} ({c.author})" for c in theirs]
    return RefusedError(
        f"taking the promotions back would change nothing in {name}: {live.release.id} differs from {goal.release.id}"
        " only in commits that people made:\n" + "\n".join(lines),
        code="rollback.no-effect",
        hint=f"Revert them (`git revert --no-edit {' '.join(c.id[:12] for c in theirs)}`), push, make that a release"
        f" (`vivido release create`), and promote it as far as {name}.",
    )


def _refuse_under_way(ws: "Workspace", name: str) -> None:
    """A promotion that has begun to change the environment is ended by `abort`, which goes back by itself."""
    for queued in ws.leases.open_promotions(ws.project.name, name):
        if fold(ws.journal.read(queued.promotion)).touched:
            raise ConflictError(
                f"{queued.promotion} is under way in {name}",
                code="rollback.under-way",
                hint=f"vivido abort {queued.promotion} ends it and goes back.",
            )


def _refuse_missing(ws: "Workspace", goal: Deployed, environment: Environment) -> None:
    """Refuse a goal whose images are gone, before anything is planned for it; unreachable, its first step asks again."""
    try:
        # An environment with repositories of its own gets the images there from where they were built.
        gone = missing_images(ws, goal.release.artifacts)
    except UnreachableError:
        return
    if gone:
        raise RefusedError(
            f"the registry has no more of {goal.release.id}: " + ", ".join(a.image for a in gone),
            code="rollback.missing",
            hint=f"Push the same bytes there again, or choose another: vivido rollback {environment.name} --to RELEASE",
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
    return _named(others, name, to, pinned)


def _named(others: list[Deployed], name: str, to: str, pinned: frozenset[str]) -> Deployed:
    wanted = to.removeprefix("r-")
    found = [d for d in others if d.release.id.removeprefix("r-").startswith(wanted)]
    ids = list(dict.fromkeys(d.release.id for d in found))
    if len(ids) > 1:
        raise ConflictError(
            f"“{to}” is the beginning of {len(ids)} releases that ran in {name}",
            code="release.ambiguous",
            hint="Write more of the id: " + ", ".join(ids[:5]),
        )
    if ids and ids[0] in pinned:
        raise ConflictError(
            f"{ids[0]} is pinned out of {name}",
            code="promotion.pinned",
            hint=f"Lift the pin with a reason first: vivido pin lift {name} {ids[0]} --reason …",
        )
    goal = next(iter(found), None)
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


def _skipped(ws: "Workspace", goal: Deployed) -> str:
    """Say why no gate is judged again: the goal passed them here, or ran here before there were any."""
    entries = ws.journal.read(goal.promotion)
    imported = bool(entries) and fold(entries).plan.kind == IMPORT
    return SKIPPED_AS_BEFORE if imported else SKIPPED_ON_ROLLBACK


def _steps(environment: Environment, discard: bool, *, skip: str) -> tuple[Step, ...]:
    """Return the steps; gates are judged again where people's edits make it another content than the one that passed."""
    steps = forward(environment, rollback=skip)
    extra = {"reverse": True, **({"discard": True} if discard else {})}
    return tuple(msgspec.structs.replace(s, options={**s.options, **extra}) for s in steps)


def _notes(commits: int, *, same: bool) -> tuple[str, ...]:
    taken = f"takes back {commits} commit{'s' if commits != 1 else ''} and pins what they brought"
    if same:
        return (taken,)
    return (taken, "people's edits since then stay: this was never validated, so the gates are judged again")
