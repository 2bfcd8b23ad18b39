"""What holds on every registry: in memory with each way to log in, and Debian's with and without a login."""

import pytest

from registry.places import Connect, Place, own
from vivido.errors import InputError, NotFoundError, RefusedError
from vivido.model.reference import Digest, Reference, Repository
from vivido.registry.attach import attach, own_tag
from vivido.registry.blobs import has_blob, put_blob, read_blob
from vivido.registry.client import Client
from vivido.registry.config import config, configs
from vivido.registry.copy import copy
from vivido.registry.descriptor import OCI_MANIFEST, Descriptor, Manifest, digest_of, manifest_of
from vivido.registry.manifests import manifest, put_manifest
from vivido.registry.referrers import referrers
from vivido.registry.resolve import resolve
from vivido.registry.tags import delete_tag, tag, tags
from vivido.testing.registry_image import absent, push_image, push_index

SBOM = "application/vnd.test.sbom+json"
GATE = "application/vnd.test.gate+json"


@pytest.fixture
def client(place: Place, connect: Connect) -> Client:
    return connect(place.host, login=place.login)


@pytest.fixture
def web(place: Place) -> Repository:
    return own(place)


def test_resolves_tag_and_digest(client: Client, web: Repository) -> None:
    image = push_image(client, web, "1.0")
    assert resolve(client, Reference(web, "1.0")) == image.descriptor
    assert resolve(client, Reference(web, "", image.digest)) == image.descriptor


def test_resolves_to_nothing_where_nothing_is(client: Client, web: Repository) -> None:
    assert resolve(client, Reference(web, "1.0")) is None
    push_image(client, web, "1.0")
    assert resolve(client, Reference(web, "2.0")) is None
    assert resolve(client, Reference(web, "", absent())) is None
    assert resolve(client, Reference(web)) is None, "no tag means `latest`"


def test_reads_a_manifest_as_the_bytes_that_were_written(
    client: Client, web: Repository, place: Place, connect: Connect
) -> None:
    blob = put_blob(client, web, b"{}", "application/vnd.oci.image.config.v1+json")
    odd = (
        b'{ "mediaType":"%s",\n\t"schemaVersion" : 2, "layers":[],"config":{"size":2,"digest":"%s","mediaType":"%s"}}\n'
        % (
            OCI_MANIFEST.encode(),
            blob.digest.encode(),
            blob.media_type.encode(),
        )
    )
    put_manifest(client, web, manifest_of(odd, OCI_MANIFEST), "odd")
    read = manifest(connect(place.host, login=place.login), web, "odd")
    assert (read.raw, read.media_type, read.digest) == (odd, OCI_MANIFEST, digest_of(odd))


def test_a_missing_manifest_is_not_found(client: Client, web: Repository) -> None:
    with pytest.raises(NotFoundError) as missing:
        manifest(client, web, "1.0")
    assert missing.value.code == "registry.not-found"


def test_retags_in_two_requests(client: Client, web: Repository, place: Place, connect: Connect) -> None:
    image = push_image(client, web, "1.0")
    fresh = connect(place.host, login=place.login)
    resolve(fresh, Reference(web, "1.0"), push=True)
    before = len(place.asked())
    assert tag(fresh, web, image.digest, "staging").digest == image.digest
    assert place.asked()[before:] == [
        ("GET", f"/v2/{web.path}/manifests/{image.digest}"),
        ("PUT", f"/v2/{web.path}/manifests/staging"),
    ]
    assert resolve(fresh, Reference(web, "staging")) == image.descriptor


def test_retags_an_index_as_it_is(client: Client, web: Repository) -> None:
    index = push_index(client, web, "1.0")
    tag(client, web, "1.0", "staging")
    assert resolve(client, Reference(web, "staging")) == index.descriptor


def test_leaves_a_right_tag_alone(client: Client, web: Repository, place: Place) -> None:
    image = push_image(client, web, "1.0")
    tag(client, web, image.digest, "staging")
    before = len(place.asked())
    tag(client, web, image.digest, "staging")
    assert place.asked()[before:] == [("HEAD", f"/v2/{web.path}/manifests/staging")]


