"""Configurations that are empty, bare, or none."""

import pytest

from vivido.errors import Error, NotFoundError
from vivido.model.reference import Repository
from vivido.registry.attach import attach
from vivido.registry.blobs import put_blob
from vivido.registry.client import Client
from vivido.registry.config import ImageConfig, config
from vivido.registry.descriptor import OCI_INDEX, OCI_MANIFEST, Platform, encode, manifest_of
from vivido.registry.manifests import put_manifest
from vivido.testing.registry_image import push_image


def test_an_image_without_a_configuration_has_an_empty_one(client: Client, repository: Repository) -> None:
    image = push_image(client, repository, "1.0").descriptor
    made = attach(client, repository, image, b"x", artifact_type="x/y", kind="gate", annotations={"a": "b"})
    assert config(client, repository, made.digest).annotations == {"a": "b"}
    empty = manifest_of(encode({"schemaVersion": 2, "manifests": []}), OCI_INDEX)
    put_manifest(client, repository, empty, "empty")
    with pytest.raises(NotFoundError):
        config(client, repository, "empty")


@pytest.mark.parametrize("raw", [b"null", b"[]", b"<", b'{"config":{"Labels":[]}}', b'{"os":1}'])
def test_a_configuration_that_is_none_is_malformed(client: Client, repository: Repository, raw: bytes) -> None:
    part = put_blob(client, repository, raw, "application/vnd.oci.image.config.v1+json")
    made = manifest_of(encode({"schemaVersion": 2, "config": part, "layers": []}), OCI_MANIFEST)
    put_manifest(client, repository, made, "odd")
    with pytest.raises(Error) as wrong:
        config(client, repository, "odd")
    assert wrong.value.code == "registry.malformed"


def test_a_configuration_may_be_bare(client: Client, repository: Repository) -> None:
    part = put_blob(client, repository, b'{"config":null}', "application/vnd.oci.image.config.v1+json")
    made = manifest_of(encode({"schemaVersion": 2, "config": part, "layers": []}), OCI_MANIFEST)
    put_manifest(client, repository, made, "bare")
    assert config(client, repository, "bare") == ImageConfig(made.digest, Platform())
