"""What the gate `parity` looks at."""

import secrets
from typing import TYPE_CHECKING

import msgspec

from vivido.app.parity.rules import declared
from vivido.app.parity.sides import Sides, of_release
from vivido.app.parity.states import shared_at
from vivido.errors import InputError
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.drift.parity.seen import Seen


def compared(ws: "Workspace", release: Release, environment: str, other: str) -> "Seen":
    """Render two environments with one release and compare them, by the rules that are pushed.

    Raises:
        NotFoundError: `environment.unknown`.
        InputError: `parity.one`: both are the same.
        ConfigError: Rules next to a service have mistakes.
        RefusedError: `governing.unreadable`.
    """
    from vivido.drift.parity.seen import see

    order = [e.name for e in ws.project.environments]
    for name in (environment, other):
        ws.environment(name)
    if environment == other:
        raise InputError(f"{environment} is compared with itself", code="parity.one", hint="Name another environment.")
    pair = (environment, other) if order.index(environment) < order.index(other) else (other, environment)
    rules = declared(ws, ws.repository(ws.environment(environment)).fetch(), environment)
    taken = [of_release(ws, name, release) for name in pair]
    sides = Sides(ws, taken, [a.service for a in release.artifacts])
    seen = see(sides.subjects(), pair, rules, release.id, secrets.token_bytes(32))
    return msgspec.structs.replace(seen, shared=shared_at(ws, sides, [pair]))
