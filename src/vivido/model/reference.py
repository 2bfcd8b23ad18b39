"""Image references and digests, by the grammar of the distribution project.

Source of the grammar: distribution/reference `regexp.go` and OCI distribution-spec 1.1 ("Pulling manifests").
Docker's short forms (`nginx`, `user/image`) are expanded to `docker.io/library/…` as Docker does.
"""

import re
from typing import NewType

import msgspec

from vivido.errors import InputError

Digest = NewType("Digest", str)
"""`sha256:` and 64 lower-case hexadecimal characters. Only `parse_digest` makes one of foreign text."""

PINNED = re.compile(r"[A-Za-z0-9\[][\w.:/\[\]-]*@sha256:[0-9a-f]{64}(?![0-9a-f])")
"""An image with its digest, also inside of a longer text."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_DOMAIN_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = re.compile(rf"(?:{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]{{1,5}})?")

DOCKER_HUB = "docker.io"
MAX_NAME = 255
"""Characters of a repository with its registry, as distribution limits it."""


class Repository(msgspec.Struct, frozen=True, order=True):
    """A place where one image's manifests live: `registry/path`."""

    registry: str
    """Host, with its port where one is given."""
    path: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.path}"

    def at(self, digest: Digest) -> str:
        """Return `registry/path@sha256:…`."""
        return f"{self}@{digest}"


class Reference(msgspec.Struct, frozen=True):
    """A repository with a tag, a digest, both, or neither."""

    repository: Repository
    tag: str = ""
    digest: Digest | None = None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}{tag}{digest}"


def parse_digest(text: str) -> Digest:
    """Check that text is a SHA-256 digest.

    Raises:
        InputError: It is not; `reference.digest`.
    """
    if not _DIGEST.fullmatch(text):
        raise InputError(
            f"“{text[:100]}” is no digest",
            code="reference.digest",
            hint="A digest is “sha256:” and 64 lower-case hexadecimal characters.",
        )
    return Digest(text)


def valid_tag(text: str) -> bool:
    """Say whether a registry would accept text as a tag: 1-128 of `A-Za-z0-9_.-`, not starting with `.` or `-`."""
    return _TAG.fullmatch(text) is not None


def parse_repository(text: str) -> Repository:
    """Read `registry/path`, without tag and digest.

    Raises:
        InputError: `reference.invalid`.
    """
    reference = parse_reference(text)
    if reference.tag or reference.digest:
        raise _invalid(text, "a repository is named without tag and digest here")
    return reference.repository


def parse_reference(text: str) -> Reference:
    """Read `[registry/]path[:tag][@digest]`.

    Raises:
        InputError: `reference.invalid` with the part that is wrong, or `reference.digest`.
    """
    if "://" in text:
        raise _invalid(text, "an image reference has no scheme such as https://")
    name, at, digest_text = text.partition("@")
    digest = parse_digest(digest_text) if at else None
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        if not _TAG.fullmatch(tag):
            raise _invalid(text, f"“{tag}” is no tag")
        name = head
    else:
        tag = ""
    return Reference(_split(name, text), tag, digest)


def _split(name: str, text: str) -> Repository:
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        registry, path = first, rest
    else:
        registry, path = DOCKER_HUB, name
    if registry == "index.docker.io":
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if not _DOMAIN.fullmatch(registry):
        raise _invalid(text, f"“{registry}” is no registry's host")
    if not _PATH.fullmatch(path):
        raise _invalid(text, f"“{path}” is no repository path (lower-case letters, digits and . _ - between them)")
    if len(registry) + 1 + len(path) > MAX_NAME:
        raise _invalid(text, f"the name is longer than {MAX_NAME} characters")
    return Repository(registry, path)


def _invalid(text: str, why: str) -> InputError:
    return InputError(
        f"“{text[:200]}” is no image reference: {why}",
        code="reference.invalid",
        hint="Write registry.example.com/team/app@sha256:… or registry.example.com/team/app:tag.",
    )
