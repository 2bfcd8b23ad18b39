"""What building asks of the registry, answered by Vivido's own client."""

from collections.abc import Mapping

from vivido.model.reference import Digest, Reference, Repository
from vivido.registry.client import Client
from vivido.registry.config import configs
from vivido.registry.resolve import resolve
from vivido.registry.tags import tag as set_tag


class Images:
    """A `Registry` on a `Client`; see `vivido.build.interface.Registry`. Errors are those of the client's verbs."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def resolve(self, reference: Reference) -> Digest | None:
        """Return the digest that a tag or digest names now, None where there is nothing."""
        found = resolve(self._client, reference, push=True)
        return None if found is None else found.digest

    def labels(self, repository: Repository, digest: Digest) -> Mapping[str, str]:
        """Return the labels that all images of a digest share. Its annotations win: no base image hands them on."""
        found = [{**c.labels, **c.annotations} for c in configs(self._client, repository, digest)]
        if not found:
            return {}
        return {k: v for k, v in found[0].items() if all(other.get(k) == v for other in found[1:])}

    def tag(self, repository: Repository, digest: Digest, tag: str) -> None:
        """Let a tag name a manifest that is there already."""
        set_tag(self._client, repository, digest, tag)
