"""What manifests would have to say of volumes: what is mounted where, and which files a ConfigMap's has. Pure.

A target names a volume after the workload and the volume of its manifest (`…-deployment-web-site`, `…-web-0-data`) or the claim
(`…-claim-data`). Only what can be told by that is declared; a directory of the machine's or a volume of its own is no manifest's.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from vivido.app.drift import Item
from vivido.layouts.wish import Wish
from vivido.model.difference import segments
from vivido.model.objects import Rendered, plain_name

_KEY = re.compile(r"[-._a-zA-Z0-9]+")
"""Keys of a ConfigMap, by the API's own rule."""
_MEMORY = "memory"


class _Declared(NamedTuple):
    """A volume of a workload's pods."""

    name: str
    spec: dict[str, Any]
    ending: re.Pattern[str]
    """How a target ends the name of what it made of it."""


def mounted(item: Item, kind: str, name: str, container: str, rendered: Rendered) -> tuple[Wish, ...] | str:
    """Return what would declare that something is mounted, or is not any more, or why nothing does.

    Args:
        item: The difference, of a whole mount.
        kind: Of the workload.
        name: The workload's.
        container: Where it is mounted.
        rendered: What Git says of the environment.
    """
    place = segments(item.path)[3]
    if item.sort == "only-left":
        return (Wish(kind, name, container, ("volumeMounts", place), None),)
    seen: dict[str, Any] = item.runs if isinstance(item.runs, dict) else {}
    source = str(seen.get("from", ""))
    more = [Wish(kind, name, container, ("volumeMounts", place, "readOnly"), True)] if seen.get("read-only") else []
    if source == _MEMORY:
        made = "declared-" + re.sub(r"[^a-z0-9]+", "-", place.lower()).strip("-")[:50]
        return (
            Wish(kind, name, "", ("volumes", made, "emptyDir", "medium"), "Memory"),
            Wish(kind, name, container, ("volumeMounts", place, "name"), made),
            *more,
        )
    volume, _, inside = source.removeprefix("volume ").partition("/")
    if not source.startswith("volume "):
        return f"what is mounted at {place} is a directory of the machine's: put it into a claim, or put it back"
    found = [v.name for v in _volumes(_workload(kind, name, rendered), kind, name) if v.ending.search(volume)]
    if len(found) != 1:
        return f"what is mounted at {place} is no volume of the manifest's: add a claim, and move what is in it there"
    if inside:
        more.append(Wish(kind, name, container, ("volumeMounts", place, "subPath"), inside))
    return (Wish(kind, name, container, ("volumeMounts", place, "name"), found[0]), *more)


def content(item: Item, file: str, rendered: Rendered, hidden: bool) -> tuple[Wish, ...] | str:
    """Return the ConfigMap's key that a file in a volume comes from, with what it shall be; or why that cannot be told.

    Args:
        item: The difference.
        file: The file's name.
        rendered: What Git says of the environment.
        hidden: A value of it looks like a secret.
    """
    if hidden:
        return "it holds what looks like a secret: give that a source under the environment's `secrets:` instead"
    if any(v is not None and not isinstance(v, str) for v in (item.git, item.runs)):
        return "it is no text"
    volume = item.object.partition("/")[2]
    sources = {
        (str(v.spec["configMap"].get("name")), "items" in v.spec["configMap"])
        for one in rendered.objects
        for v in _volumes(one, str(one.get("kind")), str((one.get("metadata") or {}).get("name", "")))
        if isinstance(v.spec.get("configMap"), dict) and v.ending.search(volume)
    }
    if len(sources) != 1:
        return _by_text(item, file, rendered)
    ((source, chosen),) = sources
    if chosen:
        return f"the volume takes chosen keys of {plain_name(source)}: change the key and its place there"
    if not _KEY.fullmatch(file):
        return f"{file} is no name for a key of a ConfigMap"
    return (Wish("ConfigMap", plain_name(source), "", ("data", file), item.runs),)


def _by_text(item: Item, file: str, rendered: Rendered) -> tuple[Wish, ...] | str:
    """Return the key of the only ConfigMap that says what Git says of a file."""
    if item.sort != "changed":
        return "which ConfigMap it would belong to is not known: add or remove the key there"
    names = {
        plain_name(str((one.get("metadata") or {}).get("name", "")))
        for one in rendered.objects
        if one.get("kind") == "ConfigMap" and (one.get("data") or {}).get(file) == item.git
    }
    if len(names) != 1:
        return f"{len(names)} ConfigMaps say this of {file}: change the one that is meant"
    return (Wish("ConfigMap", names.pop(), "", ("data", file), item.runs),)


def _workload(kind: str, name: str, rendered: Rendered) -> Any:
    found = (o for o in rendered.objects if (o.get("kind"), (o.get("metadata") or {}).get("name")) == (kind, name))
    return next(found, {})


def _volumes(workload: Any, kind: str, name: str) -> Iterator[_Declared]:
    pod = ((workload.get("spec") or {}).get("template") or {}).get("spec") if isinstance(workload, dict) else None
    listed = pod.get("volumes") if isinstance(pod, dict) else None
    for one in listed if isinstance(listed, list) else ():
        called = str(one.get("name", ""))
        claim = (one.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            ending = rf"-claim-{re.escape(str(claim))}$"
        elif "configMap" in one or "projected" in one:
            ending = rf"-{re.escape(kind.lower())}-{re.escape(name)}-{re.escape(called)}$"
        else:
            ending = rf"-{re.escape(name)}-\d+-{re.escape(called)}$"
        yield _Declared(called, one, re.compile(ending))
