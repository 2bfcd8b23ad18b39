"""What runs in an environment that was taken in, until Vivido brings something up there: others' containers, by digest only."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.imports.look import survey
from vivido.app.imports.plan import IMPORT
from vivido.engine.recorder import fold
from vivido.model.project import Environment
from vivido.model.record import Deployed
from vivido.targets.interface import Surveying

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Beside(msgspec.Struct, frozen=True):
    """What others run for an environment."""

    digests: dict[str, str]
    """Container → the digest that it runs."""
    services: dict[str, str]
    """Container → the service that it belongs to."""
    notes: tuple[str, ...]
    unseen: tuple[str, ...]


def beside(ws: "Workspace", environment: Environment, deployed: Deployed) -> Beside | None:
    """Return what others run; None where Vivido brought something up since, or the target cannot see what others started.

    Raises:
        ToolError: The target could not be asked.
    """
    entries = ws.journal.read(deployed.promotion)
    if not entries or fold(entries).plan.kind != IMPORT:
        return None
    target = ws.target(environment)
    if not isinstance(target, Surveying) or target.current().generation:
        return None
    claims, problems = survey(ws)
    digests: dict[str, str] = {}
    services: dict[str, str] = {}
    missing: list[str] = []
    for artifact in deployed.release.artifacts:
        running = claims.of(environment.name, artifact.service)
        for one in running:
            for name in one.where:
                digests[name] = artifact.digest if artifact.digest in one.digests else one.digests[0]
                services[name] = artifact.service
        if not running:
            missing.append(f"nothing runs {artifact.service}, as far as it can be told")
    names = ", ".join(sorted(digests)) or "what was taken in"
    note = f"{names} was not started by Vivido: only digests are compared, until the next promotion brings its own up"
    unclaimed = (p.message for p in claims.unclaimed)
    return Beside(digests, services, (note,), (*missing, *unclaimed, *(p.message for p in problems)))
