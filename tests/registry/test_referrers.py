"""Evidence where registries make it hard to keep: no list, false lists, lost entries, many writers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.places import Connect
from vivido.errors import Error, ForbiddenError, InputError, RefusedError
from vivido.model.reference import Repository
from vivido.registry.attach import attach, put_referrer
from vivido.registry.client import Client
from vivido.registry.descriptor import OCI_INDEX, OCI_MANIFEST, Descriptor, encode, manifest_of
from vivido.registry.manifests import manifest
from vivido.registry.referrers import fallback_tag, referrers
from vivido.registry.tags import tags
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_image import absent, push_image, push_manifest
from vivido.testing.registry_memory import MemoryRegistry, memory_registry
from vivido.testing.registry_state import Settings

KIND = "application/vnd.test+json"


@pytest.fixture
def old():
    """A registry without a list of referrers."""
    with memory_registry(Settings(referrers=False)) as registry:
        yield registry


def _attach(client: Client, repository: Repository, subject: Descriptor, text: bytes) -> Descriptor:
    return attach(client, repository, subject, text, artifact_type=KIND, kind="gate")


def test_a_lost_index_loses_no_evidence(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    made = [_attach(client, repository, image, text).digest for text in (b"one", b"two")]
    del old.state.kept("shop/web").tags[fallback_tag(image.digest)]
    assert [entry.digest for entry in referrers(connect(old.host), repository, image.digest)] == sorted(made)


def test_many_writers_lose_no_evidence(old: MemoryRegistry, connect: Connect) -> None:
    repository = Repository(old.host, "shop/web")
    image = push_image(connect(old.host), repository, "1.0").descriptor
    clients = [connect(old.host) for _ in range(8)]

    def write(number: int) -> str:
        return _attach(clients[number % 8], repository, image, b"record %d" % number).digest

    with ThreadPoolExecutor(8) as pool:
        made = sorted(pool.map(write, range(24)))
    assert [entry.digest for entry in referrers(connect(old.host), repository, image.digest)] == made


def test_the_index_is_written_so_that_others_read_it(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    theirs = {**_entry(push_image(client, repository, layers=(b"x",)).descriptor), "odd": {"kept": True}}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [theirs], "annotations": {"by": "another tool"}}
    push_manifest(client, repository, manifest_of(encode(index), OCI_INDEX), fallback_tag(image.digest))
    made = attach(client, repository, image, b"one", artifact_type=KIND, kind="gate", annotations={"a": "b"})
    written = manifest(connect(old.host), repository, fallback_tag(image.digest))
    ours = {**_entry(made), "artifactType": KIND, "annotations": {"a": "b"}}
    assert written.raw == encode({**index, "manifests": [theirs, ours]})


def _entry(descriptor: Descriptor) -> dict[str, object]:
    return {"mediaType": descriptor.media_type, "digest": descriptor.digest, "size": descriptor.size}


def test_an_entry_that_names_another_subject_is_not_believed(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image, other = (push_image(client, repository, layers=(text,)).descriptor for text in (b"a", b"b"))
    foreign = _attach(client, repository, other, b"of another image")
    unrelated = push_image(client, repository, f"{fallback_tag(image.digest)}.sig").descriptor
    gone = Descriptor(OCI_MANIFEST, absent(), 3)
    content = encode({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [foreign, unrelated]})
    push_manifest(client, repository, manifest_of(content, OCI_INDEX), fallback_tag(image.digest))
    old.state.kept("shop/web").manifests[gone.digest] = (OCI_MANIFEST, b"{}")
    assert referrers(connect(old.host), repository, image.digest) == ()


def test_an_entry_that_was_collected_is_left_out(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    gone, there = (_attach(client, repository, image, text) for text in (b"one", b"two"))
    old.state.delete_manifest("shop/web", gone.digest)
    assert [entry.digest for entry in referrers(connect(old.host), repository, image.digest)] == [there.digest]


def test_gitlab_answers_with_the_image_itself(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    content = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [push_image(client, repository).descriptor]}
    index = push_manifest(client, repository, manifest_of(encode(content), OCI_INDEX), "1.0")
    kept = old.state.kept("shop/web")
    kept.tags[fallback_tag(index.digest)] = index.digest
    assert referrers(client, repository, index.digest) == ()
    made = _attach(client, repository, index.descriptor, b"one")
    assert kept.tags[fallback_tag(index.digest)] == index.digest, "the image is not overwritten by a list"
    assert [entry.digest for entry in referrers(client, repository, index.digest)] == [made.digest]


def test_only_404_means_that_there_is_no_index(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    first = _attach(client, repository, image, b"one")
    old.fail(Fault("GET", f"manifests/{fallback_tag(image.digest)}$", status=403, times=2))
    with pytest.raises(ForbiddenError):
        referrers(client, repository, image.digest)
    with pytest.raises(ForbiddenError):
        _attach(client, repository, image, b"two")
    written = manifest(client, repository, fallback_tag(image.digest)).content().manifests or ()
    assert [entry.digest for entry in written] == [first.digest]


def test_a_manifest_that_is_refused_by_digest_goes_under_its_tag(memory: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(memory.host), Repository(memory.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    memory.fail(Fault("PUT", "/manifests/sha256:", status=405))
    made = _attach(client, repository, image, b"one")
    assert made.digest in memory.state.kept("shop/web").tags.values()
    memory.fail(Fault("PUT", "/manifests/", status=400))
    with pytest.raises(RefusedError):
        _attach(client, repository, image, b"two")


def test_a_blob_that_got_lost_is_sent_again(memory: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(memory.host), Repository(memory.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    lost = b'{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}'
    memory.fail(Fault("PUT", "/manifests/", status=400, body=lost))
    made = _attach(client, repository, image, b"one")
    assert [entry.digest for entry in referrers(client, repository, image.digest)] == [made.digest]
    memory.fail(Fault("PUT", "/manifests/", status=400, body=lost, times=2))
    with pytest.raises(RefusedError) as refused:
        _attach(client, repository, image, b"two")
    assert refused.value.code == "registry.blob-missing"


@pytest.mark.parametrize("filters", [True, False])
def test_lists_over_pages_and_filters_itself(connect: Connect, filters: bool) -> None:
    with memory_registry(Settings(page=2, filters=filters)) as registry:
        client, repository = connect(registry.host), Repository(registry.host, "shop/web")
        image = push_image(client, repository, "1.0").descriptor
        made = sorted(_attach(client, repository, image, b"%d" % number).digest for number in range(5))
        attach(client, repository, image, b"other", artifact_type="text/plain", kind="note")
        assert [e.digest for e in referrers(client, repository, image.digest, artifact_type=KIND)] == made
        assert len(referrers(client, repository, image.digest)) == 6


@pytest.mark.parametrize("status", [403, 404])
def test_a_list_that_ends_half_way_is_an_error(connect: Connect, status: int) -> None:
    with memory_registry(Settings(page=1)) as registry:
        client, repository = connect(registry.host), Repository(registry.host, "shop/web")
        image = push_image(client, repository, "1.0").descriptor
        for text in (b"one", b"two"):
            _attach(client, repository, image, text)
        registry.fail(Fault("GET", "start=1", status=status))
        with pytest.raises(Error, match=str(status)):
            referrers(client, repository, image.digest)


def test_a_list_that_is_none_is_malformed(memory: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(memory.host), Repository(memory.host, "shop/web")
    memory.fail(Fault("GET", "referrers", status=200, body=b"<html>"))
    with pytest.raises(Error) as wrong:
        referrers(client, repository, absent())
    assert wrong.value.code == "registry.malformed"


@pytest.mark.parametrize("kind", ["", "A", "a-b", "a/b", "x" * 21])
def test_a_kind_is_a_short_word(memory: MemoryRegistry, connect: Connect, kind: str) -> None:
    client, repository = connect(memory.host), Repository(memory.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    with pytest.raises(InputError) as wrong:
        attach(client, repository, image, b"one", artifact_type=KIND, kind=kind)
    assert wrong.value.code == "registry.kind"
    assert tags(client, repository) == ("1.0",)


def test_a_manifest_without_a_subject_is_no_evidence(memory: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(memory.host), Repository(memory.host, "shop/web")
    with pytest.raises(Error) as wrong:
        put_referrer(client, repository, push_image(client, repository), kind="gate")
    assert wrong.value.code == "registry.malformed"


def test_an_index_is_read_where_tags_are_not_listed(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    made = _attach(client, repository, image, b"one")
    old.fail(Fault("GET", "/tags/list", status=404))
    assert [entry.digest for entry in referrers(client, repository, image.digest)] == [made.digest]


def test_a_tag_of_something_else_is_not_believed(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    kept = old.state.kept("shop/web")
    kept.manifests[absent()] = ("application/vnd.docker.distribution.manifest.v1+prettyjws", b"{}")
    kept.tags[f"{fallback_tag(image.digest)}.old"] = absent()
    old.fail(Fault("GET", "old$", headers={"Docker-Content-Digest": ""}))
    assert referrers(client, repository, image.digest) == ()


def test_an_index_that_others_keep_replacing_is_given_up(old: MemoryRegistry, connect: Connect) -> None:
    client, repository = connect(old.host), Repository(old.host, "shop/web")
    image = push_image(client, repository, "1.0").descriptor
    shared = f"manifests/{fallback_tag(image.digest)}$"
    empty = encode({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []})
    theirs = Fault("GET", shared, status=200, body=empty, headers={"Content-Type": OCI_INDEX}, times=-1)
    old.fail(theirs)
    made = _attach(client, repository, image, b"one")
    assert (
        len([1 for method, path in old.asked() if method == "PUT" and path.endswith(fallback_tag(image.digest))]) == 5
    )
    assert [entry.digest for entry in referrers(client, repository, image.digest)] == [made.digest]
