"""Where the project's root modules keep their states, at commits or as the files lie here."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.drift.parity.states import Kept, shared
from vivido.errors import Error
from vivido.model.finding import Finding, Found, Severity
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Release
from vivido.render.terraform.kinds import STATE
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.parity.sides import Sides
    from vivido.app.workspace import Workspace
    from vivido.layouts.states import Held
    from vivido.render.tree import List, Read


def shared_at(ws: "Workspace", sides: "Sides", pairs: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return what environments share by the commits that stand for them; of one whose commit is gone nothing can be said.

    Args:
        ws: The project.
        sides: What stands for the environments: what is known there to be no root module is not looked for once more.
        pairs: Which of them are asked about.
    """
    kept: list[Kept] = []
    for one in sides.taken:
        if one.commit and one.problem is None:
            environment = ws.environment(one.environment)
            tree = ws.repository(environment).tree(one.commit)
            services = _may_be_modules(ws, one.environment, sides)
            kept += _kept(ws, environment, tree.read, tree.listing, services=services)
    return shared(kept, pairs)


def _may_be_modules(ws: "Workspace", environment: str, sides: "Sides") -> list[str]:
    """Return the services that are root modules in an environment, or of which that is not known."""
    parts = ((s.name, sides.part(environment, s.name)) for s in ws.project.services)
    return [name for name, part in parts if part is None or part.wanted.place.kind == "terraform"]


def shared_here(ws: "Workspace") -> tuple[Finding, ...]:
    """Return what environments share by the files as they lie here.

    Nothing where each environment has a branch or a repository of its own: what lies here is one environment's.
    """
    from vivido.layouts.kinds import layout_of
    from vivido.render.tree import of_directory

    if layout_of(ws.project).several:
        return ()

    read, listing = of_directory(Path(ws.project.root))
    here = [e for e in ws.project.environments if ws.is_here(e)]
    kept = [one for e in here for one in _kept(ws, e, read, listing, at_root=True)]
    pairs = [(a.name, b.name) for n, a in enumerate(here) for b in here[n:]]
    return shared(kept, pairs)


def not_apart(
    ws: "Workspace", environment: Environment, release: Release, rendered: Rendered
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Return what a promotion would share of its state with another environment, and what cannot be told, a sentence each.

    Both are taken at the release's revision: so a move of a state is promoted like every other change.

    Args:
        ws: The project.
        environment: Where to.
        release: What.
        rendered: Its objects there; where none is a state, nothing is looked at.
    """
    if not any(one.get("kind") == STATE for one in rendered.objects):
        return (), ()
    kept: list[Kept] = []
    untold: list[str] = []
    for other in ws.project.environments:
        try:
            kept += _kept_by(ws, other, release)
        except Error as e:
            why = redact(e.message)
            untold.append(f"whether {other.name} keeps its Terraform state in the same place cannot be told: {why}")
    pairs = [(a.name, b.name) for n, a in enumerate(ws.project.environments) for b in ws.project.environments[n + 1 :]]
    mine = [pair for pair in pairs if environment.name in pair] or [(environment.name, environment.name)]
    found = [f for f in shared(kept, mine) if f.severity is Severity.ERROR and environment.name in (f.left, f.right)]
    untold += [f.message for f in found if f.found is Found.UNJUDGED]
    return tuple(_problem(f) for f in found if f.found is not Found.UNJUDGED), tuple(untold)


def _kept_by(ws: "Workspace", environment: Environment, release: Release) -> list[Kept]:
    from vivido.app.revisions import revision_of

    repository = ws.repository(environment)
    try:
        tree = repository.tree(revision_of(ws, release, environment))
    except Error:
        repository.fetch()
        tree = repository.tree(revision_of(ws, release, environment))
    return _kept(ws, environment, tree.read, tree.listing)


def _problem(finding: Finding) -> Problem:
    origin = finding.origins[0]
    return Problem(
        "terraform.state-shared",
        f"{finding.message}; what is applied to one would destroy what the other has",
        "Give each environment a backend of its own, or say under `shared-state:` of the service why not.",
        f"{origin.path}:{origin.line}:{origin.column}" if origin.line else origin.path,
    )


def _kept(
    ws: "Workspace",
    environment: Environment,
    read: "Read",
    listing: "List",
    *,
    at_root: bool = False,
    services: Sequence[str] | None = None,
) -> list[Kept]:
    from vivido.layouts.states import held

    project = ws.project if at_root else ws.placed(environment)
    return [_one(ws, held) for held in held(project, environment, read, listing, services)]


def _one(ws: "Workspace", held: "Held") -> Kept:
    state = held.state
    path, line, column = (
        (*state.where.rsplit(":", 2), "0", "0")[:3] if state.where.count(":") > 1 else (state.where, 0, 0)
    )
    place = (state.type, held.home, *(value for _, value in state.at))
    branch = state.type == "local" and ws.project.layout == "branches" and not dict(state.at)["path"].startswith("/")
    return Kept(
        environment=held.environment,
        service=held.services,
        place=place,
        workspace=state.workspace,
        told=state.text,
        path=path,
        line=int(line),
        column=int(column),
        unknown=state.unknown,
        branch=branch,
        because=held.because,
        computed=held.computed,
    )
