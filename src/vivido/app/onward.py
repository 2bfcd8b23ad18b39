"""What goes on by itself: to environments that promote automatically, past those that a release does not change."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from vivido.app.planning import propose
from vivido.app.promote import start, under_way
from vivido.app.unchanged import carried
from vivido.errors import Error
from vivido.model.project import Environment
from vivido.model.release import Release
from vivido.text.redact import redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Asked(msgspec.Struct, frozen=True):
    """On whose behalf a release goes on."""

    by: str
    reason: str = ""
    promotion: Callable[[str], str] = lambda _: ""
    """Environment → the id of the promotion there, where a restart must find the one that was started; empty for a fresh one."""


class Onward(msgspec.Struct, frozen=True):
    """What came of it."""

    started: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def go_on(ws: "Workspace", release: Release, environments: Sequence[Environment], asked: Asked) -> Onward:
    """Start the promotions that follow by themselves; what cannot be started is said and stops nothing."""
    started: list[str] = []
    notes: list[str] = []
    for environment in environments:
        same = carried(ws, release, environment)
        if same is not None and same.release == release.id:
            notes.append(f"{environment.name} runs exactly this already")
        elif same is not None:
            notes.append(f"{environment.name} is unchanged by it: the same passed there as {same.release}")
            further = go_on(ws, release, ws.project.followers(environment.name), asked)
            started += further.started
            notes += further.notes
        elif environment.automatic:
            promotion, note = _start(ws, release, environment, asked)
            started += [promotion] if promotion else []
            notes += [note] if note else []
    return Onward(tuple(started), tuple(notes))


def _start(ws: "Workspace", release: Release, environment: Environment, asked: Asked) -> tuple[str, str]:
    """Start one, or find it; return its id, or why there is none."""
    promotion = asked.promotion(environment.name)
    if promotion and ws.journal.read(promotion):
        return promotion, ""
    if not promotion and (open_one := under_way(ws, environment.name, release)):
        return open_one, ""
    try:
        proposal = propose(ws, environment, release, by=asked.by, reason=asked.reason, promotion=promotion)
    except Error as e:
        return "", f"not promoted to {environment.name} by itself: {redact(e.message)}"
    if proposal.already:
        return "", f"{environment.name} runs exactly this already"
    return start(ws, proposal), ""
