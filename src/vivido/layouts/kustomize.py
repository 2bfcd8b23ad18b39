"""Promoting with Kustomize: the overlay's `images:` entry says which digest is run."""

from collections.abc import Collection
from typing import Any

from vivido.errors import InputError
from vivido.layouts.matching import Matcher, split
from vivido.layouts.missing import not_found
from vivido.layouts.seen import Sight, entries, transformed
from vivido.model.problem import Problem
from vivido.model.release import Artifact
from vivido.render.kustomization import Kustomization, closure
from vivido.render.objects import problem
from vivido.render.tree import List, Read
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Edit


def edits(
    directory: str, artifacts: Collection[Artifact], matcher: Matcher, read: Read, listing: List
) -> dict[str, bytes] | tuple[Problem, ...]:
    """Set `newName` and `digest` of the artifacts' entries in a directory's kustomization; add those that are missing.

    An entry is a service's where it names an image that a resource really has and that is the service's, or where what it
    makes of the image is the service's. `newTag` becomes `digest` on the same line.
    """
    found, problems = closure(directory, read, listing)
    if problems:
        return problems
    overlay = found[0]
    try:
        there = Sight(found, read).images(overlay)
        made: list[Edit] = []
        added: list[dict[str, str]] = []
        for artifact in artifacts:
            wishes = _wishes(overlay, artifact, matcher, there)
            if wishes is None:
                problems = (*problems, not_found(artifact.service, directory, matcher, there))
            else:
                made += wishes[0]
                added += wishes[1]
        made += _additions(overlay, added)
        return problems or ({overlay.file: overlay.documents.apply(made)} if made else {})
    except InputError as e:
        return (problem(e),)


def read_images(directory: str, matcher: Matcher, read: Read, listing: List) -> dict[str, str]:
    """Return the first image of each service as a directory's kustomization puts it out.

    Raises:
        InputError: A file is no YAML, or a kustomization cannot be followed.
    """
    kustomizations, problems = closure(directory, read, listing)
    if problems:
        first = problems[0]
        raise InputError(first.message, code=first.code, hint=first.hint, where=first.where)
    own = entries(kustomizations[0])
    found: dict[str, str] = {}
    for before in Sight(kustomizations, read).images(kustomizations[0]):
        after = transformed(before, own)
        found.setdefault(matcher.service_of(before) or matcher.service_of(after), after)
    found.pop("", None)
    return found


def _wishes(
    overlay: Kustomization, artifact: Artifact, matcher: Matcher, there: list[str]
) -> tuple[list[Edit], list[dict[str, str]]] | None:
    """Return the edits of existing entries and the new entries for one artifact; None where nothing is the service's."""
    own = entries(overlay)
    mine = [i for i, entry in enumerate(own) if _is_of(entry, artifact.service, matcher)]
    covered = {own[i]["name"] for i in mine}
    named = dict.fromkeys(split(image).name for image in there if matcher.service_of(image) == artifact.service)
    missing = [name for name in named if name not in covered]
    if not mine and not missing:
        return None
    changes = [edit for i in mine for edit in _entry_edits(overlay.documents, i, own[i], artifact)]
    return changes, [_entry(name, artifact) for name in missing]


def _is_of(entry: dict[str, Any], service: str, matcher: Matcher) -> bool:
    name, new_name = str(entry.get("name") or ""), str(entry.get("newName") or "")
    return name != "" and (matcher.service_of(name) or matcher.service_of(new_name)) == service


def _entry_edits(documents: Documents, number: int, entry: dict[str, Any], artifact: Artifact) -> list[Edit]:
    at = ("images", number)
    repository = str(artifact.repository)
    made: list[Edit] = []
    if "newName" in entry:
        if entry["newName"] != repository:
            made.append(documents.replace((*at, "newName"), repository))
    elif entry["name"] != repository:
        made.append(documents.insert(at, "newName", repository, after="name"))
    made += _digest_edits(documents, number, entry, artifact)
    if "tagSuffix" in entry:
        made.append(documents.delete((*at, "tagSuffix")))
    return made


def _digest_edits(documents: Documents, number: int, entry: dict[str, Any], artifact: Artifact) -> list[Edit]:
    at = ("images", number)
    if "digest" in entry:
        same = entry["digest"] == artifact.digest
        made = [] if same else [documents.replace((*at, "digest"), artifact.digest)]
        return [*made, documents.delete((*at, "newTag"))] if "newTag" in entry else made
    if "newTag" in entry:
        tag = (*at, "newTag")
        return [documents.rename(tag, "digest"), documents.replace(tag, artifact.digest)]
    after = "newName" if "newName" in entry else "name"
    return [documents.insert(at, "digest", artifact.digest, after=after)]


def _entry(name: str, artifact: Artifact) -> dict[str, str]:
    repository = str(artifact.repository)
    new_name = {} if name == repository else {"newName": repository}
    return {"name": name, **new_name, "digest": artifact.digest}


def _additions(overlay: Kustomization, added: list[dict[str, str]]) -> list[Edit]:
    if not added:
        return []
    if "images" in overlay.data:
        return [overlay.documents.extend(("images",), added)]
    return [overlay.documents.insert((), "images", added)]
