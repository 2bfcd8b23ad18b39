"""Making a plan: what a promotion or rollback would do, frozen, with its way back. Nothing is changed here."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.authors import authors_between
from vivido.app.content import refused, rendered_at
from vivido.app.contract import unmet
from vivido.app.differing import differing
from vivido.app.edit import promoting
from vivido.app.emptied import down_since
from vivido.app.entry import Known, obstacles
from vivido.app.found import ownership
from vivido.app.governing import Governing, governing_promotion
from vivido.app.hydrate import files, planned
from vivido.app.parity.states import not_apart
from vivido.app.revisions import base_at, before_conversion, own_revision, revision_of
from vivido.app.steps import cleanup, forward, undo
from vivido.app.truth import truth, was_hydrated
from vivido.app.unchanged import carried, revoked, way
from vivido.app.undoable import secured
from vivido.app.ungated import put_back
from vivido.app.upward import allowed_builds, refuse_undoing
from vivido.errors import RefusedError, UnreachableError
from vivido.model.difference import Difference
from vivido.model.objects import Rendered
from vivido.model.plan import Carried, Plan, WayBack
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.record import Deployed, Pin
from vivido.model.release import Release, placed
from vivido.targets.interface import Desired

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Proposal(msgspec.Struct, frozen=True):
    """A plan, with what a person wants to see before saying yes."""

    plan: Plan
    differences: tuple[Difference, ...]
    """Between the rendered objects as they are and as they would be, as they may be shown; empty where both mean the same."""
    files: tuple[str, ...]
    """Files of the configuration that the commit changes."""
    notes: tuple[str, ...] = ()
    already: bool = False
    """The environment has exactly this already: promoting would change nothing."""
    unmet: tuple[Problem, ...] = ()
    """What the release needs and the environment does not have; the step `check` would fail."""
    unchanged: Carried | None = None
    """The environment has this content already, and whose evidence says that it passed; promoting would change nothing."""


class Accepted(msgspec.Struct, frozen=True):
    """What a person accepts on purpose, and what is refused otherwise."""

    state_lost: bool = False
    """Begin anew where Git knows earlier promotions that the state has lost."""
    superseded: tuple[str, ...] = ()
    """Commits on the environment's branch whose changes may go, though nothing below contains them."""
    without_way_back: str = ""
    """Why it may start although what runs cannot be brought back; empty where it may not."""


NOTHING = Accepted()
"""Nothing is accepted that is refused otherwise."""


def propose(
    ws: "Workspace",
    environment: Environment,
    release: Release,
    *,
    by: str,
    reason: str = "",
    promotion: str = "",
    accepted: Accepted = NOTHING,
) -> Proposal:
    """Plan the promotion of a release to an environment.

    Args:
        ws: The project.
        environment: Where to.
        release: What.
        by: Who asks, by name.
        reason: Why, in the person's words.
        promotion: Its id; empty for a fresh one.
        accepted: What the person accepts on purpose.

    Raises:
        RefusedError: Everything that stands in the way, at once.
    """
    deployed = next(iter(ws.records.deployed(environment.name)), None)
    skipped = way(ws, release, environment)
    missing, passed = (skipped, ()) if isinstance(skipped, str) else ("", skipped)
    known = Known(missing, pins_before(ws, environment), deployed)
    problems = (
        *obstacles(release, environment, known),
        *before_conversion(ws, release, environment),
        *revoked(ws, passed),
    )
    if problems:
        raise refused("promotion.refused", f"{release.id} may not go to {environment.name}", problems)
    tip = ws.repository(environment).fetch()
    if not accepted.state_lost:
        refuse_behind(ws, environment)
    rendered = rendered_at(ws, revision_of(ws, release, environment), environment, release.artifacts)
    edits = promoting(ws, release, environment, tip)
    refuse_undoing(ws, release, environment, tip, edits, accepted.superseded)
    refuse_bent(ws, environment, release, rendered, tip)
    hydrated = planned(ws, environment, files(ws, environment, rendered, release))
    before = rendered_now(ws, environment, deployed, tip)
    rules = governing_promotion(ws, release, environment, tip)
    own = ownership(ws, environment, tip, release.revision.commit)
    back = secured(ws, way_back(deployed, environment.name, accepted.without_way_back), deployed, environment)
    plan = Plan(
        promotion=promotion or f"p-{ws.token()}",
        kind="promotion",
        project=ws.project.name,
        environment=environment.name,
        release=release,
        content=rendered.hash,
        steps=forward(rules.environment),
        undo=undo(environment),
        cleanup=cleanup(environment),
        gates=rules.environment.gates,
        roster=rules.roster,
        way_back=back,
        authors=authors_between(ws, environment, deployed, release, by),
        requested_by=by,
        requested_at=ws.now(),
        reason=reason,
        base=tip,
        queue=environment.queue,
        declared=rules.environment,
        carried=passed,
        superseded=accepted.superseded,
        own=own.found if own is not None else (),
    )
    emptied = down_since(ws.records.promotions(environment.name)) is not None
    already = (
        not emptied and deployed is not None and (deployed.release.id, deployed.content) == (release.id, rendered.hash)
    )
    lacks, doubts = _lacks(ws, plan, rendered)
    return Proposal(
        plan,
        differing(ws, before, rendered),
        tuple(sorted({*edits, *hydrated})),
        (
            *_notes(rules, deployed),
            *(f.told for f in plan.own),
            *allowed_builds(ws, release, environment, tip),
            *doubts,
            *put_back(ws, environment, deployed),
        ),
        already,
        lacks,
        None if emptied else carried(ws, release, environment),
    )


