"""Artifacts and releases: what is promoted, as a whole, and what its identity is made of."""

from collections.abc import Sequence

import msgspec

from vivido.model.canonical import fingerprint
from vivido.model.reference import Digest, Repository, parse_repository


class Artifact(msgspec.Struct, frozen=True, order=True):
    """One service's image: `repository@digest` and the commit it was built from."""

    service: str
    repository: Repository
    digest: Digest
    """Of the manifest, or of the index where the image has several platforms. Never of a platform's child."""
    commit: str = ""
    """The commit it was built from, 40 hexadecimal characters; empty where the image does not say."""
    dirty: bool = False
    """Built from a tree with uncommitted changes; such an artifact never passes the first environment."""
    version: str = ""
    """What the image says of its version; empty where it says nothing."""

    @property
    def image(self) -> str:
        """`registry/path@sha256:…`."""
        return self.repository.at(self.digest)


def placed(artifacts: Sequence[Artifact], registry: str) -> tuple[Artifact, ...]:
    """Return artifacts as an environment with repositories of its own has them: other repositories, the same digests.

    Args:
        artifacts: As they were built.
        registry: Prefix of the environment's repositories; empty: they stay where they are.
    """
    if not registry:
        return tuple(artifacts)
    return tuple(msgspec.structs.replace(a, repository=parse_repository(f"{registry}/{a.service}")) for a in artifacts)


class Revision(msgspec.Struct, frozen=True, order=True):
    """A commit of the configuration repository."""

    repository: str
    """Its URL as configured, without credentials; a path where it is local."""
    commit: str
    """40 hexadecimal characters."""


class Release(msgspec.Struct, frozen=True):
    """An immutable set of artifacts with the configuration revision they go with.

    Its identity is the hash of exactly that (semantics §1): no time, no author.
    """

    artifacts: tuple[Artifact, ...]
    """One per service, sorted by service."""
    revision: Revision
    """Of the one configuration; where each environment has its own, that of the first environment."""
    revisions: dict[str, Revision] = {}
    """Environment → its own revision, in layouts where each has one; empty where one serves all."""

    @property
    def id(self) -> str:
        """`r-` and 12 hexadecimal characters of the SHA-256 over digests, repositories and revisions."""
        parts = [[a.service, str(a.repository), a.digest] for a in sorted(self.artifacts)]
        own = [{name: r.commit for name, r in self.revisions.items()}] if self.revisions else []
        return "r-" + fingerprint([parts, self.revision.commit, *own])[:12]

    def revision_of(self, environment: str) -> Revision | None:
        """Return the revision that goes with an environment; None where the release was made without one for it."""
        return self.revisions.get(environment) if self.revisions else self.revision

    def artifact(self, service: str) -> Artifact | None:
        """Return the artifact of a service, None where the release has none."""
        return next((a for a in self.artifacts if a.service == service), None)


class ReleaseRecord(msgspec.Struct, frozen=True):
    """A release with the story around it, which is no part of its identity."""

    release: Release
    created_at: int
    """Microseconds since 1970, UTC."""
    created_by: str
    """Who registered it: a person's name from the file, or `name <email>` of Git where the file knows nobody."""
    authors: tuple[str, ...] = ()
    """E-mail addresses of the authors, committers and co-authors of the commits since the release before."""
    note: str = ""
    """The first line of the newest commit's message, or what `--note` says."""
    contents: dict[str, str] = {}
    """Environment → hash of what it renders to there, where that could be the same as what ran when the release was made."""
