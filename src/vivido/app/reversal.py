"""The way back as an edit: exactly what the promotions since a release changed, taken out of the branch (semantics §3)."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import edits_at, refused, rendered_with
from vivido.app.earlier import as_now
from vivido.app.lines import lost_lines
from vivido.app.planning import declared
from vivido.app.truth import truth
from vivido.engine.recorder import fold
from vivido.errors import ConflictError
from vivido.git.commit import Edits, Kept
from vivido.git.reverse import Conflicts, reverse
from vivido.model.objects import Rendered
from vivido.model.plan import Plan
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.model.release import placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.layouts.interface import Read


class Reversal(msgspec.Struct, frozen=True):
    """What a rollback commits, and what the environment renders to with it."""

    files: Edits
    rendered: Rendered


def commits_since(ws: "Workspace", environment: str, release: str) -> tuple[str, ...]:
    """Return the commits that brought an environment from a release to what it runs, newest first."""
    found: list[str] = []
    for deployed in ws.records.deployed(environment, limit=1000):
        if deployed.release.id == release:
            return tuple(found)
        if not _unedited(ws, deployed.promotion):
            found.append(deployed.commit)
    return tuple(found)


def _unedited(ws: "Workspace", promotion: str) -> bool:
    """Whether a promotion found the branch as it should be and made no commit: what it names is somebody else's."""
    entries = ws.journal.read(promotion)
    return bool(entries) and bool(fold(entries).facts.get("unedited"))


def reversal(ws: "Workspace", plan: Plan, tip: str) -> Reversal:
    """Derive a rollback's edit on the branch's tip.

    Raises:
        ConflictError: `rollback.edited`: people changed the same lines since; names them.
    """
    commits = commits_since(ws, plan.environment, plan.release.id)
    services = [a.service for a in plan.release.artifacts]
    discard = plan.steps[-1].options.get("discard") is True
    environment = declared(ws, plan)
    files = undone(ws, environment, tip, commits, discard=discard)
    files = {**files, **_images(ws, plan, tip, _plain(ws, environment, files), discard=discard)}
    goal = _goal(ws, plan)
    if environment.hydrate is not None and goal is not None:
        return Reversal(files, truth(ws, environment, goal))
    return Reversal(files, rendered_with(ws, tip, environment, _plain(ws, environment, files), services))


def _goal(ws: "Workspace", plan: Plan) -> Deployed | None:
    """Return the deployment that a rollback goes back to."""
    ran = ws.records.deployed(plan.environment, limit=1000)
    return next((d for d in ran if d.release.id == plan.release.id), None)


def rendered_back(ws: "Workspace", plan: Plan, commit: str) -> Rendered:
    """Return what a rollback brings, before or after its commit was made.

    Args:
        ws: The project.
        plan: The rollback's.
        commit: Its commit, where that is known; else empty.
    """
    from vivido.app.content import rendered_at
    from vivido.git.history import find_by_trailer

    environment = declared(ws, plan)
    repository = ws.repository(environment)
    tip = repository.fetch()
    key = {"Vivido-Promotion": plan.promotion, "Vivido-Step": "commit"}
    goal = _goal(ws, plan)
    if environment.hydrate is not None and goal is not None:
        return truth(ws, environment, goal)
    made = commit or find_by_trailer(repository.mirror, repository.branch, key, plan.base or None)
    if made:
        return rendered_at(ws, made, environment, plan.release.artifacts)
    return reversal(ws, plan, tip).rendered


def undone(
    ws: "Workspace", environment: Environment, tip: str, commits: tuple[str, ...], *, discard: bool = False
) -> Edits:
    """Take commits' changes out of the branch, keeping what people changed since.

    Raises:
        ConflictError: `rollback.edited`.
    """
    from vivido.app.whereabouts import whereabouts

    mirror, leave = ws.repository(environment).mirror, ws.hydrated(environment)
    found = reverse(mirror, tip, commits, discard=discard, leave=leave, lies=whereabouts(ws, environment))
    if not isinstance(found, Conflicts):
        return found.edits
    lines = [f"  - {c.path}:{c.line} {' / '.join(c.ours)} ({c.author}, {c.commit[:12]})" for c in found.found]
    raise ConflictError(
        "people changed the same lines since:\n" + "\n".join(lines),
        code="rollback.edited",
        hint="Settle it by a commit, or take the old lines: vivido rollback … --discard-edits",
    )


def _images(ws: "Workspace", plan: Plan, tip: str, done: dict[str, bytes | None], *, discard: bool) -> dict[str, bytes]:
    """Return what must still change so that the goal's own images run: lines that no promotion wrote."""
    from vivido.layouts.files import edits

    environment = declared(ws, plan)
    tree = ws.repository(environment).tree(tip)

    def read(path: str) -> bytes | None:
        return done[path] if path in done else tree.read(path)

    wanted = placed(plan.release.artifacts, environment.registry)
    found = edits(ws.placed(environment), environment, wanted, read, tree.listing)
    if isinstance(found, tuple):
        raise refused("layout.refused", f"{environment.name}'s configuration cannot take {plan.release.id}", found)
    if found and not discard and not _as_it_was(ws, plan, environment, read, found):
        raise ConflictError(
            f"undoing the promotions does not bring {plan.release.id}'s images back; by hand were changed: "
            + ", ".join(sorted(found)),
            code="rollback.edited",
            hint="Settle it by a commit, or let Vivido write them: vivido rollback … --discard-edits",
        )
    return found


def _as_it_was(ws: "Workspace", plan: Plan, environment: Environment, read: "Read", found: dict[str, bytes]) -> bool:
    """Say whether the lines that must change stand as they did when the goal ran.

    What was taken in as it stood in Git may be a tag there: then no promotion wrote its digest, and nobody else did.
    """
    goal = next(d for d in ws.records.deployed(plan.environment, limit=1000) if d.release.id == plan.release.id)
    commit = as_now(ws, environment, goal.commit)
    then, written = (
        ws.repository(environment).tree(commit),
        edits_at(ws, commit, environment, plan.release.artifacts),
    )
    return all(
        path in written and lost_lines(then.read(path), written[path]) == lost_lines(read(path), new)
        for path, new in found.items()
    )


def _plain(ws: "Workspace", environment: Environment, files: Edits) -> dict[str, bytes | None]:
    """Return the edits as bytes: an object that the repository has already is read."""
    from vivido.git.read import content_of

    mirror = ws.repository(environment).mirror
    return {
        path: content_of(mirror, content.id) if isinstance(content, Kept) else content
        for path, content in files.items()
    }
