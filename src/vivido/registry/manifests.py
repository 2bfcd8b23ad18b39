"""Read and write manifests as the bytes they are."""

import msgspec

from vivido.crashpoint import crashpoint
from vivido.errors import IntegrityError
from vivido.model.reference import Digest, Repository
from vivido.registry.client import Client
from vivido.registry.descriptor import ACCEPT, Manifest, decode, digest_of, malformed
from vivido.registry.exchange import Answer, Ask, body_of

_UNTYPED = frozenset({"", "application/json", "application/octet-stream", "text/plain"})
"""Content types of registries that did not keep the manifest's own."""


class _Typed(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str = ""


def manifest(client: Client, repository: Repository, tag_or_digest: str, *, push: bool = False) -> Manifest:
    """Read a manifest or index; bytes that were read by digest before are not asked for again.

    Args:
        client: How to reach the registry.
        repository: Where it is.
        tag_or_digest: Which one.
        push: A push to the same repository follows: ask for a token that covers it.

    Raises:
        NotFoundError: `registry.not-found`.
        IntegrityError: `registry.digest`: the bytes are not what the digest, or the registry's header, says.
        RefusedError: `registry.too-large`: more than 4 MiB.
        Error: Otherwise as `Client.ask`.
    """
    known = client.known.get(repository, tag_or_digest)
    if known is not None:
        return known
    what = f"read the manifest {tag_or_digest}"
    ask = Ask("GET", repository, f"manifests/{tag_or_digest}", what, accept=ACCEPT, push=push)
    answer = client.ask(ask)
    if answer.status != 200:
        raise client.failure(ask, answer)
    wanted = tag_or_digest if tag_or_digest.startswith("sha256:") else None
    found = Manifest(answer.body, media_type(answer, ask), digest_of(answer.body))
    check_digest(ask, found.digest, wanted, answer.headers.get("docker-content-digest"))
    client.known.keep(repository, found)
    return found


def put_manifest(client: Client, repository: Repository, manifest: Manifest, tag_or_digest: str) -> Digest | None:
    """Write a manifest's bytes, under a tag or its digest. Writing the same again changes nothing.

    Returns:
        The subject that the registry has put it on its list of referrers for (`OCI-Subject`); None where it keeps no such list.

    Raises:
        IntegrityError: `registry.digest`: the registry says it stored something else.
        RefusedError: `registry.refused`: it takes no such manifest, or blobs are missing.
        Error: Otherwise as `Client.ask`.
    """
    what = f"take the manifest {tag_or_digest}"
    body = body_of(manifest.raw, manifest.media_type)
    ask = Ask("PUT", repository, f"manifests/{tag_or_digest}", what, body=body)
    crashpoint("registry.manifest.before")
    answer = client.ask(ask)
    if answer.status not in (200, 201, 202):
        raise client.failure(ask, answer)
    crashpoint("registry.manifest.after")
    check_digest(ask, manifest.digest, None, answer.headers.get("docker-content-digest"))
    client.known.keep(repository, manifest)
    subject = answer.headers.get("oci-subject", "").strip()
    return Digest(subject) if subject else None


def check_digest(ask: Ask, found: Digest, wanted: str | None, said: str | None) -> None:
    """Compare the digest of bytes with the one that was asked for and the one in the registry's header.

    Raises:
        IntegrityError: `registry.digest`.
    """
    if said is not None and not said.startswith("sha256:"):
        said = None
    for other, who in ((wanted, "was asked for"), (said, "is what the registry says")):
        if other is not None and other != found:
            raise IntegrityError(
                f"{ask.repository}: the bytes have the digest {found}, {other} {who}",
                code="registry.digest",
                hint="Do not use this registry, or what stands before it, until this is understood.",
            )


def media_type(answer: Answer, ask: Ask) -> str:
    """Return what a manifest is: by its header, or by its own word where the registry did not keep the header."""
    by_header = answer.headers.get("content-type", "").partition(";")[0].strip()
    if by_header not in _UNTYPED:
        return by_header
    by_content = decode(answer.body, _Typed, f"the manifest of {ask.repository}").media_type
    if not by_content:
        raise malformed(f"the manifest of {ask.repository}", "neither its header nor its content says what it is")
    return by_content