def _lacks(ws: "Workspace", plan: Plan, rendered: Rendered) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Return what `check` would find, or why that is not known yet: a plan can be made while the registry is away."""
    release, environment = plan.release, declared(ws, plan)
    try:
        found = unmet(ws, environment, rendered, release.artifacts, revision_of(ws, release, environment))
    except UnreachableError as e:
        return (), (f"what the images require is not known yet: {e.message}",)
    shared, untold = not_apart(ws, environment, release, rendered)
    return (*found, *shared), untold


def declared(ws: "Workspace", plan: Plan) -> Environment:
    """Return the environment of a plan as it was when the plan was made.

    Raises:
        NotFoundError: `environment.unknown`: the plan is of an older Vivido, and the file has no such environment.
    """
    found = plan.declared or ws.environment(plan.environment)
    return msgspec.structs.replace(found, gates=plan.gates)


def refuse_behind(ws: "Workspace", environment: Environment) -> None:
    """Refuse where Git knows a later promotion of this environment than the state does: it was lost, or is another's.

    Raises:
        RefusedError: `state.behind`.
    """
    promotion, commit = ws.repository(environment).newest_promotion(environment.name)
    if not promotion or ws.journal.read(promotion):
        return
    raise RefusedError(
        f"Git says that {promotion} changed {environment.name} last (commit {commit[:12]}), and the state here knows nothing of it",
        code="state.behind",
        hint="Work with the state that it was made with (`state:`, VIVIDO_STATE). Where that is lost for good: --state-lost.",
    )


def refuse_bent(ws: "Workspace", environment: Environment, release: Release, rendered: Rendered, tip: str) -> None:
    """Refuse where the branch's tip would not give what was validated at the release's revision (semantics §1).

    With `hydrate` what reaches the environment is the validated content itself, whatever the tip says meanwhile.

    Raises:
        RefusedError: `promotion.bent`: names the commits in between and what to do.
    """
    if environment.hydrate is not None:
        return
    revision = own_revision(release, environment)
    base = base_at(ws, release, environment, tip)
    if tip == revision or rendered_at(ws, base, environment, release.artifacts).hash == rendered.hash:
        return
    between = ws.repository(environment).commits(revision, tip)
    lines = [f"  - {c.id[:12]} {c.subject} ({c.author})" for c in between if c.promotion == ""]
    raise RefusedError(
        f"{environment.name} at the branch's tip would not be what {release.id} was validated with; since then came:\n"
        + "\n".join(lines),
        code="promotion.bent",
        hint="Make a release that includes them: vivido release create",
    )


def desired(ws: "Workspace", plan: Plan, environment: Environment, rendered: Rendered, release: Release) -> Desired:
    """Return what a target is asked to bring up."""
    return Desired(
        project=ws.project.name,
        environment=plan.environment,
        generation=rendered.hash[:12],
        release=release.id,
        promotion=plan.promotion,
        rendered=rendered,
        images={a.service: a.image for a in placed(release.artifacts, environment.registry)},
    )


def way_back(deployed: Deployed | None, environment: str, accepted: str = "") -> WayBack:
    """Say how a promotion would be undone; `accepted`: why somebody accepts that it perhaps cannot be."""
    if deployed is None:
        return WayBack("", "", "", f"none: {environment} is empty, so undoing empties it again")
    summary = f"{deployed.release.id} ({deployed.commit[:12]})"
    return WayBack(deployed.release.id, deployed.content, deployed.commit, summary, accepted)


def target_problems(ws: "Workspace", environment: Environment, wanted: Desired) -> tuple[Problem, ...]:
    """Return what the target says would stop it, before anything changes."""
    return ws.target(environment).check(wanted)


def pins_before(ws: "Workspace", environment: Environment) -> tuple[Pin, ...]:
    """Return the pins of an environment and of every one before it."""
    return tuple(p for e in upstream(ws, environment) for p in ws.records.pins(e.name))


def upstream(ws: "Workspace", environment: Environment) -> tuple[Environment, ...]:
    """Return an environment and every one before it, nearest first."""
    line = [environment]
    while line[-1].after and (before := ws.project.environment(line[-1].after)) is not None:
        line.append(before)
    return tuple(line)


def rendered_now(ws: "Workspace", environment: Environment, deployed: Deployed | None, tip: str) -> Rendered:
    """Return what an environment is now, as Git says it: what a plan compares with."""
    if deployed is None:
        return Rendered(())
    if was_hydrated(ws, deployed) is not None:
        return truth(ws, environment, deployed)
    return rendered_at(ws, tip, environment, deployed.release.artifacts, as_is=True)


def _notes(rules: Governing, deployed: Deployed | None) -> tuple[str, ...]:
    first = () if deployed else ("this is the first release here: there is nothing to go back to",)
    return (*first, *rules.notes)
