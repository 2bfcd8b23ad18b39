"""What the client does when registries lie, stall, fail or make no sense."""

from dataclasses import replace

import pytest

from registry.places import Clock, Connect
from vivido.errors import Error, ForbiddenError, IntegrityError, NotFoundError, RefusedError, UnreachableError
from vivido.model.reference import Reference, Repository
from vivido.registry.blobs import blob_chunks, has_blob, put_blob, read_blob
from vivido.registry.cache import ENTRIES, LARGEST
from vivido.registry.client import Client
from vivido.registry.descriptor import Descriptor, digest_of, manifest_of
from vivido.registry.manifests import manifest, put_manifest
from vivido.registry.resolve import resolve
from vivido.registry.tags import delete_tag, tag, tags
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_image import absent, push_image
from vivido.testing.registry_memory import MemoryRegistry, memory_registry
from vivido.testing.registry_state import Settings


def _methods(memory: MemoryRegistry, since: int = 0) -> list[str]:
    return [method for method, _ in memory.asked()[since:]]


# Trying again


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_tries_again_and_waits_longer_each_time(
    memory: MemoryRegistry, client: Client, repository: Repository, clock: Clock, status: int
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("HEAD", status=status, times=2))
    assert resolve(client, Reference(repository, "1.0")) == image.descriptor
    assert clock.slept == [0.25, 0.5]


def test_waits_as_long_as_the_registry_asks(
    memory: MemoryRegistry, client: Client, repository: Repository, clock: Clock
) -> None:
    push_image(client, repository, "1.0")
    memory.fail(Fault("GET", status=429, headers={"Retry-After": "7"}))
    memory.fail(Fault("GET", status=503, headers={"Retry-After": "Tue, 14 Nov 2023 22:13:30 GMT"}))
    assert tags(client, repository) == ("1.0",)
    assert clock.slept == [7.0, 3.0]


def test_does_not_wait_longer_than_its_budget(
    memory: MemoryRegistry, client: Client, repository: Repository, clock: Clock
) -> None:
    memory.fail(Fault(status=429, headers={"Retry-After": "600"}, times=-1))
    with pytest.raises(UnreachableError) as limited:
        resolve(client, Reference(repository, "1.0"))
    assert (limited.value.code, limited.value.retry_after) == ("registry.rate-limited", 600.0)
    assert clock.slept == []
    assert len(memory.requests) == 1


