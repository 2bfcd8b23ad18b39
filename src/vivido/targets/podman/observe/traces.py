"""What Podman remembers of when and how: its events, and what made a container. It keeps no users. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from vivido.model.difference import ObjectIdentity
from vivido.model.observation import Trace
from vivido.targets.podman.observe.found import Looked

Place = tuple[ObjectIdentity, tuple[str, ...]]
"""An object, and the part of it that a container is."""

FIELDS = {
    "stop": ("state", "stopped"),
    "kill": ("state", "killed"),
    "died": ("state", "ended"),
    "pause": ("state", "paused"),
    "unpause": ("state", "unpaused"),
    "remove": ("", "removed"),
    "rename": ("name", "renamed"),
    "exec": ("files", "podman exec"),
    "connect": ("", "connected to a network"),
    "disconnect": ("", "disconnected from a network"),
    "update": ("limits", "podman update"),
}
"""Podman's word → the field that it concerns, and what it is called here."""


def of_events(events: Iterable[Mapping[str, Any]], places: Mapping[str, Place]) -> tuple[Trace, ...]:
    """Return what happened to containers.

    Args:
        events: As `podman events --format=json` prints them.
        places: Name of a container → what it is.
    """
    found: list[Trace] = []
    for event in events:
        place, told = places.get(str(event.get("Name"))), FIELDS.get(str(event.get("Status")))
        if place is not None and told is not None:
            field, what = told
            found.append(Trace(place[0], what, _when(event), path=(*place[1], *([field] if field else []))))
    return tuple(found)


def restarts(events: Iterable[Mapping[str, Any]], places: Mapping[str, Place]) -> tuple[str, ...]:
    """Return the restarts among the events, a sentence each: what runs afterwards is the same, so they are no difference."""
    times: dict[str, list[str]] = {}
    for event in events:
        if str(event.get("Status")) == "restart" and str(event.get("Name")) in places:
            times.setdefault(str(event["Name"]), []).append(_when(event))
    return tuple(f"{name} was restarted {len(at)} times, last at {max(at)}" for name, at in sorted(times.items()))


def _when(event: Mapping[str, Any]) -> str:
    """Return the time of an event, RFC 3339: Podman 4 prints it, Podman 5 counts the nanoseconds since 1970."""
    counted = event.get("timeNano")
    if not isinstance(counted, int):
        return str(event.get("Time", ""))
    seconds, rest = divmod(counted, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def of_making(looked: Looked, place: Place) -> tuple[Trace, ...]:
    """Return when a container was made and by what; and that its limits were changed later, which no event tells."""
    identity, path = place
    made = Trace(
        identity,
        "made",
        str(looked.inspect.get("Created", "")),
        looked.line.program or "a client of Podman's API",
        path,
    )
    host = looked.inspect.get("HostConfig") or {}
    kernel = looked.limits.memory
    later = kernel is not None and kernel != int(host.get("Memory") or 0) // 4096 * 4096
    share = looked.limits.cpus
    later = later or (share is not None and abs(share - int(host.get("NanoCpus") or 0) / 1e9) > 0.001)
    changed = Trace(identity, "changed since it was made, Podman does not keep when", "", path=(*path, "limits"))
    return (made, changed) if later else (made,)
