"""Putting back what Git says: a promotion of what is deployed already, planned, shown, ledgered and driven like any other.

Pods are brought up anew beside those that run and get the traffic when they are ready, so that no request is lost; it is all of
them or none, for HAProxy switches a generation. Nothing is committed, for Git says it already; but rendered objects that were
edited by hand are set to what was promoted, by a commit.
"""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.drift import Drift, Item, sentence
from vivido.app.standing import REVERT, standing
from vivido.app.steps import HYDRATE, reviewed
from vivido.app.ungated import Ungated
from vivido.errors import ConflictError, InputError, NotFoundError, RefusedError, UnreachableError
from vivido.model.plan import Plan, Step, WayBack
from vivido.model.record import Deployed
from vivido.targets.interface import Observable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_CHECK, _STAGE, _SWITCH, _SETTLE, _CLEAR, _HYDRATE, _TAG = range(7)
STRAY, TRAFFIC = "Container/", "Traffic/"


class Reverting(msgspec.Struct, frozen=True):
    """A revert that a person is asked about."""

    plan: Plan
    reverts: tuple[str, ...]
    """What is put back, a sentence each."""
    left: tuple[str, ...]
    """What stays as it is."""
    notes: tuple[str, ...] = ()


def plan_revert(
    ws: "Workspace", found: Drift, only: tuple[str, ...] = (), *, by: str, reason: str = "", promotion: str = ""
) -> Reverting:
    """Plan the revert of what a look found.

    Args:
        ws: The project.
        found: What the look found.
        only: Ids or places (`Deployment/web`, `Container/tmp`, a rendered file) of what shall be put back; empty: all. Of rendered
            files all are put back, or none.
        by: Who asks.
        reason: Why, in the person's words.
        promotion: Its id; empty for a fresh one.

    Raises:
        NotFoundError: `drift.none`: there is nothing to put back; `drift.nothing-deployed`.
        InputError: `drift.only`: nothing that was found is called so.
        ConflictError: `drift.waits`: a promotion is open, which brings everything up anew when it goes on.
        RefusedError: `drift.reviewed`: the rendered files are changed by review only.
        UnreachableError: `drift.blind`: the environment could not be looked at.
    """
    environment = ws.environment(found.environment)
    deployed = next(iter(ws.records.deployed(environment.name)), None)
    if deployed is None:
        raise NotFoundError(f"nothing is deployed in {environment.name}", code="drift.nothing-deployed")
    _refuse(ws, found)
    live, artifacts = chosen(found, only)
    edited = _edited(found, only)
    if edited and reviewed(environment) and not (environment.hydrate and environment.hydrate.branch):
        raise _reviewed(found, edited)
    wanted = standing(ws, environment, deployed)
    strays = tuple(i.object.removeprefix(STRAY) for i in live if i.object.startswith(STRAY))
    steps = _steps(
        environment.name,
        renew=any(not i.object.startswith((STRAY, TRAFFIC)) for i in live)
        or any(a in ("never-promoted", "not-this-one") for a, w in artifacts if not w.startswith(STRAY)),
        traffic=any(i.object.startswith(TRAFFIC) for i in live),
        strays=strays,
        tags=any(a.startswith("tag-") for a, _ in artifacts),
        edited=bool(edited),
    )
    told = tuple(f"{i.where}: {sentence(i)}" for i in live) + tuple(f"{w}: {a}" for a, w in artifacts)
    told += tuple(f"{', '.join(u.paths)}: edited by hand in {u.commit[:12]}: {u.told}" for u in edited)
    renews = any(s.kind == "stage" for s in steps)
    plan = Plan(
        promotion=promotion or f"p-{ws.token()}",
        kind=REVERT,
        project=ws.project.name,
        environment=environment.name,
        release=deployed.release,
        content=wanted.rendered.hash,
        steps=(Step("check", "check", _CHECK, "check artifacts and target", {"reverts": told}), *steps),
        undo=_undo() if renews else (),
        cleanup=(Step("clean", "settle", 0, "remove what was staged", {"back": True}),) if renews else (),
        gates=(),
        roster=ws.project.roster,
        way_back=_way_back(deployed, renews=renews),
        authors=(),
        requested_by=by,
        requested_at=ws.now(),
        reason=reason,
        queue="fifo",
        declared=environment,
    )
    put_back = {i.where for i in live} | {w for _, w in artifacts}
    left = [i.where for i in found.live if i.where not in put_back]
    left += [a.where for a in found.artifacts if a.where not in put_back]
    return Reverting(plan, told, tuple(left), _notes(ws, found, live, strays, renews=renews))


