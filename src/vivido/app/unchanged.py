"""Environments that a release does not change: they are passed with the evidence of what runs there, by content.

A release of other configuration alone changes some environments and leaves others as they are. What is identical, byte for byte,
to what passed an environment's gates and still runs there has passed them (semantics §1). Nothing less counts: not the same
release under other gates, not the same content after it was rolled back or on another target, and not what cannot be
rendered.
"""

from typing import TYPE_CHECKING

from vivido.app.content import rendered_at
from vivido.app.governing import governing_promotion
from vivido.app.revisions import revision_of
from vivido.engine.recorder import fold
from vivido.errors import Error
from vivido.model.canonical import fingerprint
from vivido.model.plan import Carried
from vivido.model.problem import Problem
from vivido.model.project import Environment, GateSpec
from vivido.model.record import Deployed
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_FAR = 1000
"""Deployments that are looked back on."""


def carried(ws: "Workspace", release: Release, environment: Environment) -> Carried | None:
    """Return whose evidence a release may use in an environment that it does not change; None where it must be promoted."""
    ran = ws.records.deployed(environment.name, limit=_FAR)
    if not ran or _images(ran[0].release) != _images(release):
        return None
    live = ran[0]
    if not _same_place(ws, live, environment):
        return None
    try:
        if live.content != rendered_at(ws, revision_of(ws, release, environment), environment, release.artifacts).hash:
            return None
        gates = governing_promotion(ws, release, environment, ws.repository(environment).tip()).environment.gates
    except Error:
        return None  # What cannot be rendered, or by which rules is not known, is not known to be the same.
    same = (d for d in ran if d.content == live.content)
    passed = next((d for d in same if _passed(ws, d, gates)), None)
    if passed is None:
        return None
    return Carried(environment.name, live.content, passed.promotion, passed.release.id)


def way(ws: "Workspace", release: Release, environment: Environment) -> tuple[Carried, ...] | str:
    """Return what a release may skip on its way to an environment, or the name of the environment that it must pass first."""
    before = ws.project.environment(environment.after) if environment.after else None
    if before is None or release.id in _succeeded(ws, before):
        return ()
    here = carried(ws, release, before)
    if here is None:
        # The first one that is missing is where to begin.
        further = way(ws, release, before)
        return further if isinstance(further, str) else before.name
    further = way(ws, release, before)
    return further if isinstance(further, str) else (*further, here)


def revoked(ws: "Workspace", found: tuple[Carried, ...]) -> tuple[Problem, ...]:
    """Return a problem for each piece of evidence whose content was rolled back, and pinned out, since it was taken."""
    problems: list[Problem] = []
    for one in found:
        ran = ws.records.deployed(one.environment, limit=_FAR)
        same = {d.release.id for d in ran if d.content == one.content}
        problems += [
            Problem(
                "promotion.pinned",
                f"{p.release}, which is the same in {p.environment}, is pinned out of it: {p.reason} ({p.by})",
                f"Lift the pin with a reason: vivido pin lift {p.environment} {p.release} --reason …",
            )
            for p in ws.records.pins(one.environment)
            if p.release in same
        ]
    return tuple(problems)


def contents(ws: "Workspace", release: Release) -> dict[str, str]:
    """Return the content of a release in each environment that runs the same images, so that `status` need not render."""
    found: dict[str, str] = {}
    for environment in ws.project.environments:
        live = next(iter(ws.records.deployed(environment.name)), None)
        if live is None or _images(live.release) != _images(release) or not _same_place(ws, live, environment):
            continue
        try:
            revision = revision_of(ws, release, environment)
            found[environment.name] = rendered_at(ws, revision, environment, release.artifacts).hash
        except Error:
            continue  # A promotion there will say what is wrong.
    return found


def _images(release: Release) -> tuple[str, ...]:
    return tuple(sorted(f"{a.service}={a.image}" for a in release.artifacts))


def _same_place(ws: "Workspace", live: Deployed, environment: Environment) -> bool:
    """Whether what runs was brought up where it would be now: the same objects on another target are not there yet."""
    entries = ws.journal.read(live.promotion)
    then = fold(entries).plan.declared if entries else None
    return then is not None and brought_to(then) == brought_to(environment)


def brought_to(environment: Environment) -> str:
    """Return where a release is brought to, so that two may be compared: its target, registry, secrets and hydration. Pure.

    One that was read from the journal is the same as the one that was written, though its tuples have become lists.
    """
    return fingerprint([environment.target, environment.registry, environment.secrets, environment.hydrate])


def _succeeded(ws: "Workspace", environment: Environment) -> frozenset[str]:
    rows = ws.records.promotions(environment.name, limit=_FAR)
    # What is recorded has passed every gate; its promotion still runs while it starts what follows automatically.
    ran = ws.records.deployed(environment.name, limit=_FAR)
    return frozenset(r.release for r in rows if r.status == "succeeded") | {d.release.id for d in ran}


def _passed(ws: "Workspace", deployed: Deployed, gates: tuple[GateSpec, ...]) -> bool:
    """Whether a deployment's own promotion met every gate that governs now, as it is written now."""
    entries = ws.journal.read(deployed.promotion)
    if not entries:
        return False
    state = fold(entries)
    if state.plan.kind != "promotion":
        return False
    met = {str(s.options.get("gate")) for s in state.plan.steps if s.kind == "gate" and state.step(s).met}
    judged = {_spec(g) for g in state.plan.gates if g.id in met}
    return all(_spec(g) in judged for g in gates)


def _spec(gate: GateSpec) -> str:
    """Return a gate without its line in the file."""
    return fingerprint([gate.id, gate.kind, gate.options, gate.moment])
