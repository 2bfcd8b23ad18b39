"""Which service an image in a manifest belongs to."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from vivido.errors import InputError
from vivido.model.project import Service
from vivido.model.reference import Repository, parse_reference
from vivido.model.release import Artifact


class Written(NamedTuple):
    """An image as it is written: its name, and what follows it.

    Attributes:
        name: Registry and path, as far as they are written.
        tag: Without colon; may be empty.
        digest: With `sha256:`, without `@`; may be empty.
    """

    name: str
    tag: str
    digest: str


def split(image: str) -> Written:
    """Take an image apart as kustomize does (`api/internal/image`, `Split`), which does not check it."""
    rest, _, digest = image.partition("@")
    head, colon, tag = rest.rpartition(":")
    if colon and "/" not in tag:
        return Written(head, tag, digest)
    return Written(rest, "", digest)


class Matcher:
    """Finds the service of an image: by its repository, then by the names it replaces, then by the service's own name."""

    def __init__(self, services: Collection[Service], artifacts: Collection[Artifact] = ()) -> None:
        """Learn the names of services; an artifact's repository counts as its service's too."""
        promoted = {a.service: [str(a.repository)] for a in artifacts}
        repositories = [(s.name, [s.image, *promoted.get(s.name, ())]) for s in services]
        replaced = [(s.name, s.replaces) for s in services]
        self._names = {s.name: (*s.replaces, s.name, s.image) for s in services}
        self._repositories = _by_repository(repositories)
        self._replaced = _by_repository(replaced)
        self._texts = _by_text(replaced)

    def service_of(self, image: str) -> str:
        """Return the name of the service that an image belongs to, empty where it is none's."""
        name = split(image).name
        repository = _repository(name)
        for found in (self._repositories.get(repository), self._texts.get(name), self._replaced.get(repository)):
            if found:
                return found
        return name if name in self._names else ""

    def names(self, service: str) -> str:
        """Return, for messages, what a service's images may be called."""
        return ", ".join(dict.fromkeys(self._names[service]))


def _by_repository(named: Iterable[tuple[str, Iterable[str]]]) -> dict[Repository | None, str]:
    found: dict[Repository | None, str] = {}
    for service, names in named:
        for name in names:
            repository = _repository(name)
            if repository is not None:
                found.setdefault(repository, service)
    return found


def _by_text(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for service, names in named:
        for name in names:
            found.setdefault(name, service)
    return found


@lru_cache(8192)
def _repository(name: str) -> Repository | None:
    """Return a name's repository; None where it is no reference, such as `${IMAGE}`: then it matches by its text alone."""
    try:
        return parse_reference(name).repository
    except InputError:
        return None
