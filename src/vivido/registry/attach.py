"""Attach evidence to an image, so that every registry keeps and lists it."""

import re
from collections.abc import Mapping

import msgspec

from vivido.errors import InputError, RefusedError
from vivido.model.reference import Digest, Reference, Repository
from vivido.registry.blobs import put_blob, send_blob
from vivido.registry.client import Client
from vivido.registry.descriptor import (
    OCI_EMPTY,
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    Manifest,
    decode,
    digest_of,
    encode,
    malformed,
    manifest_of,
)
from vivido.registry.manifests import put_manifest
from vivido.registry.referrers import describe, fallback_index, fallback_tag
from vivido.registry.resolve import resolve

EMPTY = b"{}"
"""The configuration of a manifest that has none (image-spec 1.1, "Guidance for an Empty Descriptor")."""

_KIND = re.compile(r"[a-z0-9]{1,20}")
_WRITES = 5
"""Tries to get an entry into the shared index while others write it."""


def attach(
    client: Client,
    repository: Repository,
    subject: Descriptor,
    payload: bytes,
    *,
    artifact_type: str,
    kind: str,
    annotations: Mapping[str, str] | None = None,
) -> Descriptor:
    """Attach one piece of evidence. The same again gives the same manifest, and changes nothing.

    Args:
        client: How to reach the registry.
        repository: Where the subject is.
        subject: The image or index it is about.
        payload: The evidence.
        artifact_type: Its media type, of the manifest and of the payload: what `referrers` filters by.
        kind: Its kind in the tag, such as `att`: lower-case letters and digits.
        annotations: Of the manifest. A time here makes it another manifest.

    Returns:
        The entry as `referrers` lists it.

    Raises:
        InputError: `registry.kind`.
        Error: As `Client.ask`.
    """
    blob = Descriptor(artifact_type, digest_of(payload), len(payload))
    config = Descriptor(OCI_EMPTY, digest_of(EMPTY), len(EMPTY))
    content: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": artifact_type,
        "config": config,
        "layers": [blob],
        "subject": Descriptor(subject.media_type, subject.digest, subject.size),
    }
    if annotations:
        content["annotations"] = dict(annotations)
    put_blob(client, repository, EMPTY, OCI_EMPTY)
    put_blob(client, repository, payload, artifact_type)
    made = manifest_of(encode(content), OCI_MANIFEST)
    try:
        return put_referrer(client, repository, made, kind=kind)
    except RefusedError as e:
        if e.code != "registry.blob-missing":
            raise
        # Registries lose the empty blob when many send it for the first time at once: send both again.
        send_blob(client, repository, config, lambda: (EMPTY,))
        send_blob(client, repository, blob, lambda: (payload,))
        return put_referrer(client, repository, made, kind=kind)


def put_referrer(client: Client, repository: Repository, made: Manifest, *, kind: str) -> Descriptor:
    """Store a manifest with a subject, by its digest; where the registry keeps no list of referrers, under tags as well.

    Raises:
        InputError: `registry.kind`.
        Error: `registry.malformed`: it names no subject. Otherwise as `Client.ask`.
    """
    content = made.content()
    if content.subject is None:
        raise malformed(f"the manifest {made.digest}", "it names no subject")
    subject, name = content.subject.digest, own_tag(content.subject.digest, made.digest, kind)
    if not _listed_by_api(client, repository, made):
        if not _stands(client, repository, name, made.digest):
            put_manifest(client, repository, made, name)
        _enter(client, repository, subject, describe(made, content))
    return describe(made, content)


def own_tag(subject: Digest, digest: Digest, kind: str) -> str:
    """Return the tag that belongs to one referrer alone: `sha256-<hex>.<kind>-<12 hex>`.

    Raises:
        InputError: `registry.kind`.
    """
    if not _KIND.fullmatch(kind):
        raise InputError(
            f"“{kind}” is no kind of evidence", code="registry.kind", hint="Use lower-case letters and digits."
        )
    return f"{fallback_tag(subject)}.{kind}-{digest[7:19]}"


def _listed_by_api(client: Client, repository: Repository, made: Manifest) -> bool:
    """Store it by digest; say whether the registry has put it on the subject's list."""
    try:
        return put_manifest(client, repository, made, made.digest) is not None
    except RefusedError as e:
        # ECR refuses some manifests with a subject by digest, and takes them under a tag.
        if e.code != "registry.unsupported":
            raise
        return False


def _stands(client: Client, repository: Repository, name: str, digest: Digest) -> bool:
    there = resolve(client, Reference(repository, name), push=True)
    return there is not None and there.digest == digest


def _enter(client: Client, repository: Repository, subject: Digest, entry: Descriptor) -> None:
    """Put an entry into the shared index, and look whether it stayed: another writer may have replaced the index.

    The referrer's own tag is what counts. Where the tag of the index shows something else, it is left alone.
    """
    name = fallback_tag(subject)
    for _ in range(_WRITES):
        index = fallback_index(client, repository, subject)
        if index is None and _taken(client, repository, name):
            return
        entries = list(index.content().manifests or ()) if index else []
        if any(old.digest == entry.digest for old in entries):
            return
        put_manifest(client, repository, _with_entry(index, entry), name)


def _taken(client: Client, repository: Repository, name: str) -> bool:
    return resolve(client, Reference(repository, name), push=True) is not None


def _with_entry(index: Manifest | None, entry: Descriptor) -> Manifest:
    """Return the index with one entry more; what else stands in it stays as it is."""
    content: dict[str, object] = {"schemaVersion": 2, "mediaType": OCI_INDEX}
    manifests: list[object] = []
    if index is not None:
        content |= decode(index.raw, dict[str, object], f"the index {index.digest}")
        manifests = decode(index.raw, _Entries, f"the index {index.digest}").manifests
    content["manifests"] = [*manifests, entry]
    return manifest_of(encode(content), OCI_INDEX)


class _Entries(msgspec.Struct, frozen=True):
    manifests: list[object]
