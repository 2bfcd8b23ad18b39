"""What was taken in elsewhere: where images and objects are the same, it is one release and not a newer one."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from vivido.app.content import rendered_at
from vivido.app.revisions import revision_of
from vivido.engine.recorder import fold
from vivido.errors import Error
from vivido.model.objects import Rendered
from vivido.model.project import Environment
from vivido.model.release import Release, ReleaseRecord

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def taken(ws: "Workspace", planned: Iterable[ReleaseRecord]) -> list[ReleaseRecord]:
    """Return the releases that will be taken in with this one, and those that were and run still."""
    from vivido.app.imports.plan import IMPORT

    found = list(planned)
    for environment in ws.project.environments:
        for deployed in ws.records.deployed(environment.name):
            entries, record = ws.journal.read(deployed.promotion), ws.records.release(deployed.release.id)
            if entries and record is not None and fold(entries).plan.kind == IMPORT:
                found.append(record)
    return found


def as_elsewhere(
    ws: "Workspace", environment: Environment, release: Release, rendered: Rendered, known: Sequence[ReleaseRecord]
) -> ReleaseRecord | None:
    """Return the release that has the same artifacts and gives the same objects here; None where none does.

    Args:
        ws: The project.
        environment: Where it runs.
        release: What was found there.
        rendered: What that gives.
        known: What was found elsewhere.
    """
    for one in known:
        if one.release.artifacts != release.artifacts:
            continue
        with suppress(Error):  # What cannot be rendered here is another one.
            revision = revision_of(ws, one.release, environment)
            if rendered_at(ws, revision, environment, release.artifacts).hash == rendered.hash:
                return one
    return None
