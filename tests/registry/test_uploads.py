"""Blobs that get lost on their way, and are sent again."""

import pytest

from vivido.errors import Error, ForbiddenError, UnreachableError
from vivido.model.reference import Repository
from vivido.registry.blobs import put_blob, read_blob, send_blob
from vivido.registry.client import Client
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_memory import MemoryRegistry


def _methods(memory: MemoryRegistry, since: int = 0) -> list[str]:
    return [method for method, _ in memory.asked()[since:]]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PUT", "/uploads/", drop=True),
        Fault("PUT", "/uploads/", drop=True, after=True),
        Fault("PUT", "/uploads/", status=502, after=True),
        Fault("PUT", "/uploads/", status=404),
        Fault("PUT", "/uploads/", status=400, body=b'{"errors":[{"code":"DIGEST_INVALID"}]}'),
        Fault("POST", "/uploads/", status=503),
    ],
)
def test_a_lost_upload_begins_anew(
    memory: MemoryRegistry, client: Client, repository: Repository, fault: Fault
) -> None:
    memory.fail(fault)
    blob = put_blob(client, repository, b"the bytes", "text/plain")
    assert memory.state.kept(repository.path).blobs == {blob.digest: b"the bytes"}


def test_uploads_that_always_get_lost_end(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    memory.fail(Fault("PUT", "/uploads/", status=404, times=-1))
    with pytest.raises(UnreachableError) as lost:
        put_blob(client, repository, b"the bytes", "text/plain")
    assert lost.value.code == "registry.upload"
    assert _methods(memory).count("PUT") == 3


def test_an_upload_to_nowhere_is_malformed(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    memory.fail(Fault("POST", headers={"Location": ""}))
    with pytest.raises(Error) as nowhere:
        put_blob(client, repository, b"the bytes", "text/plain")
    assert nowhere.value.code == "registry.malformed"


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_an_upload_that_is_forbidden_is_said(
    memory: MemoryRegistry, client: Client, repository: Repository, verb: str
) -> None:
    memory.fail(Fault(verb, "/uploads/", status=403))
    with pytest.raises(ForbiddenError):
        put_blob(client, repository, b"the bytes", "text/plain")


def test_sharing_that_is_refused_becomes_sending(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    source = Repository(memory.host, "other/web")
    blob = put_blob(client, source, b"the bytes", "text/plain")
    for status in (400, 403, 202):
        memory.fail(Fault("POST", "mount=", status=status))
        assert send_blob(client, repository, blob, lambda: (b"the bytes",), mount_from=source) is False
    assert send_blob(client, repository, blob, tuple, mount_from=source) is True


def test_an_unready_blob_is_asked_again(memory: MemoryRegistry, client: Client, repository: Repository) -> None:
    blob = put_blob(client, repository, b"x", "text/plain")
    memory.fail(Fault("GET", "/blobs/", status=503, times=2))
    assert read_blob(client, repository, blob) == b"x"
    memory.fail(Fault("GET", "/blobs/", status=503, times=3))
    with pytest.raises(UnreachableError):
        read_blob(client, repository, blob)
    memory.fail(Fault("GET", "/blobs/", cut=True))
    assert read_blob(client, repository, blob) == b"x"


def test_an_upload_to_a_dead_registry_ends_after_its_retries(
    memory: MemoryRegistry, client: Client, repository: Repository
) -> None:
    memory.fail(Fault("POST", drop=True, times=-1))
    with pytest.raises(UnreachableError):
        put_blob(client, repository, b"x", "text/plain")
    assert _methods(memory) == ["HEAD", "POST", "POST", "POST"]
