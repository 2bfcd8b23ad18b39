"""Manifests that were read and checked already: by their digest they cannot change."""

from collections import OrderedDict
from threading import Lock

from vivido.model.reference import Repository
from vivido.registry.descriptor import Manifest

ENTRIES = 64
LARGEST = 256 * 1024
"""Bytes of a manifest that is worth keeping: thus 16 MiB at most in all."""


class ManifestCache:
    """The manifests last seen, per repository: what one repository has another need not have."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Repository, str], Manifest] = OrderedDict()
        self._lock = Lock()

    def get(self, repository: Repository, digest: str) -> Manifest | None:
        """Return a manifest by its digest; None where it was not seen."""
        with self._lock:
            found = self._kept.get((repository, digest))
            if found is not None:
                self._kept.move_to_end((repository, digest))
            return found

    def keep(self, repository: Repository, manifest: Manifest) -> None:
        """Remember a manifest whose bytes were checked and that the repository has."""
        if len(manifest.raw) > LARGEST:
            return
        with self._lock:
            self._kept[(repository, manifest.digest)] = manifest
            self._kept.move_to_end((repository, manifest.digest))
            while len(self._kept) > ENTRIES:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Keep nothing of what was seen."""
        with self._lock:
            self._kept.clear()
