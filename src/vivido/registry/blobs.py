"""Blobs: configurations, layers, evidence. Read and sent in pieces, each checked against its digest."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from vivido.crashpoint import crashpoint
from vivido.errors import IntegrityError, UnreachableError
from vivido.model.reference import Digest, Repository
from vivido.registry.client import Client
from vivido.registry.descriptor import Descriptor, digest_of, malformed
from vivido.registry.exchange import Answer, Ask, Body
from vivido.registry.options import MANIFEST_LIMIT
from vivido.registry.patience import persist

_LOST = ("DIGEST_INVALID", "BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID")
"""What registries say when an upload got lost, or met another of the same blob: a new upload helps."""


def has_blob(client: Client, repository: Repository, digest: Digest) -> bool:
    """Say whether a repository has a blob. 403 counts as no: some registries say so for what is not there.

    Raises:
        Error: As `Client.ask`.
    """
    ask = Ask("HEAD", repository, f"blobs/{digest}", f"look for the blob {digest}", push=True)
    answer = client.ask(ask)
    if answer.status in (200, 403, 404):
        return answer.status == 200
    raise client.failure(ask, answer)


def read_blob(client: Client, repository: Repository, blob: Descriptor, *, limit: int = MANIFEST_LIMIT) -> bytes:
    """Return a small blob, such as a configuration or a piece of evidence.

    Raises:
        NotFoundError: `registry.not-found`.
        IntegrityError: `registry.digest`: the bytes are not what the descriptor says.
        Error: `registry.malformed`: the descriptor says more than `limit` bytes. Otherwise as `Client.ask`.
    """
    if blob.size > limit:
        raise malformed(f"the blob {blob.digest}", f"{blob.size} bytes are more than the {limit} that are read")
    return persist(client.patience(), lambda: b"".join(blob_chunks(client, repository, blob)))


def blob_chunks(client: Client, repository: Repository, blob: Descriptor) -> Iterator[bytes]:
    """Give a blob's bytes, at most 1 MiB at a time. The last piece comes only once all are found right.

    Nothing is tried again here: whoever takes the pieces has to begin anew.

    Raises:
        NotFoundError: `registry.not-found`.
        IntegrityError: `registry.digest`: the bytes are not what the descriptor says.
        UnreachableError: It broke off. Otherwise as `Client.ask`.
    """
    ask = Ask("GET", repository, f"blobs/{blob.digest}", f"read the blob {blob.digest}", once=True)
    with client.open(ask) as incoming:
        if incoming.status != 200:
            answer = Answer(incoming.status, incoming.headers, incoming.read(MANIFEST_LIMIT), incoming.url)
            raise client.failure(ask, answer)
        seen, size, held = hashlib.sha256(), 0, b""
        for chunk in incoming.chunks():
            if held:
                yield held
            seen.update(chunk)
            size += len(chunk)
            held = chunk
            if size > blob.size:
                break
        if size != blob.size or f"sha256:{seen.hexdigest()}" != blob.digest:
            raise IntegrityError(
                f"{repository}: the blob {blob.digest} has other bytes than its digest says",
                code="registry.digest",
                hint="Do not use this registry, or what stands before it, until this is understood.",
            )
        if held:
            yield held


def put_blob(client: Client, repository: Repository, data: bytes, media_type: str) -> Descriptor:
    """Store bytes as a blob, unless it is there already.

    Raises:
        Error: As `send_blob`.
    """
    blob = Descriptor(media_type, digest_of(data), len(data))
    if not has_blob(client, repository, blob.digest):
        send_blob(client, repository, blob, lambda: (data,))
    return blob


def send_blob(
    client: Client,
    repository: Repository,
    blob: Descriptor,
    chunks: Callable[[], Iterable[bytes]],
    *,
    mount_from: Repository | None = None,
) -> bool:
    """Store a blob from pieces; an upload that breaks off begins anew.

    Args:
        client: How to reach the registry.
        repository: Where to.
        blob: What it is; the registry checks the bytes against it.
        chunks: Gives the bytes from the start, each time it is called.
        mount_from: A repository of the same registry that has the blob: no byte is sent if the registry can share it.

    Returns:
        Whether it was shared instead of sent.

    Raises:
        UnreachableError: `registry.upload`: uploads get lost. Otherwise as `Client.ask`.
    """

    def attempt() -> bool:
        session = _mount(client, repository, blob, mount_from) if mount_from else _begin(client, repository, blob)
        return session is None or _finish(client, repository, blob, chunks, session)

    return persist(client.patience(), attempt)


def _mount(client: Client, repository: Repository, blob: Descriptor, source: Repository) -> str | None:
    """Share a blob; return None where that is done, the address of an upload where it has to be sent."""
    query = f"mount={quote(blob.digest)}&from={quote(source.path, safe='')}"
    what = f"share the blob {blob.digest}"
    crashpoint("registry.mount.before")
    answer = client.ask(Ask("POST", repository, f"blobs/uploads/?{query}", what, mount_from=source, once=True))
    crashpoint("registry.mount.after")
    if answer.status == 201:
        return None
    if answer.status == 202 and (location := answer.headers.get("location")):
        return location
    return _begin(client, repository, blob)


def _begin(client: Client, repository: Repository, blob: Descriptor) -> str:
    ask = Ask("POST", repository, "blobs/uploads/", f"take the blob {blob.digest}", once=True)
    answer = client.ask(ask)
    if answer.status != 202:
        raise client.failure(ask, answer)
    location = answer.headers.get("location")
    if not location:
        raise malformed(f"the upload to {repository}", "the registry does not say where to")
    return location


def _finish(
    client: Client, repository: Repository, blob: Descriptor, chunks: Callable[[], Iterable[bytes]], session: str
) -> bool:
    address = f"{session}{'&' if '?' in session else '?'}digest={quote(blob.digest)}"
    body = Body(blob.size, chunks)
    ask = Ask("PUT", repository, address, f"take the blob {blob.digest}", body=body, once=True)
    crashpoint("registry.blob.before")
    answer = client.ask(ask)
    crashpoint("registry.blob.after")
    if answer.status in (200, 201, 202, 204):
        return False
    failure = client.failure(ask, answer)
    if answer.status == 404 or any(answer.says(code) for code in _LOST):
        raise UnreachableError(failure.message, code="registry.upload", hint="Try again.", retry_after=1.0)
    raise failure
