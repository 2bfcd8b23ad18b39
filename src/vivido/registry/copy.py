"""Bring an image to another repository, byte for byte: by sharing blobs, or from registry to registry in bounded memory."""

from concurrent.futures import ThreadPoolExecutor

from vivido.errors import IntegrityError, NotFoundError
from vivido.model.reference import Reference, Repository
from vivido.registry.attach import put_referrer
from vivido.registry.blobs import blob_chunks, has_blob, send_blob
from vivido.registry.client import Client
from vivido.registry.descriptor import Descriptor, Manifest, malformed
from vivido.registry.manifests import manifest, put_manifest
from vivido.registry.referrers import referrers
from vivido.registry.resolve import resolve

_DEPTH = 4
"""Indexes in indexes that are followed."""


def copy(client: Client, source: Reference, target: Reference, *, evidence: bool = False) -> Descriptor:
    """Copy a manifest with all it needs: blobs, and for an index each platform. The digest stays.

    What is there already is not sent again, so that a copy that was interrupted goes on. In one registry blobs are shared,
    not sent. Between registries at most `Options.parallel` MiB are held. The tag is written last.

    Args:
        client: How to reach both registries.
        source: The image, by digest or tag.
        target: Where to, and under which tag; without one it is stored by its digest alone.
        evidence: Copy also what is attached to the image, and what is attached to that.

    Returns:
        What was copied.

    Raises:
        NotFoundError: `registry.not-found`: the source, or a part of it, is not there.
        IntegrityError: `registry.digest`: bytes are not what their digest says, or `target` names another digest.
        Error: Otherwise as `Client.ask`.
    """
    root = manifest(client, source.repository, source.digest or source.tag or "latest")
    if target.digest not in (None, root.digest):
        raise IntegrityError(f"{source} is {root.digest}, not {target.digest}", code="registry.digest")
    copier = _Copier(client, source.repository, target.repository)
    if not copier.has(root, target.tag):
        copier.tree(root, target.tag, _DEPTH)
    if evidence:
        copier.evidence(root, _DEPTH)
    return root.descriptor


class _Copier:
    """One copy from a repository to another."""

    def __init__(self, client: Client, source: Repository, target: Repository) -> None:
        self._client = client
        self._source = source
        self._target = target

    def has(self, wanted: Manifest, tag: str = "") -> bool:
        """Say whether the target has a manifest, under a tag where one is given."""
        reference = Reference(self._target, tag, None if tag else wanted.digest)
        there = resolve(self._client, reference, push=True)
        return there is not None and there.digest == wanted.digest

    def tree(self, found: Manifest, tag: str, depth: int) -> None:
        """Copy a manifest after what it needs: registries refuse it before. Without a tag, by its digest."""
        content = found.content()
        if depth == 0:
            raise malformed(f"the index {found.digest}", f"indexes stand in each other more than {_DEPTH} times")
        if self._source != self._target:
            for entry in content.manifests or ():
                child = manifest(self._client, self._source, entry.digest)
                if not self.has(child):
                    self.tree(child, "", depth - 1)
            self._blobs(content.blobs)
        put_manifest(self._client, self._target, found, tag or found.digest)

    def evidence(self, subject: Manifest, depth: int) -> None:
        """Copy what refers to a manifest, and what refers to that: a signature over a record."""
        if depth == 0 or self._source == self._target:
            return
        for entry in referrers(self._client, self._source, subject.digest):
            try:
                found = manifest(self._client, self._source, entry.digest)
            except NotFoundError:
                continue
            self._blobs(found.content().blobs)
            put_referrer(self._client, self._target, found, kind="ref")
            self.evidence(found, depth - 1)

    def _blobs(self, blobs: tuple[Descriptor, ...]) -> None:
        wanted = {blob.digest: blob for blob in blobs if not blob.urls}
        with ThreadPoolExecutor(self._client.options.parallel) as pool:
            # The first failure is raised here, and what has not started yet is not started.
            for _ in pool.map(self._blob, wanted.values()):
                pass

    def _blob(self, blob: Descriptor) -> None:
        shared = self._source.registry == self._target.registry
        if not shared and has_blob(self._client, self._target, blob.digest):
            return
        send_blob(
            self._client,
            self._target,
            blob,
            lambda: blob_chunks(self._client, self._source, blob),
            mount_from=self._source if shared else None,
        )
