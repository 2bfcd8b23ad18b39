"""Names that a built image carries: its tags, its labels and annotations (OCI image-spec, “Pre-Defined Annotation Keys”)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from vivido.build.interface import Facts
from vivido.text.redact import without_userinfo
from vivido.time.clock import SECOND, rfc3339

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
CREATED = "org.opencontainers.image.created"
VERSION = "org.opencontainers.image.version"
TITLE = "org.opencontainers.image.title"
INPUTS = "dev.vivido.inputs"
"""Hash of the inputs (`inputs.inputs_hash`); empty on an image from a dirty tree."""
DIRTY = "dev.vivido.dirty"
"""`true` where the tree had uncommitted changes, `false` otherwise."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


def build_tag(facts: Facts, at: int) -> str:
    """Return the tag of one build: `0123456789ab-20261123T101500Z`, and `-dirty` after it where the tree is.

    Args:
        facts: Of the commit.
        at: The time of the build, microseconds since 1970.
    """
    when = datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{facts.commit[:12]}-{when}{'-dirty' if facts.dirty else ''}"


def inputs_tag(inputs: str) -> str:
    """Return the tag under which an artifact is found again: `inputs-` and 32 characters of the hash."""
    return f"inputs-{inputs[:32]}"


def labels_of(title: str, facts: Facts, inputs: str) -> dict[str, str]:
    """Return the labels and annotations of an image.

    All of them follow from the commit, so that building it twice gives the same digest. All but the source are always set: an image
    inherits the labels of its base, and another image's revision must not pass for its own.
    """
    version = facts.version or facts.commit[:12]
    found = {
        REVISION: facts.commit,
        CREATED: rfc3339(facts.committed_at * SECOND),
        VERSION: f"{version}-dirty" if facts.dirty else version,
        TITLE: title,
        INPUTS: "" if facts.dirty else inputs,
        DIRTY: "true" if facts.dirty else "false",
    }
    return {**found, SOURCE: without_userinfo(facts.url)} if facts.url else found


def revision_of(labels: Mapping[str, str]) -> str:
    """Return the commit that an image says it was built from, empty where it says none or something else."""
    said = labels.get(REVISION, "")
    return said if _COMMIT.fullmatch(said) else ""


def is_dirty(labels: Mapping[str, str]) -> bool:
    """Say whether an image was built from a tree with uncommitted changes."""
    return labels.get(DIRTY, "") == "true"