def test_moves_a_tag_in_two_requests_what_it_knows(client: Client, web: Repository, place: Place) -> None:
    push_image(client, web, "staging", layers=(b"old",))
    image = push_image(client, web, "1.0")
    before = len(place.asked())
    tag(client, web, image.digest, "staging")
    assert [method for method, _ in place.asked()[before:]] == ["HEAD", "PUT"]
    assert resolve(client, Reference(web, "staging")) == image.descriptor


@pytest.mark.parametrize("name", ["", "-x", "a b", "x" * 129, "sha256:1"])
def test_refuses_what_is_no_tag(client: Client, web: Repository, name: str) -> None:
    for verb in (lambda: tag(client, web, "1.0", name), lambda: delete_tag(client, web, name)):
        with pytest.raises(InputError) as wrong:
            verb()
        assert wrong.value.code == "reference.tag"


def test_a_tag_of_nothing_is_not_found(client: Client, web: Repository) -> None:
    push_image(client, web, "1.0")
    with pytest.raises(NotFoundError):
        tag(client, web, absent(), "staging")


def test_lists_tags_over_pages(client: Client, web: Repository) -> None:
    image = push_image(client, web, "v0")
    for number in range(1, 6):
        tag(client, web, image.digest, f"v{number}")
    assert sorted(tags(client, web)) == [f"v{number}" for number in range(6)]


def test_tags_of_no_repository_are_not_found(client: Client, web: Repository) -> None:
    with pytest.raises(NotFoundError):
        tags(client, web)


def test_deletes_a_tag_alone_or_not_at_all(client: Client, web: Repository, place: Place) -> None:
    image = push_image(client, web, "v1")
    tag(client, web, image.digest, "keep")
    assert delete_tag(client, web, "v1") is place.deletes_tags
    assert resolve(client, Reference(web, "keep")) == image.descriptor
    assert (resolve(client, Reference(web, "v1")) is None) is place.deletes_tags


def test_reads_the_configuration(client: Client, web: Repository) -> None:
    image = push_image(client, web, "1.0", labels={"org.opencontainers.image.revision": "abc"})
    read = config(client, web, "1.0")
    assert read.manifest == image.digest
    assert str(read.platform) == "linux/amd64"
    assert read.labels == {"org.opencontainers.image.revision": "abc"}
    assert read.env == {"PATH": "/bin", "EMPTY": ""}
    assert (read.entrypoint, read.command, read.user, read.ports) == (("/app",), (), "1000", ("8080/tcp",))


def test_reads_the_configuration_of_each_platform_and_no_attestation(client: Client, web: Repository) -> None:
    index = push_index(client, web)
    assert [str(read.platform) for read in configs(client, web, index.digest)] == ["linux/amd64", "linux/arm64"]
    assert config(client, web, index.digest).platform.architecture == "amd64"


def test_stores_and_reads_a_blob(client: Client, web: Repository) -> None:
    assert not has_blob(client, web, digest_of(b"bytes"))
    blob = put_blob(client, web, b"bytes", "text/plain")
    assert has_blob(client, web, blob.digest)
    assert put_blob(client, web, b"bytes", "text/plain") == blob
    assert read_blob(client, web, blob) == b"bytes"


def test_stores_an_empty_blob(client: Client, web: Repository) -> None:
    blob = put_blob(client, web, b"", "text/plain")
    assert read_blob(client, web, blob) == b""


def test_a_manifest_before_its_blobs_is_refused(client: Client, web: Repository) -> None:
    missing = manifest_of(
        b'{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"x/y","digest":"%s","size":3},"layers":[]}'
        % (OCI_MANIFEST.encode(), absent().encode()),
        OCI_MANIFEST,
    )
    with pytest.raises(RefusedError) as refused:
        put_manifest(client, web, missing, "1.0")
    assert refused.value.code == "registry.blob-missing"


