"""Finding an artifact that was built of the same inputs, and agreeing on one with whoever builds at the same time."""

from dataclasses import dataclass

from vivido.build.interface import Registry
from vivido.build.labels import INPUTS, inputs_tag, is_dirty, revision_of
from vivido.crashpoint import crashpoint
from vivido.model.reference import Digest, Reference, Repository


@dataclass(frozen=True)
class Found:
    """An artifact that is there already.

    Attributes:
        digest: The registry's.
        commit: The commit it says it was built from.
    """

    digest: Digest
    commit: str


def find(registry: Registry, repository: Repository, inputs: str) -> Found | None:
    """Return the artifact built of these inputs, None where there is none.

    The tag is only a pointer that anybody may have moved: what it points to must itself say that it was built of the inputs,
    and not from a dirty tree. What says something else is not used, and the next build puts the tag right.
    """
    digest = registry.resolve(Reference(repository, inputs_tag(inputs)))
    if digest is None:
        return None
    labels = registry.labels(repository, digest)
    if labels.get(INPUTS) != inputs or is_dirty(labels) or not revision_of(labels):
        return None
    return Found(digest, revision_of(labels))


def settle(registry: Registry, repository: Repository, inputs: str, mine: Found) -> Found:
    """Let the inputs' tag name an artifact just pushed, or return the one that another builder was first with.

    Registries cannot compare and swap. So the tag is looked at before it is written and once more after: of two builders who
    push in the same moment, both end with the artifact that the tag names last, but for the instant between the two looks.
    """
    first = find(registry, repository, inputs)
    if first is not None:
        return first
    move(registry, repository, mine.digest, inputs_tag(inputs))
    return find(registry, repository, inputs) or mine


def move(registry: Registry, repository: Repository, digest: Digest, tag: str) -> None:
    """Let a tag name a digest, if it does not yet."""
    if registry.resolve(Reference(repository, tag)) == digest:
        return
    crashpoint("build.tag.before")
    registry.tag(repository, digest, tag)
    crashpoint("build.tag.after")
