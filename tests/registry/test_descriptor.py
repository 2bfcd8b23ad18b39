"""Manifests and indexes that are none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.errors import Error
from vivido.registry.descriptor import (
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    Content,
    Descriptor,
    digest_of,
    encode,
    manifest_of,
)

PART = {"mediaType": "x/y", "digest": digest_of(b""), "size": 0}
IMAGE = {"schemaVersion": 2, "config": PART, "layers": [PART]}
INDEX = {"schemaVersion": 2, "manifests": [PART]}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(IMAGE, OCI_MANIFEST), (IMAGE, DOCKER_MANIFEST), (INDEX, OCI_INDEX), (INDEX, DOCKER_INDEX)],
)
def test_reads_images_and_indexes(content: dict[str, Any], media_type: str) -> None:
    for named in ({}, {"mediaType": media_type}):
        read = manifest_of(json.dumps({**content, **named}).encode(), media_type).content()
        assert [part.digest for part in (*read.blobs, *(read.manifests or ()))] == [digest_of(b"")] * len(
            [*read.blobs, *(read.manifests or ())]
        )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (IMAGE, OCI_INDEX),
        (INDEX, OCI_MANIFEST),
        ({**IMAGE, **INDEX}, OCI_MANIFEST),
        ({**IMAGE, **INDEX}, OCI_INDEX),
        ({**IMAGE, "mediaType": OCI_INDEX}, OCI_MANIFEST),
        ({**IMAGE, "mediaType": DOCKER_MANIFEST}, OCI_MANIFEST),
        (IMAGE, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ({**IMAGE, "config": {**PART, "size": -1}}, OCI_MANIFEST),
        ({**IMAGE, "config": {**PART, "digest": "sha256:../../x"}}, OCI_MANIFEST),
        ({**IMAGE, "config": {**PART, "digest": "sha512:" + "0" * 128}}, OCI_MANIFEST),
        ({**IMAGE, "layers": {}}, OCI_MANIFEST),
        ({"manifests": None}, OCI_INDEX),
        ([], OCI_MANIFEST),
    ],
)
def test_refuses_what_is_one_thing_outside_and_another_inside(content: object, media_type: str) -> None:
    with pytest.raises(Error) as wrong:
        manifest_of(json.dumps(content).encode(), media_type).content()
    assert wrong.value.code == "registry.malformed"


@given(
    st.dictionaries(st.sampled_from(NAMES), JSON | st.just(PART) | st.just([PART])) | JSON,
    st.sampled_from([OCI_INDEX, OCI_MANIFEST]),
)
def test_any_json_is_a_manifest_or_malformed(content: object, media_type: str) -> None:
    _read(json.dumps(content).encode(), media_type)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_manifest_or_malformed(raw: bytes) -> None:
    _read(raw, OCI_MANIFEST)


def _read(raw: bytes, media_type: str) -> None:
    try:
        assert isinstance(manifest_of(raw, media_type).content(), Content)
    except Error as e:
        assert e.code == "registry.malformed"


def test_the_same_value_gives_the_same_bytes() -> None:
    one = {"b": Descriptor("x/y", digest_of(b""), 0), "a": 1}
    assert encode(one) == encode(dict(reversed(one.items())))
    assert json.loads(encode(one))["b"] == PART
