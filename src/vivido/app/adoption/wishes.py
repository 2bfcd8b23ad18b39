"""What manifests would have to say so that a difference is declared, or why nothing says it. Pure."""

from collections.abc import Iterable
from typing import Any

from vivido.app.adoption.volumes import content, mounted
from vivido.app.drift import Item
from vivido.layouts.wish import Wish
from vivido.model.difference import segments
from vivido.model.objects import Rendered

_HIDDEN = ("(another value)", "(hidden by its name)")
_WORKLOADS = ("Deployment", "StatefulSet")
_NOTHING = "no field of a manifest says this, or it should be changed there on purpose"


def wish(item: Item, rendered: Rendered) -> tuple[Wish, ...] | str:
    """Return what would declare a difference, or why nothing does.

    Args:
        item: The difference.
        rendered: What Git says of the environment.
    """
    kind, _, name = item.object.partition("/")
    path = segments(item.path)
    if kind == "Container":
        return "a container beside the workloads is no part of them: make it a Deployment, or remove it"
    if kind == "Volume" and path[:1] == ("content",) and len(path) == 2:
        return _content(item, path[1], rendered)
    if kind not in _WORKLOADS or len(path) < 3:
        return "no field of a manifest says this"
    container, field = path[1], path[2:]
    if field[0] == "mounts" and len(field) == 2:
        return mounted(item, kind, name, container, rendered)
    if item.sort == "only-left":
        return _removed(kind, name, container, field)
    made = [w for f, v in _flat(field, item.runs) for w in _wishes(kind, name, container, f, v)]
    refusal = next((m for m in made if isinstance(m, str)), "")
    return refusal or tuple(m for m in made if isinstance(m, Wish))


def replicas(items: Iterable[Item], rendered: Rendered) -> tuple[tuple[Wish, ...], list[str]]:
    """Return how many replicas there are where whole ones are gone or came, and what cannot be said about them."""
    changed: dict[tuple[str, str], int] = {}
    for one in items:
        if is_replica(one):
            kind, _, name = (_further(one) or one.object).partition("/")
            changed[kind, name] = changed.get((kind, name), 0) + (1 if _further(one) else -1)
    wishes: list[Wish] = []
    cannot: list[str] = []
    for (kind, name), difference in changed.items():
        left = _replicas(kind, name, rendered) + difference
        if difference == 0:
            continue
        if left < 1:
            cannot.append(f"{kind}/{name}: all of it is gone; a manifest without it is a commit of your own")
        else:
            wishes.append(Wish(kind, name, "", ("replicas",), left))
    return tuple(wishes), cannot


def is_replica(item: Item) -> bool:
    """Say whether a difference is that a whole replica is gone, or that there is one more."""
    kind = item.object.partition("/")[0]
    return bool(_further(item)) or (kind in _WORKLOADS and item.sort == "only-left" and item.path.isdigit())


def _further(item: Item) -> str:
    """Return the workload that a container besides those of Git is one more replica of; empty where it is none."""
    told = item.runs.get("replica-of") if isinstance(item.runs, dict) and item.object.startswith("Container/") else None
    return told if isinstance(told, str) and told.partition("/")[0] in _WORKLOADS else ""


def _replicas(kind: str, name: str, rendered: Rendered) -> int:
    for one in rendered.objects:
        if (one.get("kind"), (one.get("metadata") or {}).get("name")) == (kind, name):
            said = (one.get("spec") or {}).get("replicas", 1)
            return said if isinstance(said, int) else 1
    return 0


def _content(item: Item, file: str, rendered: Rendered) -> tuple[Wish, ...] | str:
    hidden = any(v in _HIDDEN or (isinstance(v, str) and "***" in v) for v in (item.git, item.runs))
    return content(item, file, rendered, hidden)


def _removed(kind: str, name: str, container: str, field: tuple[str, ...]) -> tuple[Wish, ...] | str:
    match field:
        case ("env", variable):
            return (Wish(kind, name, container, ("env", variable), None),)
        case ("limits", "memory"):
            return (Wish(kind, name, container, ("resources", "limits", "memory"), None),)
        case ("limits", "cpus"):
            return (Wish(kind, name, container, ("resources", "limits", "cpu"), None),)
        case ("user",):
            return _user(kind, name, container, "")
        case ("mounts", place, "read-only"):
            return (Wish(kind, name, container, ("volumeMounts", place, "readOnly"), None),)
        case _:
            return "something is gone: remove it from the manifests by a commit of your own"


def _flat(path: tuple[str, ...], value: Any) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in _flat((*path, str(name)), part)]
    return [(path, value)]


def _wishes(kind: str, name: str, container: str, field: tuple[str, ...], value: Any) -> tuple[Wish | str, ...]:
    match field:
        case ("command",):
            return _command(kind, name, container, value)
        case ("user",):
            made = _user(kind, name, container, str(value))
            return (made,) if isinstance(made, str) else made
        case ("mounts", place, *inside):
            if inside == ["read-only"]:
                return (Wish(kind, name, container, ("volumeMounts", place, "readOnly"), True),)
            return (f"something else is mounted at {place}: say in the manifest which volume it shall be",)
        case ("env", variable):
            if value in _HIDDEN or str(value).startswith("(secret ") or "***" in str(value):
                return (f"{variable} looks like a secret: give it a source under the environment's `secrets:` instead",)
            return (Wish(kind, name, container, field, str(value)),)
        case _:
            return (_plain(kind, name, container, field, value),)


def _plain(kind: str, name: str, container: str, field: tuple[str, ...], value: Any) -> Wish | str:
    match field:
        case ("limits", "memory"):
            return Wish(kind, name, container, ("resources", "limits", "memory"), _memory(int(value)))
        case ("limits", "cpus"):
            return Wish(kind, name, container, ("resources", "limits", "cpu"), f"{round(float(value) * 1000)}m")
        case ("directory",):
            return Wish(kind, name, container, ("workingDir",), str(value))
        case _:
            return _NOTHING


def _command(kind: str, name: str, container: str, value: Any) -> tuple[Wish | str, ...]:
    words = [str(word) for word in value] if isinstance(value, list) else []
    if not words or any("***" in word or word in _HIDDEN for word in words):
        return ("its command holds what looks like a secret",)
    # What runs is the entrypoint with its arguments: all of it becomes the command, and nothing is appended.
    command = Wish(kind, name, container, ("command",), tuple(words))
    return command, Wish(kind, name, container, ("args",), None)


def _user(kind: str, name: str, container: str, value: str) -> tuple[Wish, ...] | str:
    user, _, group = value.partition(":")
    if not all(part.isdigit() for part in (user, group) if part):
        return f"{value} is a name, and a manifest takes numbers"
    parts = (("runAsUser", user), ("runAsGroup", group))
    return tuple(
        Wish(kind, name, container, ("securityContext", field), int(part) if part else None) for field, part in parts
    )


def _memory(size: int) -> str:
    for unit, factor in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)
