"""By which rules a promotion is judged: those that are pushed, and for whom may say yes those of the base revision.

A file that lies changed on somebody's disk judges nothing; and a commit cannot name its own approver (semantics §6):

- people, groups and `approve` gates are those of the base, the commit that the environment runs; where nothing runs yet,
  or a gate is new, those of the branch's tip;
- the other gates, and what is expected and provided there, are those of the tip, so that a test can be mended by the change
  that it would stop.

Where no repository holds the file, it is the file on this machine, and the plan says so.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.app.revisions import base_at
from vivido.errors import RefusedError
from vivido.model.actor import Roster
from vivido.model.project import Environment, GateSpec, Project
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Governing(msgspec.Struct, frozen=True):
    """What a plan freezes."""

    environment: Environment
    """As it is here, with the gates that govern."""
    roster: Roster
    notes: tuple[str, ...] = ()


def governing_promotion(ws: "Workspace", release: Release, environment: Environment, tip: str) -> Governing:
    """Return the rules for a promotion onto a branch's tip.

    Where the tree is constructed, the gates are those of that tree; and a first promotion there has the branch as its base, so
    that the commit that is promoted cannot name its own approver.

    Raises:
        RefusedError: `governing.unreadable`.
    """
    deployed = next(iter(ws.records.deployed(environment.name)), None)
    merges = ws.owns(environment) is not None
    base = deployed.commit if deployed else tip if merges else ""
    return governing(ws, environment, base, base_at(ws, release, environment, tip))


def governing(ws: "Workspace", environment: Environment, deployed: str, tip: str) -> Governing:
    """Return the rules for an environment.

    Args:
        ws: The project.
        environment: As the file on this machine has it.
        deployed: The commit that it runs; empty where nothing runs.
        tip: The configuration branch's tip.

    Raises:
        RefusedError: `governing.unreadable`: no rule is no leave.
    """
    pushed = project_at(ws, environment, tip)
    if pushed is None:
        note = "gates and people are those of the file on this machine: no repository holds a file that can be read"
        return Governing(environment, ws.project.roster, (note,))
    base = project_at(ws, environment, deployed) if deployed else None
    gates = governing_gates(_gates(pushed, environment.name), _gates(base, environment.name))
    roster = (base or pushed).roster
    notes: list[str] = []
    if (gates, roster) != (environment.gates, ws.project.roster):
        notes.append("gates and people are those that are pushed and run, not those of the file here")
    told = pushed.environment(environment.name) or environment
    ruled = msgspec.structs.replace(environment, gates=gates, expect=told.expect, provides=told.provides)
    return Governing(ruled, roster, tuple(notes))


def governing_gates(tip: tuple[GateSpec, ...], base: tuple[GateSpec, ...]) -> tuple[GateSpec, ...]:
    """Return the gates that govern: the tip's, but every `approve` gate of the base as the base has it. Pure."""
    kept = {g.id: g for g in base if g.kind == "approve"}
    own = [kept.pop(g.id, g) for g in tip]
    return (*own, *kept.values())


def _gates(project: Project | None, name: str) -> tuple[GateSpec, ...]:
    found = project.environment(name) if project else None
    return found.gates if found else ()


def project_at(ws: "Workspace", environment: Environment, commit: str) -> Project | None:
    """Return what the file says at a commit of an environment's configuration; None where no repository holds it there.

    Raises:
        RefusedError: `governing.unreadable`.
    """
    from vivido.config.load import check

    text = ws.repository(environment).file_at(Path(ws.project.file), commit)
    if text is None:
        return None
    project, mistakes = check(text, Path(ws.project.file), ws.kinds.for_config())
    if project is None:
        raise RefusedError(
            f"the file that says who may approve and what is needed cannot be read as it was pushed: {mistakes[0]}",
            code="governing.unreadable",
            hint="Push a mended file; where a newer Vivido wrote it, update this one.",
        )
    return project
