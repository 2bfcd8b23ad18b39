"""What digest a tag stands for."""

from vivido.errors import InputError, NotFoundError
from vivido.model.reference import Reference, parse_digest
from vivido.registry.client import Client
from vivido.registry.descriptor import ACCEPT, Descriptor, malformed
from vivido.registry.exchange import Answer, Ask
from vivido.registry.manifests import check_digest, manifest, media_type

_LATEST = "latest"


def resolve(client: Client, reference: Reference, *, push: bool = False) -> Descriptor | None:
    """Return what a tag or a digest stands for; None where the registry has no such thing.

    One HEAD; a GET where the registry answers HEAD with less than the specification asks, or with 403, which some say for
    what is not there. A reference with tag and digest is taken by its digest; one with neither means `latest`.

    Args:
        client: How to reach the registry.
        reference: The image.
        push: A push to the same repository follows: ask for a token that covers it.

    Raises:
        IntegrityError: `registry.digest`: the registry has something else under the digest.
        Error: As `Client.ask`.
    """
    wanted = reference.digest or reference.tag or _LATEST
    what = f"say what {wanted} is"
    ask = Ask("HEAD", reference.repository, f"manifests/{wanted}", what, accept=ACCEPT, push=push)
    answer = client.ask(ask)
    if answer.status == 404:
        return None
    if answer.status == 401 or answer.status >= 500 or answer.status == 429:
        raise client.failure(ask, answer)
    found = _described(ask, answer) if answer.status == 200 else None
    if found is None:
        try:
            return manifest(client, reference.repository, wanted, push=push).descriptor
        except NotFoundError:
            return None
    check_digest(ask, found.digest, reference.digest, None)
    return found


def _described(ask: Ask, answer: Answer) -> Descriptor | None:
    """Return what the headers say; None where they say too little."""
    digest, length = answer.headers.get("docker-content-digest", ""), answer.headers.get("content-length", "")
    kind = answer.headers.get("content-type", "")
    if not digest.startswith("sha256:") or not length.isdecimal() or not kind.startswith("application/vnd."):
        return None
    try:
        return Descriptor(media_type(answer, ask), parse_digest(digest), int(length[:19]))
    except InputError as e:
        raise malformed(f"what {ask.repository.registry} says of {ask.path}", e.message) from e
