"""The registry in memory refuses what the specification refuses."""

import http.client
import json
from collections.abc import Iterator

import pytest

from vivido.testing.registry_memory import MemoryRegistry
from vivido.testing.registry_state import digest_of

OCI = "application/vnd.oci.image.manifest.v1+json"
NAME = "/v2/shop/web"


def _ask(memory: MemoryRegistry, method: str, path: str, body: bytes | Iterator[bytes] = b"") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(memory.host)
    try:
        connection.request(method, path, body, {"Content-Type": OCI})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v2/", b"", 200, ""),
        ("GET", "/elsewhere", b"", 404, "NAME_INVALID"),
        ("PUT", f"{NAME}/tags/list", b"", 405, "UNSUPPORTED"),
        ("GET", f"{NAME}/blobs/uploads/u1", b"", 405, "UNSUPPORTED"),
        ("PUT", f"{NAME}/manifests/1.0", b" " * (4 * 1024 * 1024 + 1), 413, "SIZE_INVALID"),
        ("PUT", f"{NAME}/manifests/{digest_of(b'')}", b"{}", 400, "DIGEST_INVALID"),
        ("PUT", f"{NAME}/manifests/-", b"{}", 400, "TAG_INVALID"),
        ("PUT", f"{NAME}/manifests/1.0", b"[]", 400, "MANIFEST_INVALID"),
        ("PUT", f"{NAME}/manifests/1.0", b'{"layers":[{"digest":"sha256:x"}]}', 400, "MANIFEST_BLOB_UNKNOWN"),
        ("DELETE", f"{NAME}/manifests/{digest_of(b'')}", b"", 404, "MANIFEST_UNKNOWN"),
        ("DELETE", f"{NAME}/blobs/{digest_of(b'')}", b"", 404, "BLOB_UNKNOWN"),
        ("PATCH", f"{NAME}/blobs/uploads/u9", b"x", 404, "BLOB_UPLOAD_UNKNOWN"),
        ("PUT", f"{NAME}/blobs/uploads/u9?digest=x", b"x", 404, "BLOB_UPLOAD_UNKNOWN"),
        ("DELETE", f"{NAME}/blobs/uploads/u9", b"", 404, "BLOB_UPLOAD_UNKNOWN"),
        ("POST", f"{NAME}/blobs/uploads/?digest={digest_of(b'')}", b"x", 400, "DIGEST_INVALID"),
    ],
)
def test_refuses(memory: MemoryRegistry, method: str, path: str, body: bytes, status: int, code: str) -> None:
    found, _, said = _ask(memory, method, path, body)
    assert found == status
    assert not code or json.loads(said)["errors"][0]["code"] == code


def test_takes_a_blob_in_each_way(memory: MemoryRegistry) -> None:
    digest = digest_of(b"abc")
    assert _ask(memory, "POST", f"{NAME}/blobs/uploads/?digest={digest}", b"abc")[0] == 201
    assert _ask(memory, "DELETE", f"{NAME}/blobs/{digest}")[0] == 202
    session = _ask(memory, "POST", f"{NAME}/blobs/uploads/")[1]
    assert _ask(memory, "PATCH", session, b"ab")[0] == 202
    assert _ask(memory, "PUT", f"{session}&digest={digest}", b"c")[0] == 201
    assert _ask(memory, "GET", f"{NAME}/blobs/{digest}") == (200, "", b"abc")
    session = _ask(memory, "POST", f"{NAME}/blobs/uploads/")[1]
    assert _ask(memory, "PATCH", session, iter([b"a", b"bc"]))[0] == 202
    assert _ask(memory, "PUT", f"{session}&digest={digest}")[0] == 201
    session = _ask(memory, "POST", f"{NAME}/blobs/uploads/")[1]
    assert _ask(memory, "DELETE", session)[0] == 204
    assert _ask(memory, "PUT", f"{session}&digest={digest}", b"abc")[0] == 404


def test_deleting_a_digest_takes_its_tags_along(memory: MemoryRegistry) -> None:
    for tag in ("1.0", "2.0"):
        assert _ask(memory, "PUT", f"{NAME}/manifests/{tag}", b"{}")[0] == 201
    assert _ask(memory, "DELETE", f"{NAME}/manifests/{digest_of(b'{}')}")[0] == 202
    assert json.loads(_ask(memory, "GET", f"{NAME}/tags/list")[2])["tags"] == []
