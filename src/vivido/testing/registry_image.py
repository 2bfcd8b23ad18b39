"""Small images for tests, pushed with Vivido's own client: no builder is needed."""

from collections.abc import Mapping, Sequence

from vivido.model.reference import Digest, Repository
from vivido.registry.blobs import put_blob
from vivido.registry.client import Client
from vivido.registry.descriptor import OCI_INDEX, OCI_MANIFEST, Descriptor, Manifest, Platform, encode, manifest_of
from vivido.registry.manifests import put_manifest

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def push_image(
    client: Client,
    repository: Repository,
    tag: str = "",
    *,
    layers: Sequence[bytes] = (b"a layer", b"another layer"),
    labels: Mapping[str, str] | None = None,
    architecture: str = "amd64",
) -> Manifest:
    """Push an image of the given layers, which need not be archives; without a tag by its digest alone."""
    run = {"Labels": dict(labels or {}), "Env": ["PATH=/bin", "EMPTY="], "Entrypoint": ["/app"], "User": "1000"}
    config = {
        "os": "linux",
        "architecture": architecture,
        "created": "2026-11-23T10:00:00Z",
        "config": {**run, "ExposedPorts": {"8080/tcp": {}}},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    content = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": put_blob(client, repository, encode(config), CONFIG),
        "layers": [put_blob(client, repository, layer, LAYER) for layer in layers],
    }
    return push_manifest(client, repository, manifest_of(encode(content), OCI_MANIFEST), tag)


def push_index(client: Client, repository: Repository, tag: str = "") -> Manifest:
    """Push an index of two platforms and an attestation such as BuildKit's."""
    platforms = [(push_image(client, repository, architecture=name), name) for name in ("amd64", "arm64")]
    children = [
        Descriptor(image.media_type, image.digest, len(image.raw), platform=Platform("linux", name))
        for image, name in platforms
    ]
    notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": children[0].digest}
    attestation = push_image(client, repository, layers=(b'{"_type":"statement"}',))
    children.append(
        Descriptor(
            OCI_MANIFEST,
            attestation.digest,
            len(attestation.raw),
            annotations=notes,
            platform=Platform("unknown", "unknown"),
        )
    )
    content = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}
    return push_manifest(client, repository, manifest_of(encode(content), OCI_INDEX), tag)


def push_manifest(client: Client, repository: Repository, made: Manifest, tag: str = "") -> Manifest:
    """Push a manifest under a tag, or by its digest, and return it."""
    put_manifest(client, repository, made, tag or made.digest)
    return made


def absent(fill: str = "0") -> Digest:
    """Return a digest that nothing has."""
    return Digest("sha256:" + fill * 64)
