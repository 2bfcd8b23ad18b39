"""Which commit gives what was deployed: the deployed truth, rendered again."""

from typing import TYPE_CHECKING

from vivido.app.content import rendered_at
from vivido.app.earlier import as_now, conversions
from vivido.engine.recorder import fold
from vivido.errors import Error
from vivido.model.objects import Rendered
from vivido.model.project import Environment, Hydration
from vivido.model.record import Deployed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def told_at(ws: "Workspace", environment: Environment, deployed: Deployed) -> str:
    """Return the commit at which an environment renders to what was deployed.

    It is the promotion's own, where the images were committed onto what was validated; with `hydrate` later edits may lie under
    it, and it is the release's revision. Where that does not give it, it is the promotion's own: whoever renders it will see.

    Where the project moved to another layout since, it is the commit of the conversion, which was proved to say the same; where
    people had edited something before that and nobody had promoted it, the promotion's own with its files where they lie now.
    """
    validated = _validated(ws, environment, deployed) if was_hydrated(ws, deployed) is not None else ""
    return validated or _moved(ws, environment, deployed)


def was_hydrated(ws: "Workspace", deployed: Deployed) -> Hydration | None:
    """Return where a deployment's promotion wrote its rendered objects; None where it wrote none."""
    entries = ws.journal.read(deployed.promotion)
    plan = fold(entries).plan if entries else None
    if plan is None or plan.declared is None or plan.kind not in ("promotion", "rollback"):
        return None  # What was taken in by an import was written by nobody here.
    return plan.declared.hydrate


def truth(ws: "Workspace", environment: Environment, deployed: Deployed) -> Rendered:
    """Return what was deployed.

    Raises:
        RefusedError: Git's configuration cannot be rendered any more.
    """
    return rendered_at(ws, told_at(ws, environment, deployed), environment, deployed.release.artifacts)


def _moved(ws: "Workspace", environment: Environment, deployed: Deployed) -> str:
    placed = as_now(ws, environment, deployed.commit)
    if placed == deployed.commit:
        return placed
    repository = ws.repository(environment)
    past = conversions(repository.mirror, environment.name, deployed.commit, repository.tip())
    newest = next((c.id for c, _ in past), "")
    return newest if newest and _gives(ws, environment, newest, deployed) else placed


def _validated(ws: "Workspace", environment: Environment, deployed: Deployed) -> str:
    """Return the release's revision, where that gives what was deployed; else empty."""
    from vivido.app.revisions import revision_of

    try:
        revision = revision_of(ws, deployed.release, environment)
    except Error:
        return ""
    return revision if _gives(ws, environment, revision, deployed) else ""


def _gives(ws: "Workspace", environment: Environment, commit: str, deployed: Deployed) -> bool:
    try:
        return rendered_at(ws, commit, environment, deployed.release.artifacts).hash == deployed.content
    except Error:
        return False
