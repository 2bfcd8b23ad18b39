"""What an image says of itself: platform, labels, variables, user."""

import msgspec

from vivido.errors import NotFoundError
from vivido.model.reference import Digest, Repository
from vivido.registry.blobs import read_blob
from vivido.registry.client import Client
from vivido.registry.descriptor import IMAGES, OCI_EMPTY, Descriptor, Manifest, Platform, decode, malformed
from vivido.registry.manifests import manifest

_DEPTH = 4
"""Indexes in indexes that are followed."""


class ImageConfig(msgspec.Struct, frozen=True):
    """The configuration of one platform's image (image-spec 1.1, `config.md`)."""

    manifest: Digest
    """The platform's own manifest; in an index not the digest that is promoted."""
    platform: Platform
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    """Of the manifest."""
    env: dict[str, str] = {}
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    working_directory: str = ""
    ports: tuple[str, ...] = ()
    """Such as `8080/tcp`."""
    created: str = ""
    """RFC 3339, as it stands there."""


class _Run(msgspec.Struct, frozen=True, rename="pascal"):
    labels: dict[str, str] | None = None
    env: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    user: str | None = None
    working_dir: str | None = None
    exposed_ports: dict[str, object] | None = None


class _Config(msgspec.Struct, frozen=True):
    os: str | None = None
    architecture: str | None = None
    variant: str | None = None
    created: str | None = None
    config: _Run | None = None


def config(client: Client, repository: Repository, tag_or_digest: str) -> ImageConfig:
    """Return the configuration of an image, or of the first platform of an index.

    Raises:
        NotFoundError: `registry.not-found`: no such image, or an index without one.
        Error: As `configs`.
    """
    found = configs(client, repository, tag_or_digest)
    if not found:
        raise NotFoundError(f"{repository}: {tag_or_digest} has no image", code="registry.not-found")
    return found[0]


def configs(client: Client, repository: Repository, tag_or_digest: str) -> tuple[ImageConfig, ...]:
    """Return the configuration of an image, or of each platform of an index; attestations of BuildKit are left out.

    Raises:
        NotFoundError: `registry.not-found`.
        IntegrityError: `registry.digest`.
        Error: `registry.malformed`. Otherwise as `Client.ask`.
    """
    return _configs(client, repository, manifest(client, repository, tag_or_digest), _DEPTH)


def _configs(client: Client, repository: Repository, found: Manifest, depth: int) -> tuple[ImageConfig, ...]:
    if found.media_type in IMAGES:
        return (_read(client, repository, found),)
    if depth == 0:
        raise malformed(f"the index {found.digest}", f"indexes stand in each other more than {_DEPTH} times")
    children = [child for child in found.content().manifests or () if not _is_attestation(child)]
    return tuple(
        read
        for child in children
        for read in _configs(client, repository, manifest(client, repository, child.digest), depth - 1)
    )


def _is_attestation(child: Descriptor) -> bool:
    return "vnd.docker.reference.type" in (child.annotations or {})


def _read(client: Client, repository: Repository, found: Manifest) -> ImageConfig:
    content = found.content()
    blob = content.config
    if blob is None or blob.media_type == OCI_EMPTY:
        return ImageConfig(found.digest, Platform(), annotations=content.annotations or {})
    read = decode(read_blob(client, repository, blob), _Config, f"the configuration {blob.digest}")
    run = read.config or _Run()
    return ImageConfig(
        manifest=found.digest,
        platform=Platform(read.os or "", read.architecture or "", read.variant),
        labels=run.labels or {},
        annotations=content.annotations or {},
        env=dict(_variable(line) for line in run.env or ()),
        entrypoint=run.entrypoint or (),
        command=run.cmd or (),
        user=run.user or "",
        working_directory=run.working_dir or "",
        ports=tuple(sorted(run.exposed_ports or ())),
        created=read.created or "",
    )


def _variable(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value
