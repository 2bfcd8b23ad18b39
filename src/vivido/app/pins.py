"""Pins: releases that are kept out of an environment until a person lifts that."""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.find import find_release
from vivido.errors import InputError, NotFoundError
from vivido.model.record import Pin

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def pins(ws: "Workspace") -> tuple[Pin, ...]:
    """Return all pins that hold, environment by environment."""
    return tuple(p for e in ws.project.environments for p in ws.records.pins(e.name))


def pin(ws: "Workspace", environment: str, release: str, *, by: str, reason: str) -> Pin:
    """Keep a release out of an environment and of what follows it.

    Raises:
        InputError: `pin.reason`: none was given.
    """
    _need(reason)
    ws.environment(environment)
    made = Pin(environment, find_release(ws, release).id, by, ws.now(), reason)
    ws.records.set_pin(made)
    return made


def lift(ws: "Workspace", environment: str, release: str, *, by: str, reason: str) -> Pin:
    """Let a pinned release in again.

    Raises:
        NotFoundError: `pin.none`: it is not pinned there.
        InputError: `pin.reason`.
    """
    _need(reason)
    ws.environment(environment)
    wanted = find_release(ws, release).id
    held = next((p for p in ws.records.pins(environment) if p.release == wanted), None)
    if held is None:
        there = ", ".join(p.release for p in ws.records.pins(environment)) or "none"
        raise NotFoundError(
            f"{wanted} is not pinned out of {environment}", code="pin.none", hint=f"Pinned there: {there}."
        )
    lifted = msgspec.structs.replace(held, lifted_by=by, lifted_because=reason)
    ws.records.set_pin(lifted)
    return lifted


def _need(reason: str) -> None:
    if not reason.strip():
        raise InputError("a pin is set and lifted with a reason", code="pin.reason", hint="Add --reason “…”.")
