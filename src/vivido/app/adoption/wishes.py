"""What manifests would have to say so that a difference is declared, or why nothing says it. Pure."""

from collections.abc import Iterable
from typing import Any

from vivido.app.drift import Item
from vivido.layouts.wish import Wish
from vivido.model.difference import segments
from vivido.model.objects import Rendered, plain_name

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
    if item.sort == "only-left":
        return _removed(kind, name, container, field)
    made = [w for f, v in _flat(field, item.runs) for w in _wishes(kind, name, container, f, v)]
    refusal = next((m for m in made if isinstance(m, str)), "")
    return refusal or tuple(m for m in made if isinstance(m, Wish))


def replicas(items: Iterable[Item], rendered: Rendered) -> tuple[tuple[Wish, ...], list[str]]:
    """Return how many replicas are left where whole ones are gone, and what cannot be said about them."""
    gone: dict[tuple[str, str], set[int]] = {}
    for one in items:
        kind, _, name = one.object.partition("/")
        if is_replica(one):
            gone.setdefault((kind, name), set()).add(int(one.path))
    wishes: list[Wish] = []
    cannot: list[str] = []
    for (kind, name), numbers in gone.items():
        wanted = _replicas(kind, name, rendered)
        left = wanted - len(numbers)
        if left < 1:
            cannot.append(f"{kind}/{name}: all of it is gone; a manifest without it is a commit of your own")
        else:
            wishes.append(Wish(kind, name, "", ("replicas",), left))
    return tuple(wishes), cannot


def is_replica(item: Item) -> bool:
    """Say whether a difference is that a whole replica is gone."""
    kind = item.object.partition("/")[0]
    return kind in _WORKLOADS and item.sort == "only-left" and item.path.isdigit()


def _replicas(kind: str, name: str, rendered: Rendered) -> int:
    for one in rendered.objects:
        if (one.get("kind"), (one.get("metadata") or {}).get("name")) == (kind, name):
            said = (one.get("spec") or {}).get("replicas", 1)
            return said if isinstance(said, int) else 1
    return 0


def _content(item: Item, file: str, rendered: Rendered) -> tuple[Wish, ...] | str:
    """Return the ConfigMap's key that a file in a volume comes from: the only one that says what Git says of it."""
    if item.sort != "changed" or not isinstance(item.git, str) or not isinstance(item.runs, str):
        return "which ConfigMap it would belong to is not known: add or remove the key there"
    if any("***" in v or v in _HIDDEN for v in (item.git, item.runs)):
        return "it holds what looks like a secret: give that a source under the environment's `secrets:` instead"
    names = {
        plain_name(str((one.get("metadata") or {}).get("name", "")))
        for one in rendered.objects
        if one.get("kind") == "ConfigMap" and (one.get("data") or {}).get(file) == item.git
    }
    if len(names) != 1:
        return f"{len(names)} ConfigMaps say this of {file}: change the one that is meant"
    return (Wish("ConfigMap", names.pop(), "", ("data", file), item.runs),)


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
            return (f"what is mounted at {place} is no volume of the manifest's: add one there",)
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
