"""Promoting in plain manifests: the image fields themselves change."""

from collections.abc import Collection, Iterator

from vivido.errors import InputError
from vivido.layouts.manifests import ImageField, fields
from vivido.layouts.matching import Matcher
from vivido.layouts.missing import not_found
from vivido.model.problem import Problem
from vivido.model.release import Artifact
from vivido.render.detect import manifest_files
from vivido.render.objects import problem
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents


def edits(
    directory: str, artifacts: Collection[Artifact], matcher: Matcher, read: Read, listing: List
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Set every image of the artifacts' services in a directory's manifests to `repository@digest`."""
    wanted = {a.service: a.image for a in artifacts}
    found: set[str] = set()
    there: list[ImageField] = []
    changed: dict[str, bytes] = {}
    try:
        for documents in _files(directory, read, listing):
            here = list(fields(documents))
            there += here
            found |= {matcher.service_of(f.image) for f in here}
            todo = [(f, wanted.get(matcher.service_of(f.image), f.image)) for f in here]
            made = [documents.replace(f.path, new, f.document) for f, new in todo if new != f.image]
            if made:
                changed[documents.name] = documents.apply(made)
    except InputError as e:
        return (problem(e),)
    lost = [a.service for a in artifacts if a.service not in found]
    return tuple(not_found(s, directory, matcher, [f.image for f in there]) for s in lost) or changed


def read_images(directory: str, matcher: Matcher, read: Read, listing: List) -> dict[str, str]:
    """Return the first image of each service in a directory's manifests.

    Raises:
        InputError: A file is no YAML.
    """
    found: dict[str, str] = {}
    for documents in _files(directory, read, listing):
        for one in fields(documents):
            found.setdefault(matcher.service_of(one.image), one.image)
    found.pop("", None)
    return found


def _files(directory: str, read: Read, listing: List) -> Iterator[Documents]:
    for path in manifest_files(directory, listing):
        data = read(path)
        if data is not None:
            yield Documents(data, path)
