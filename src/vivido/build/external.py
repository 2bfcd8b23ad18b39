"""An artifact that was built elsewhere (CI): what the registry says of it, before it becomes part of a release."""

from collections.abc import Mapping
from dataclasses import dataclass

from vivido.build.interface import Registry
from vivido.build.labels import CREATED, INPUTS, SOURCE, TITLE, VERSION, is_dirty, revision_of
from vivido.errors import InputError, NotFoundError
from vivido.model.problem import Problem
from vivido.model.reference import Reference, parse_reference
from vivido.model.release import Artifact

_KEPT = (CREATED, INPUTS, SOURCE, TITLE, VERSION)


@dataclass(frozen=True)
class External:
    """An artifact with what it says of itself.

    Attributes:
        artifact: Its commit is empty where the image names none.
        labels: Its OCI labels and Vivido's, as far as it has them.
        warnings: What a person should know before it is released.
    """

    artifact: Artifact
    labels: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()


def inspect_external(service: str, image: str, registry: Registry) -> External:
    """Read an image of the registry as a service's artifact.

    Args:
        service: The service's name.
        image: `registry/path@sha256:…`; a tag beside the digest is not looked at.
        registry: Where it is.

    Raises:
        InputError: `build.no-digest`: the image is named by a tag only; `reference.invalid`.
        NotFoundError: `build.no-image`: the registry has no such image.
        Error: As the registry's client raises.
    """
    reference = parse_reference(image)
    if reference.digest is None:
        raise _no_digest(reference, registry)
    if registry.resolve(Reference(reference.repository, digest=reference.digest)) is None:
        raise NotFoundError(
            f"the registry has no {reference.repository.at(reference.digest)}",
            code="build.no-image",
            hint="Push it first; a digest of another repository or registry does not count.",
        )
    labels = registry.labels(reference.repository, reference.digest)
    artifact = Artifact(
        service,
        reference.repository,
        reference.digest,
        revision_of(labels),
        is_dirty(labels),
        labels.get(VERSION, ""),
    )
    kept = {key: labels[key] for key in _KEPT if labels.get(key)}
    return External(artifact, kept, tuple(_warnings(artifact)))


def _no_digest(reference: Reference, registry: Registry) -> InputError:
    found = registry.resolve(reference)
    now = f"It is {reference.repository.at(found)} now." if found else "The registry has no such tag."
    return InputError(
        f"{reference} is named by a tag, and a tag can be moved",
        code="build.no-digest",
        hint=f"Name it by its digest. {now}",
    )


def _warnings(artifact: Artifact) -> list[Problem]:
    if artifact.dirty:
        message = (
            f"{artifact.image} was built from a tree with uncommitted changes and never passes the first environment"
        )
        return [Problem("build.dirty", message, "Build it from a commit.", artifact.service)]
    if not artifact.commit:
        message = f"{artifact.image} does not say which commit it was built from"
        hint = "Set the label org.opencontainers.image.revision when it is built: “not the author” is judged by it."
        return [Problem("build.no-revision", message, hint, artifact.service)]
    return []
