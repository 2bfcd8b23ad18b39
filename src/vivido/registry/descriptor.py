"""What a registry keeps: manifests, indexes, and the descriptors that point at bytes.

Source: OCI image-spec 1.1, `descriptor.md`, `manifest.md`, `image-index.md`; Docker's schema 2 is its twin.
"""

import hashlib
from typing import Annotated, Any, TypeVar

import msgspec

from vivido.errors import Error, InputError
from vivido.model.reference import Digest, parse_digest
from vivido.text.redact import printable, redact

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"

INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
IMAGES = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
ACCEPT = ", ".join((OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST))

T = TypeVar("T")


class Platform(msgspec.Struct, frozen=True):
    """What an image runs on, in Go's words: `linux`, `arm64`, `v8`."""

    os: str = ""
    architecture: str = ""
    variant: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Descriptor(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A pointer to bytes: what they are, how many, and their digest.

    Raises:
        InputError: `reference.digest`: the digest is none.
    """

    media_type: str
    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=0)]
    artifact_type: str | None = None
    """What kind of evidence it is, where it is a referrer."""
    annotations: dict[str, str] | None = None
    platform: Platform | None = None
    urls: tuple[str, ...] | None = None
    """Where foreign layers come from; registries do not keep those."""

    def __post_init__(self) -> None:
        parse_digest(self.digest)


class Content(msgspec.Struct, frozen=True, rename="camel"):
    """A manifest or index, read. One of `config` and `manifests` is there."""

    media_type: str | None = None
    artifact_type: str | None = None
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    manifests: tuple[Descriptor, ...] | None = None
    subject: Descriptor | None = None
    annotations: dict[str, str] | None = None

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Its configuration and layers; none in an index."""
        return ((self.config,) if self.config else ()) + (self.layers or ())

    @property
    def kind(self) -> str:
        """What kind of artifact it is: its artifact type, or the media type of its configuration."""
        return self.artifact_type or (self.config.media_type if self.config else "")


class Manifest(msgspec.Struct, frozen=True):
    """The bytes of a manifest or index as the registry keeps them, checked against `digest`."""

    raw: bytes
    media_type: str
    digest: Digest

    @property
    def descriptor(self) -> Descriptor:
        """What points at it."""
        return Descriptor(self.media_type, self.digest, len(self.raw))

    def content(self) -> Content:
        """Read it.

        Raises:
            Error: `registry.malformed`: no manifest, or one thing by its header and another by its content
                (CVE-2021-41190).
        """
        content = decode(self.raw, Content, f"the manifest {self.digest}")
        if content.media_type is not None and content.media_type != self.media_type:
            raise malformed(
                f"the manifest {self.digest}", f"it is served as {self.media_type} and says {content.media_type}"
            )
        if self.media_type not in IMAGES | INDEXES:
            raise malformed(f"the manifest {self.digest}", f"{self.media_type} is neither an image nor an index")
        if not (_is_index(content) if self.media_type in INDEXES else _is_image(content)):
            raise malformed(f"the manifest {self.digest}", f"it has not the parts of {self.media_type}")
        return content


def _is_index(content: Content) -> bool:
    return content.manifests is not None and not content.blobs


def _is_image(content: Content) -> bool:
    return content.config is not None and content.manifests is None


def digest_of(data: bytes) -> Digest:
    """Return the SHA-256 digest of bytes."""
    return Digest(f"sha256:{hashlib.sha256(data).hexdigest()}")


def manifest_of(raw: bytes, media_type: str) -> Manifest:
    """Return a manifest made here, with its digest."""
    return Manifest(raw, media_type, digest_of(raw))


def decode(raw: bytes, type_: type[T], what: str) -> T:
    """Read JSON that a registry sent.

    Raises:
        Error: `registry.malformed`: it is not JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(raw, type=type_)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        raise malformed(what, str(e)) from e
    except InputError as e:
        raise malformed(what, e.message) from e


def encode(value: Any) -> bytes:
    """Return compact JSON with sorted keys: the same value gives the same bytes, thus the same digest."""
    return msgspec.json.encode(value, order="sorted")


def malformed(what: str, why: str) -> Error:
    """Return the error for an answer that the specification does not allow."""
    return Error(
        f"{what} cannot be read: {printable(redact(why))[:300]}",
        code="registry.malformed",
        hint="Check that this address is a registry of OCI images, and what stands between it and this machine.",
    )
