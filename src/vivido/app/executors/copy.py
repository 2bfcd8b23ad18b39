"""Bringing the images to an environment's own repositories: the same bytes, the same digests."""

from typing import TYPE_CHECKING

from vivido.app.executors.side import environment_of
from vivido.engine.executor import Done, Work, passed
from vivido.model.reference import Reference
from vivido.model.release import placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Copy:
    """Executes `copy`. What is there already is not sent again, so a restart goes on where it stopped."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Copy every artifact of the release from where it was built, each with what is attached to it."""
        from vivido.registry.copy import copy

        plan = work.state.plan
        registry = environment_of(self._ws, work).registry
        work.hold()
        artifacts = plan.release.artifacts
        for built, here in zip(artifacts, placed(artifacts, registry), strict=True):
            work.progress(f"copying {built.service} to {here.repository}")
            source = Reference(built.repository, digest=built.digest)
            copy(self._ws.registry, source, Reference(here.repository, digest=here.digest), evidence=True)
        return passed(f"{len(artifacts)} images are in {registry}")