def test_gives_up_after_its_retries(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    memory.fail(Fault(status=503, times=-1))
    with pytest.raises(UnreachableError) as gone:
        tags(client, repository)
    assert gone.value.code == "registry.unreachable"
    assert gone.value.retry_after is not None
    memory.faults.clear()
    with pytest.raises(NotFoundError):
        tags(client, repository)
    assert _methods(memory) == ["GET", "GET", "GET", "GET"]


def test_a_broken_connection_is_tried_again(
    memory: MemoryRegistry, client: Client, reader: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    for fault in (Fault("GET", drop=True), Fault("GET", cut=True)):
        memory.fail(fault)
    assert manifest(reader, repository, "1.0").raw == image.raw


def test_a_registry_that_stalls_is_unreachable(
    memory: MemoryRegistry, connect: Connect, repository: Repository
) -> None:
    memory.fail(Fault(stall=True, times=-1))
    with pytest.raises(UnreachableError, match="did not answer") as stalled:
        resolve(connect(memory.host, read_timeout=0.05, retries=1), Reference(repository, "1.0"))
    assert stalled.value.code == "registry.unreachable"
    assert len(memory.requests) == 2


def test_nobody_there_is_unreachable(connect: Connect) -> None:
    with memory_registry() as gone:
        host = gone.host
    with pytest.raises(UnreachableError, match=host) as nobody:
        resolve(connect(host, retries=0), Reference(Repository(host, "shop/web"), "1.0"))
    assert nobody.value.hint


# Lies


def test_other_bytes_than_the_digest_are_refused(
    memory: MemoryRegistry, client: Client, reader: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("GET", "/manifests/", flip=True))
    with pytest.raises(IntegrityError) as lie:
        manifest(reader, repository, image.digest)
    assert lie.value.code == "registry.digest"
    assert manifest(reader, repository, image.digest).raw == image.raw, "a lie is not kept"


def test_other_bytes_than_the_header_are_refused(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    push_image(client, repository, "1.0")
    memory.fail(Fault("GET", "/manifests/", headers={"Docker-Content-Digest": absent()}))
    with pytest.raises(IntegrityError):
        manifest(client, repository, "1.0")


def test_another_manifest_under_a_digest_is_refused(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    image, other = push_image(client, repository, "1.0"), push_image(client, repository, "2.0", layers=(b"other",))
    memory.fail(Fault("HEAD", headers={"Docker-Content-Digest": other.digest}))
    with pytest.raises(IntegrityError):
        resolve(client, Reference(repository, "1.0", image.digest))


def test_a_push_that_stored_something_else_is_refused(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("PUT", "/manifests/", headers={"Docker-Content-Digest": absent()}))
    with pytest.raises(IntegrityError):
        put_manifest(client, repository, image, "2.0")


@pytest.mark.parametrize(
    "fault",
    [Fault(flip=True), Fault(body=b"short"), Fault(body=b"x" * 100), Fault(body=b"", headers={"Content-Length": "0"})],
)
def test_a_blob_with_other_bytes_is_refused(
    memory: MemoryRegistry, client: Client, repository: Repository, fault: Fault
) -> None:
    blob = put_blob(client, repository, b"the right bytes", "text/plain")
    memory.fail(replace(fault, method="GET", path="/blobs/"))
    with pytest.raises(IntegrityError) as lie:
        read_blob(client, repository, blob)
    assert lie.value.code == "registry.digest"


def test_no_piece_of_a_wrong_blob_is_its_last(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    data = bytes(3 * 1024 * 1024)
    blob = put_blob(client, repository, data, "text/plain")
    memory.fail(Fault("GET", "/blobs/", flip=True))
    got = bytearray()
    with pytest.raises(IntegrityError):
        for chunk in blob_chunks(client, repository, blob):
            got += chunk
    assert len(got) < len(data)


# What is refused


def test_statuses_become_errors_that_say_what_to_do(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    said = b'{"errors":[{"code":"DENIED","message":"not yours\\u001b[31m"}]}'
    for status, kind, code in (
        (403, ForbiddenError, "registry.forbidden"),
        (404, NotFoundError, "registry.not-found"),
        (405, RefusedError, "registry.unsupported"),
        (418, RefusedError, "registry.refused"),
        (300, Error, "registry.malformed"),
    ):
        memory.fail(Fault(status=status, body=said))
        with pytest.raises(kind) as failed:
            tags(client, repository)
        assert failed.value.code == code
        assert f"({status}: DENIED not yours)" in failed.value.message
        assert failed.value.message.startswith(memory.host)


def test_403_for_what_is_not_there_is_asked_again(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    memory.fail(Fault("HEAD", status=403))
    assert resolve(client, Reference(repository, "1.0")) is None
    memory.fail(Fault("HEAD", status=403))
    assert not has_blob(client, repository, absent())
    memory.fail(Fault(status=403, times=2))
    with pytest.raises(ForbiddenError):
        resolve(client, Reference(repository, "1.0"))


@pytest.mark.parametrize("missing", ["Docker-Content-Digest", "Content-Type"])
def test_a_poor_answer_to_head_is_asked_again(
    memory: MemoryRegistry, client: Client, repository: Repository, missing: str
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("HEAD", headers={missing: ""}))
    assert resolve(client, Reference(repository, "1.0")) == image.descriptor
    assert _methods(memory)[-2:] == ["HEAD", "GET"]


def test_a_digest_that_is_none_is_malformed(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    push_image(client, repository, "1.0")
    memory.fail(Fault("HEAD", headers={"Docker-Content-Digest": "sha256:short"}))
    with pytest.raises(Error) as wrong:
        resolve(client, Reference(repository, "1.0"))
    assert wrong.value.code == "registry.malformed"


def test_a_manifest_without_its_type_is_read_by_its_content(
    memory: MemoryRegistry, client: Client, reader: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("GET", headers={"Content-Type": "application/json; charset=utf-8"}))
    assert manifest(reader, repository, "1.0") == image


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"mediaType":7}', b"\xff", b"[" * 100_000])
def test_no_manifest_at_all_is_malformed(
    memory: MemoryRegistry, client: Client, repository: Repository, body: bytes
) -> None:
    push_image(client, repository, "1.0")
    memory.fail(Fault("GET", body=body, headers={"Content-Type": "", "Docker-Content-Digest": ""}))
    with pytest.raises(Error) as wrong:
        manifest(client, repository, "1.0")
    assert wrong.value.code == "registry.malformed"


@pytest.mark.parametrize("body", [b"", b"null", b'{"tags":{}}', b'{"tags":[1]}'])
def test_no_list_of_tags_is_malformed(
    memory: MemoryRegistry, client: Client, repository: Repository, body: bytes
) -> None:
    memory.fail(Fault(status=200, body=body))
    with pytest.raises(Error) as wrong:
        tags(client, repository)
    assert wrong.value.code == "registry.malformed"


def test_an_empty_list_of_tags_may_be_null(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    memory.fail(Fault(status=200, body=b'{"name":"x","tags":null}'))
    assert tags(client, repository) == ()


def test_more_than_4_mib_are_not_read(
    memory: MemoryRegistry, client: Client, reader: Client, repository: Repository
) -> None:
    push_image(client, repository, "1.0")
    memory.fail(Fault("GET", body=b" " * (4 * 1024 * 1024 + 1)))
    with pytest.raises(RefusedError) as large:
        manifest(reader, repository, "1.0")
    assert large.value.code == "registry.too-large"


def test_a_blob_that_says_to_be_large_is_not_read(client: Client, repository: Repository) -> None:
    blob = put_blob(client, repository, b"12345", "text/plain")
    with pytest.raises(Error) as large:
        read_blob(client, repository, blob, limit=4)
    assert large.value.code == "registry.malformed"
    with pytest.raises(NotFoundError):
        read_blob(client, repository, Descriptor("text/plain", absent(), 5))


def test_pages_in_a_circle_end(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    link = {"Link": f'</v2/{repository.path}/tags/list?n=1000&last=a>; rel="next"'}
    memory.fail(Fault(status=200, body=b'{"tags":["a"]}', headers=link, times=-1))
    with pytest.raises(Error) as endless:
        tags(client, repository)
    assert endless.value.code == "registry.malformed"
    assert len(memory.requests) == 2


# Tags


def test_an_immutable_tag_that_is_right_is_success(connect: Connect) -> None:
    with memory_registry(Settings(immutable=True)) as ecr:
        repository, first = Repository(ecr.host, "shop/web"), connect(ecr.host)
        image, other = push_image(first, repository, "1.0"), push_image(first, repository, "2.0", layers=(b"other",))
        tag(first, repository, image.digest, "production")
        assert tag(connect(ecr.host), repository, "1.0", "production").digest == image.digest
        assert tag(first, repository, image.digest, "production").digest == image.digest
        with pytest.raises(RefusedError, match="already exists"):
            tag(first, repository, other.digest, "production")


def test_deleting_a_tag_twice_is_deleting_it(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    push_image(client, repository, "1.0")
    assert delete_tag(client, repository, "1.0")
    assert delete_tag(client, repository, "1.0")
    memory.fail(Fault("DELETE", status=403))
    with pytest.raises(ForbiddenError):
        delete_tag(client, repository, "1.0")


def test_a_lost_answer_to_a_tag_is_no_second_tag(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault("PUT", "/manifests/", drop=True, after=True))
    tag(client, repository, "1.0", "2.0")
    assert memory.state.kept(repository.path).tags == {"1.0": image.digest, "2.0": image.digest}


def test_the_digest_of_an_empty_blob_is_right(client: Client, repository: Repository) -> None:
    assert put_blob(client, repository, b"", "text/plain").digest == digest_of(b"")


def test_a_digest_of_another_kind_in_a_header_says_nothing(
    memory: MemoryRegistry, reader: Client, client: Client, repository: Repository
) -> None:
    image = push_image(client, repository, "1.0")
    memory.fail(Fault(headers={"Docker-Content-Digest": "sha512:" + "0" * 128}, times=-1))
    assert resolve(reader, Reference(repository, "1.0")) == image.descriptor
    assert tag(reader, repository, "1.0", "2.0") == image.descriptor


def test_what_is_kept_has_an_end(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    first = push_image(client, repository, "1.0")
    for number in range(ENTRIES):
        client.known.keep(repository, manifest_of(b"%d" % number, "x/y"))
    assert client.known.get(repository, first.digest) is None
    large = manifest_of(b" " * (LARGEST + 1), "x/y")
    client.known.keep(repository, large)
    assert client.known.get(repository, large.digest) is None
    client.known.forget()
    assert client.known.get(repository, manifest_of(b"1", "x/y").digest) is None
