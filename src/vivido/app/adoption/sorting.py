"""Telling what of a look's findings Git can be made to say from what it cannot."""

from typing import TYPE_CHECKING

from vivido.app.adoption.wishes import is_replica, replicas, wish
from vivido.app.drift import Item
from vivido.errors import Error
from vivido.layouts.wish import Wish
from vivido.model.difference import segments
from vivido.model.project import Environment
from vivido.model.reference import Digest, Reference
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.targets.interface import Desired


def sort(
    ws: "Workspace", environment: Environment, wanted: "Desired", items: list[Item]
) -> tuple[tuple[Wish, ...], tuple[Artifact, ...], list[str]]:
    """Return what shall be said, the images that shall run, and what cannot be said, a sentence each.

    Args:
        ws: The project.
        environment: Where.
        wanted: What Git says of it now.
        items: What was found.
    """
    wishes: dict[tuple[str, ...], set[Wish]] = {}
    images: dict[str, Artifact] = {}
    fewer, cannot = replicas(items, wanted.rendered)
    for one in items:
        if is_replica(one):
            continue
        if segments(one.path)[2:] == ("image",):
            image = _image(ws, environment, wanted, one)
            cannot += [f"{one.where}: {image}"] if isinstance(image, str) else []
            images |= {} if isinstance(image, str) else {image.service: image}
            continue
        found = wish(one, wanted.rendered)
        if isinstance(found, str):
            cannot.append(f"{one.where}: {found}")
            continue
        for each in found:
            wishes.setdefault((each.kind, each.name, each.container, *each.path), set()).add(each)
    for place, several in wishes.items():
        if len(several) > 1:
            cannot.append(f"{'/'.join(place)}: the replicas differ, and a manifest says one thing for all")
    alike = tuple(w for several in wishes.values() if len(several) == 1 for w in several)
    return (*fewer, *alike), tuple(images.values()), cannot


def _image(ws: "Workspace", environment: Environment, wanted: "Desired", item: Item) -> Artifact | str:
    from vivido.registry.resolve import resolve

    service = next((s for s, image in wanted.images.items() if image.endswith(f"@{item.git}")), "")
    if not service:
        return "its image is no service's of the project"
    deployed = next(iter(ws.records.deployed(environment.name)))
    artifact = deployed.release.artifact(service)
    digest = Digest(str(item.runs))
    if artifact is None:
        return "its image is no service's of the project"
    try:
        there = resolve(ws.registry, Reference(artifact.repository, digest=digest))
    except Error as e:
        return f"the registry could not be asked: {e.message}"
    if there is None:
        return f"the registry does not have {digest[:19]}: it was made on that machine, and must be built"
    return Artifact(service, artifact.repository, digest)