@pytest.mark.parametrize("push", [push_image, push_index])
def test_copies_within_a_registry(client: Client, web: Repository, place: Place, push: object) -> None:
    image: Manifest = push(client, web, "1.0")  # type: ignore[operator]
    target = own(place)
    assert copy(client, Reference(web, "1.0"), Reference(target, "1.0")).digest == image.digest
    assert resolve(client, Reference(target, "1.0")) == image.descriptor
    assert configs(client, target, "1.0") == configs(client, web, "1.0")
    before = len(place.asked())
    copy(client, Reference(web, "", image.digest), Reference(target, "1.0"))
    assert place.asked()[before:] == [("HEAD", f"/v2/{target.path}/manifests/1.0")], "a copy that is done costs a look"


def test_copies_by_digest_alone(client: Client, web: Repository, place: Place) -> None:
    image = push_image(client, web, "1.0")
    target = own(place)
    copy(client, Reference(web, "1.0"), Reference(target, "", image.digest))
    assert resolve(client, Reference(target, "", image.digest)) == image.descriptor


def test_attaches_and_lists_evidence(client: Client, web: Repository, place: Place, connect: Connect) -> None:
    image = push_image(client, web, "1.0").descriptor
    first = attach(client, web, image, b"one", artifact_type=SBOM, kind="sbom", annotations={"by": "test"})
    second = attach(client, web, image, b"two", artifact_type=GATE, kind="gate")
    third = attach(client, web, image, b"three", artifact_type=GATE, kind="gate")
    fresh = connect(place.host, login=place.login)
    assert _digests(referrers(fresh, web, image.digest)) == _digests((first, second, third))
    assert _digests(referrers(fresh, web, image.digest, artifact_type=GATE)) == _digests((second, third))
    (listed,) = referrers(fresh, web, image.digest, artifact_type=SBOM)
    assert (listed.artifact_type, listed.annotations, listed.size) == (SBOM, {"by": "test"}, first.size)
    (layer,) = manifest(fresh, web, listed.digest).content().layers or ()
    assert read_blob(fresh, web, layer) == b"one"


def test_attaching_the_same_again_changes_nothing(
    client: Client, web: Repository, place: Place, connect: Connect
) -> None:
    image = push_image(client, web, "1.0").descriptor
    once = attach(client, web, image, b"one", artifact_type=SBOM, kind="sbom")
    listed, named = referrers(client, web, image.digest), tags(client, web)
    fresh = connect(place.host, login=place.login)
    assert attach(fresh, web, image, b"one", artifact_type=SBOM, kind="sbom") == once
    assert (referrers(client, web, image.digest), tags(client, web)) == (listed, named)


def test_evidence_has_a_tag_of_its_own_only_where_no_list_is_kept(
    client: Client, web: Repository, place: Place
) -> None:
    image = push_image(client, web, "1.0").descriptor
    made = attach(client, web, image, b"one", artifact_type=SBOM, kind="sbom")
    name = own_tag(image.digest, made.digest, "sbom")
    assert name == f"{image.digest.replace(':', '-')}.sbom-{made.digest[7:19]}"
    assert (name in tags(client, web)) is not place.has_referrers


def test_nothing_refers_to_what_nothing_refers_to(client: Client, web: Repository) -> None:
    image = push_image(client, web, "1.0")
    assert referrers(client, web, image.digest) == ()
    assert referrers(client, web, absent()) == ()


def test_copies_evidence_too(client: Client, web: Repository, place: Place) -> None:
    image = push_image(client, web, "1.0").descriptor
    record = attach(client, web, image, b"record", artifact_type=GATE, kind="gate")
    seal = attach(client, web, record, b"seal", artifact_type=SBOM, kind="att")
    target = own(place)
    copy(client, Reference(web, "1.0"), Reference(target, "1.0"), evidence=True)
    assert _digests(referrers(client, target, image.digest)) == _digests((record,))
    assert _digests(referrers(client, target, record.digest)) == _digests((seal,))


def _digests(found: tuple[Descriptor, ...]) -> list[Digest]:
    return sorted(entry.digest for entry in found)
