"""What is attached to an image: signatures, gate records, bills of material (distribution-spec 1.1, "Listing Referrers").

Without the referrers API (distribution, GHCR, GitLab) two tags stand in for it: the specification's shared
index `sha256-<hex>`, which loses entries when two write at once, and one tag of its own per attached manifest,
`sha256-<hex>.<kind>-<12 hex>`, which loses none and keeps the manifest from garbage collection.
"""

from urllib.parse import quote

from vivido.errors import NotFoundError
from vivido.model.reference import Digest, Repository
from vivido.registry.client import Client
from vivido.registry.descriptor import IMAGES, OCI_INDEX, Content, Descriptor, Manifest, decode
from vivido.registry.exchange import Ask
from vivido.registry.manifests import manifest
from vivido.registry.tags import pages, tags


def referrers(
    client: Client, repository: Repository, digest: Digest, *, artifact_type: str = ""
) -> tuple[Descriptor, ...]:
    """Return what refers to a manifest, sorted by digest; what the registry says of each is not yet verified by its bytes.

    Args:
        client: How to reach the registry.
        repository: Where the subject is.
        digest: The subject; it need not exist.
        artifact_type: Only this kind; empty for all.

    Raises:
        Error: As `Client.ask`; `registry.malformed`.
    """
    found = _by_api(client, repository, digest, artifact_type)
    if found is None:
        found = _by_tags(client, repository, digest)
    unique = {entry.digest: entry for entry in found if artifact_type in ("", entry.artifact_type)}
    return tuple(unique[key] for key in sorted(unique))


def fallback_tag(digest: Digest) -> str:
    """Return the tag of the shared index of a subject's referrers."""
    return digest.replace(":", "-")


def fallback_index(client: Client, repository: Repository, digest: Digest) -> Manifest | None:
    """Return the shared index of a subject's referrers; None without one.

    GitLab takes `sha256-<hex>` for the digest itself and answers with the image: that is no index of referrers.

    Raises:
        Error: As `Client.ask`; only 404 counts as none.
    """
    try:
        found = manifest(client, repository, fallback_tag(digest))
    except NotFoundError:
        return None
    return found if found.media_type == OCI_INDEX and found.digest != digest else None


def describe(found: Manifest, content: Content) -> Descriptor:
    """Return the entry for a referrer in a list, with its kind and annotations."""
    return Descriptor(
        found.media_type,
        found.digest,
        len(found.raw),
        artifact_type=content.kind or None,
        annotations=content.annotations,
    )


def _by_api(client: Client, repository: Repository, digest: Digest, kind: str) -> list[Descriptor] | None:
    """Ask the referrers API; None where there is none (404)."""
    query = f"?artifactType={quote(kind, safe='')}" if kind else ""
    ask = Ask("GET", repository, f"referrers/{digest}{query}", f"list what refers to {digest}", accept=OCI_INDEX)
    listed: list[Descriptor] = []
    for number, answer in enumerate(pages(client, ask)):
        if answer.status in (404, 405, 501) and number == 0:
            return None
        if answer.status != 200:
            raise client.failure(ask, answer)
        listed.extend(decode(answer.body, Content, f"what refers to {digest}").manifests or ())
    return listed


def _by_tags(client: Client, repository: Repository, digest: Digest) -> list[Descriptor]:
    """Read the shared index and the tags, and believe only manifests that name the subject themselves."""
    index = fallback_index(client, repository, digest)
    names: list[str] = [entry.digest for entry in index.content().manifests or ()] if index else []
    names += [name for name in _all_tags(client, repository) if name.startswith(f"{fallback_tag(digest)}.")]
    return [entry for name in names if (entry := _verified(client, repository, name, digest)) is not None]


def _all_tags(client: Client, repository: Repository) -> tuple[str, ...]:
    try:
        return tags(client, repository)
    except NotFoundError:
        return ()


def _verified(client: Client, repository: Repository, name: str, subject: Digest) -> Descriptor | None:
    try:
        found = manifest(client, repository, name)
    except NotFoundError:
        return None
    if found.media_type not in IMAGES | {OCI_INDEX}:
        return None
    content = found.content()
    if content.subject is None or content.subject.digest != subject:
        return None
    return describe(found, content)
