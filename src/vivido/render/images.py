"""Which images objects run, wherever their pods stand: Deployments, CronJobs, custom workloads."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from vivido.model.objects import Rendered, identity
from vivido.yamledit.edit import Path

CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


class ImageUse(NamedTuple):
    """One container's image.

    Attributes:
        object: Identity of the object (`Deployment/web`).
        container: The container's name; `volume NAME` for an image that is mounted.
        image: As it is written.
    """

    object: str
    container: str
    image: str


def put_together(value: Callable[[str], str]) -> str:
    """Return the image of its parts, as charts and modules put it together; without the tag where a digest says more.

    Args:
        value: Gives the value of `registry`, `repository`, `tag`, `digest` or `sha`; empty where there is none.
    """
    repository = "/".join(part for part in (value("registry"), value("repository")) if part)
    if repository.endswith("@sha256"):
        return f"{repository}:{value('tag')}"
    digest = value("digest") or (f"sha256:{value('sha')}" if value("sha") else "")
    if digest:
        return f"{repository}@{digest}"
    return f"{repository}:{value('tag')}" if value("tag") else repository


def images(rendered: Rendered) -> list[ImageUse]:
    """Return every image of all objects, in their order."""
    return [
        ImageUse(identity(one), container, image)
        for one in rendered.objects
        for _, container, image in image_fields(one)
    ]


def image_fields(document: Any) -> Iterator[tuple[Path, str, str]]:
    """Yield (path of the value, container, image) for each image in one document, at whatever depth its pod stands.

    Kustomize's image transformer looks at `containers` and `initContainers` at any depth too
    (`api/internal/konfig/builtinpluginconsts/images.go`).
    """
    if isinstance(document, dict) and document.get("kind") == "Terraform":
        found = (document.get("spec") or {}).get("images")
        for at, image in found.items() if isinstance(found, dict) else ():
            yield ("spec", "images", at), at, str(image)
        return
    yield from _inside((), document)


def _inside(path: Path, value: Any) -> Iterator[tuple[Path, str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            if key in CONTAINERS and isinstance(below, list):
                yield from _containers((*path, key), below)
            elif key == "volumes" and isinstance(below, list):
                yield from _volumes((*path, key), below)
            else:
                yield from _inside((*path, key), below)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _inside((*path, number), below)


def _containers(path: Path, containers: list[Any]) -> Iterator[tuple[Path, str, str]]:
    for number, one in enumerate(containers):
        if isinstance(one, dict) and isinstance(one.get("image"), str):
            yield (*path, number, "image"), str(one.get("name", "")), one["image"]


def _volumes(path: Path, volumes: list[Any]) -> Iterator[tuple[Path, str, str]]:
    for number, one in enumerate(volumes):
        mounted = one.get("image") if isinstance(one, dict) else None
        if isinstance(mounted, dict) and isinstance(mounted.get("reference"), str):
            yield (*path, number, "image", "reference"), f"volume {one.get('name', '')}", mounted["reference"]
