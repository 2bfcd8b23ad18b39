"""Tags: set one, list all, take one away."""

from collections.abc import Iterator

import msgspec

from vivido.crashpoint import crashpoint
from vivido.errors import ConflictError, ForbiddenError, InputError, RefusedError
from vivido.model.reference import Reference, Repository, valid_tag
from vivido.registry.client import Client
from vivido.registry.descriptor import Descriptor, Manifest, decode, malformed
from vivido.registry.exchange import Answer, Ask
from vivido.registry.headers import next_link
from vivido.registry.manifests import manifest, put_manifest
from vivido.registry.resolve import resolve
from vivido.registry.transport import join

_PAGE = 1000
_PAGES = 10_000
"""Pages after which a list is taken for endless."""


class _TagList(msgspec.Struct, frozen=True):
    tags: tuple[str, ...] | None = None


def tag(client: Client, repository: Repository, digest_or_tag: str, new_tag: str) -> Descriptor:
    """Let `new_tag` stand for a manifest of the same repository, byte for byte; two requests besides a token's.

    A manifest that this client read before is not read again: then the tag is looked at first, and left alone where it is right
    already. Otherwise the manifest is read and written. Where a registry refuses to write an existing tag again
    (immutable tags) and the tag is right already, that is success.

    Returns:
        What the tag stands for now.

    Raises:
        InputError: `reference.tag`: `new_tag` is none.
        NotFoundError: `registry.not-found`: there is no such manifest.
        RefusedError: The registry does not take the tag, for example because it is immutable and stands for something else.
        Error: Otherwise as `Client.ask`.
    """
    _check(new_tag)
    known = client.known.get(repository, digest_or_tag)
    if known is not None and _stands(client, repository, new_tag, known):
        return known.descriptor
    source = known or manifest(client, repository, digest_or_tag, push=True)
    try:
        put_manifest(client, repository, source, new_tag)
    except (RefusedError, ConflictError, ForbiddenError):
        if not _stands(client, repository, new_tag, source):
            raise
    return source.descriptor


def _stands(client: Client, repository: Repository, name: str, wanted: Manifest) -> bool:
    there = resolve(client, Reference(repository, name), push=True)
    return there is not None and there.digest == wanted.digest


def tags(client: Client, repository: Repository) -> tuple[str, ...]:
    """Return all tags of a repository, in the registry's order.

    Raises:
        NotFoundError: `registry.not-found`: there is no such repository.
        Error: Otherwise as `Client.ask`.
    """
    ask = Ask("GET", repository, f"tags/list?n={_PAGE}", "list the tags")
    found: dict[str, None] = {}
    for answer in pages(client, ask):
        if answer.status != 200:
            raise client.failure(ask, answer)
        read = decode(answer.body, _TagList, f"the list of tags of {repository}")
        found.update(dict.fromkeys(name for name in read.tags or () if valid_tag(name)))
    return tuple(found)


def pages(client: Client, ask: Ask) -> Iterator[Answer]:
    """Give the answer to a question and the pages that its `Link` headers name, until one is no success.

    Raises:
        Error: `registry.malformed`: the pages go in a circle, or have no end.
    """
    seen: set[str] = set()
    address = client.address(ask)
    while address not in seen and len(seen) < _PAGES:
        seen.add(address)
        answer = client.ask(Ask(ask.method, ask.repository, address, ask.what, accept=ask.accept))
        yield answer
        link = next_link(answer.headers.get("link", "")) if answer.status == 200 else None
        if link is None:
            return
        address = join(address, link)
    raise malformed(f"a list of {ask.repository}", "its pages have no end")


def delete_tag(client: Client, repository: Repository, name: str) -> bool:
    """Take a tag away, where the registry can do that alone.

    The manifest is never deleted instead: that would take all its other tags along.

    Returns:
        True: the tag is gone, or was not there. False: this registry deletes no single tags.

    Raises:
        Error: As `Client.ask`.
    """
    _check(name)
    ask = Ask("DELETE", repository, f"manifests/{name}", f"delete the tag {name}")
    crashpoint("registry.untag.before")
    answer = client.ask(ask)
    crashpoint("registry.untag.after")
    if answer.status in (200, 202, 204, 404):
        return True
    if answer.status in (400, 405):
        return False
    raise client.failure(ask, answer)


def _check(name: str) -> None:
    if not valid_tag(name):
        raise InputError(
            f"“{name[:150]}” is no tag",
            code="reference.tag",
            hint="A tag is 1 to 128 letters, digits, _ . or -, and starts with neither . nor -.",
        )
