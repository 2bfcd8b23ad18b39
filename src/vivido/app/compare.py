"""What would change: rendered diffs between what runs, what Git says, and a release."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import rendered_at
from vivido.app.promote import find_release
from vivido.errors import NotFoundError
from vivido.model.objects import Manifest, Rendered

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Comparison(msgspec.Struct, frozen=True):
    """A diff between two sides of one environment."""

    environment: str
    left: str
    right: str
    diff: str
    """Unified, secrets masked; empty where they are equal."""


def compare_environments(ws: "Workspace", left: str, right: str) -> Comparison:
    """Compare what two environments run, object by object; what differs by design is told too.

    Raises:
        NotFoundError: `environment.empty`: nothing was deployed to one of them.
    """
    from vivido.render.diff import diff

    ws.repository.fetch()
    sides: list[Rendered] = []
    for name in (left, right):
        deployed = next(iter(ws.records.deployed(name)), None)
        if deployed is None:
            raise NotFoundError(f"nothing was deployed to {name} yet", code="environment.empty")
        sides.append(
            _same_namespace(rendered_at(ws, deployed.commit, ws.environment(name), deployed.release.artifacts))
        )
    return Comparison(left, left, right, diff(*sides))


def _same_namespace(rendered: Rendered) -> Rendered:
    """Take the namespaces away: they name the environment, and would make every object another one."""
    return Rendered(tuple(_without_namespace(o) for o in rendered.objects), rendered.source)


def _without_namespace(manifest: Manifest) -> Manifest:
    meta = manifest.get("metadata") or {}
    return {**manifest, "metadata": {key: value for key, value in meta.items() if key != "namespace"}}


def compare(ws: "Workspace", environment: str, release: str = "") -> Comparison:
    """Compare what an environment runs with a release, or with the branch's tip where none is named."""
    from vivido.render.diff import diff

    where = ws.environment(environment)
    tip = ws.repository.fetch()
    deployed = next(iter(ws.records.deployed(environment)), None)
    live = deployed.release.artifacts if deployed else ()
    before = rendered_at(ws, deployed.commit, where, live) if deployed else Rendered(())
    if release:
        wanted = find_release(ws, release)
        after = rendered_at(ws, wanted.revision.commit, where, wanted.artifacts)
        right = wanted.id
    else:
        after, right = rendered_at(ws, tip, where, live, as_is=True), f"{ws.repository.branch} at {tip[:12]}"
    return Comparison(environment, deployed.release.id if deployed else "nothing", right, diff(before, after))