def _refuse(ws: "Workspace", found: Drift) -> None:
    name = found.environment
    waiting = ws.leases.open_promotions(ws.project.name, name)
    if waiting:
        raise ConflictError(
            f"{waiting[0].promotion} is open in {name}: when it goes on, it brings everything up anew",
            code="drift.waits",
            hint=f"vivido why {name}   says what it waits for; vivido abort {waiting[0].promotion}   ends it.",
        )
    if any(u.paths for u in found.ungated):
        return
    if found.blind and not found.stands:
        raise UnreachableError(f"{name} could not be looked at: {found.blind}", code="drift.blind")
    if not found.stands:
        newest = found.ungated[-1].commit[:12] if found.ungated else ""
        hint = f"Its ungated changes are commits: promote them, or take them back with git revert {newest}"
        raise NotFoundError(
            f"{name} has no drift: there is nothing to put back", code="drift.none", hint=hint if newest else ""
        )


def chosen(found: Drift, only: tuple[str, ...]) -> tuple[list[Item], list[tuple[str, str]]]:
    """Return the differences that are meant, and of artifacts what and where."""
    artifacts = [(str(a.what), a.where) for a in found.artifacts]
    if not only:
        return list(found.live), artifacts
    names = {n for i in found.live for n in (i.id, i.where)} | {w for _, w in artifacts}
    names |= {path for u in found.ungated for path in u.paths}
    for one in only:
        if not any(_means(one, n) for n in names):
            raise InputError(
                f"nothing that was found is called “{one}”",
                code="drift.only",
                hint=f"There is: {', '.join(sorted(i.where for i in found.live)) or 'no live drift'}.",
            )
    live = [i for i in found.live if any(_means(o, i.where) or o == i.id for o in only)]
    return live, [(a, w) for a, w in artifacts if any(_means(o, w) for o in only)]


def _edited(found: Drift, only: tuple[str, ...]) -> tuple[Ungated, ...]:
    """Return the edits by hand of rendered files that are meant."""
    edits = tuple(u for u in found.ungated if u.paths)
    return edits if not only or any(_means(o, p) for o in only for u in edits for p in u.paths) else ()


def _reviewed(found: Drift, edited: tuple[Ungated, ...]) -> RefusedError:
    return RefusedError(
        f"{found.environment}'s rendered objects are changed by review only (`change: branch`)",
        code="drift.reviewed",
        hint=f"Put them back by a change for review: vivido promote {found.environment} --again",
        where=edited[0].paths[0],
    )


def _means(text: str, where: str) -> bool:
    return where == text or where.startswith(f"{text.rstrip('/')}/")


def _steps(
    name: str, *, renew: bool, traffic: bool, strays: tuple[str, ...], tags: bool, edited: bool
) -> tuple[Step, ...]:
    steps: list[Step] = []
    if renew:
        steps.append(Step("stage", "stage", _STAGE, f"bring what Git says up in {name}, beside what runs"))
    if renew or traffic:
        steps.append(Step("switch", "switch", _SWITCH, f"switch {name}'s traffic", commits=renew))
    if renew:
        steps.append(Step("settle", "settle", _SETTLE, "drain and remove what ran before"))
    if strays:
        what = f"take {', '.join(strays)} out of {name}"
        steps.append(Step("clear", "clear", _CLEAR, what, {"names": strays}))
    if edited:
        steps.append(Step(HYDRATE, "hydrate", _HYDRATE, "put the rendered objects back", commits=True))
    if tags:
        steps.append(Step("tag", "tag", _TAG, f"put the tag {name} back"))
    return tuple(steps)


def _undo() -> tuple[Step, ...]:
    return (
        Step("undo-stage", "stage", 0, "bring up what ran before", {"back": True}),
        Step("undo-switch", "switch", 1, "give its traffic back", {"back": True}),
        Step("undo-settle", "settle", 2, "drain and remove what was brought up", {"back": True}),
    )


def _way_back(deployed: Deployed, *, renews: bool) -> WayBack:
    summary = "what runs keeps running until the new pods are ready" if renews else "nothing that serves is touched"
    return WayBack(deployed.release.id, deployed.content, deployed.commit, summary)


def _notes(
    ws: "Workspace", found: Drift, live: list[Item], strays: tuple[str, ...], *, renews: bool
) -> tuple[str, ...]:
    notes: list[str] = []
    if renews:
        notes.append("every pod is brought up anew, the untouched ones too; Jobs are not run again")
    if strays:
        notes.append("a container that bears the environment's labels is removed, another one only leaves its network")
    if any(i.declared for i in live):
        notes.append(
            "some of it is declared in Git since and waits for its promotion: a revert takes it back until then"
        )
    if not isinstance(ws.target(ws.environment(found.environment)), Observable):
        notes.append("this target cannot be looked into: it is told to apply what Git says again")
    return tuple(notes)
