"""`vivido.yaml` for another layout: splices, so that everything that means the same stays as it is written."""

from collections.abc import Mapping
from typing import Any

import msgspec

from vivido.layouts.moves import Moves
from vivido.model.project import Project
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Edit, Path
from vivido.yamledit.splice import Splice
from vivido.yamledit.tree import Mapping as MappingNode
from vivido.yamledit.tree import Scalar, Sequence
from vivido.yamledit.write import Data, flow

_OF_LAYOUTS = ("branch", "own", "configuration")


class Spot(msgspec.Struct, frozen=True):
    """Where an environment's configuration shall be, and which files are its own."""

    repository: str = ""
    """Layout `repositories`."""
    branch: str = ""
    credentials: str = ""
    own: tuple[str, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """What the file shall say."""

    layout: str
    spots: Mapping[str, Spot]
    """By environment."""
    moves: Mapping[str, Moves]
    """By service."""
    parity: Mapping[str, str]
    """Service → the file with its own parity rules, where that has to be said now."""
    branch: str = ""
    """Layout `directories`: the branch of all environments, where it is not the default."""


def rewritten(data: bytes, name: str, project: Project, wanted: Wanted) -> bytes:
    """Return the file as it is for another layout.

    Args:
        data: As it is.
        name: How messages call it.
        project: What it declares.
        wanted: What it shall say.

    Raises:
        InputError: `yaml.…`: it is written in a way in which a part cannot be changed alone.
    """
    text = data
    # One after the other, so that no two edits meet at one place.
    for stage in (_gone, _changed, _added, _owned):
        documents = Documents(text, name)
        edits = stage(documents, project, wanted)
        text = documents.apply(edits) if edits else text
    return text


def _gone(documents: Documents, project: Project, wanted: Wanted) -> list[Edit]:
    """Take out what only the old layout gave a meaning."""
    paths: list[Path] = [("environments", e.name, key) for e in project.environments for key in _OF_LAYOUTS]
    whole = documents.find(("configuration",))
    if wanted.layout == "repositories":
        paths.append(("configuration",))
    elif not wanted.branch:
        alone = isinstance(whole, MappingNode) and [getattr(k, "value", "") for k, _ in whole.entries] == ["branch"]
        paths.append(("configuration",) if alone else ("configuration", "branch"))
    return [documents.delete(path) for path in paths if documents.find(path) is not None]


def _changed(documents: Documents, project: Project, wanted: Wanted) -> list[Edit]:
    edits = [documents.replace(("layout",), wanted.layout)] if documents.find(("layout",)) is not None else []
    for service, moves in wanted.moves.items():
        edits += _config(documents, ("services", service, "config"), moves)
    whole = documents.find(("configuration",))
    if wanted.branch and documents.find(("configuration", "branch")) is not None:
        edits.append(documents.replace(("configuration", "branch"), wanted.branch))
    elif wanted.branch and isinstance(whole, Scalar):
        edits.append(_again(("configuration",), whole, {"repository": whole.value, "branch": wanted.branch}))
    return edits


def _config(documents: Documents, at: Path, moves: Moves) -> list[Edit]:
    whole = documents.find(at)
    if isinstance(whole, Scalar):
        if moves.values:
            return [_again(at, whole, {"helm": moves.directory or whole.value, "values": list(moves.values)})]
        return [documents.replace(at, moves.directory)] if moves.directory else []
    edits = [documents.replace((*at, "helm"), moves.directory)] if moves.directory else []
    there = documents.find((*at, "values"))
    items: list[Any] = list(there.items) if isinstance(there, Sequence) else []
    return edits + [
        documents.replace((*at, "values", i), new)
        for i, (old, new) in enumerate(zip(items, moves.values, strict=False))
        if not isinstance(old, Scalar) or old.value != new
    ]


def _again(path: Path, node: Scalar, value: Data) -> Edit:
    """Replace a text by a collection."""
    return Edit(0, path, "replace", (Splice(node.start, node.end, flow(value)),), value)


def _added(documents: Documents, project: Project, wanted: Wanted) -> list[Edit]:
    edits: list[Edit] = []
    if documents.find(("layout",)) is None:
        edits.append(documents.insert((), "layout", wanted.layout, after="registry"))
    if wanted.branch and documents.find(("configuration",)) is None:
        edits.append(documents.insert((), "configuration", {"branch": wanted.branch}))
    elif wanted.branch and documents.find(("configuration", "branch")) is None:
        edits.append(documents.insert(("configuration",), "branch", wanted.branch))
    for service, path in wanted.parity.items():
        edits.append(documents.insert(("services", service), "parity", path, after="config"))
    for service, moves in wanted.moves.items():
        at: Path = ("services", service, "config")
        chart = documents.find(at)
        if moves.values and isinstance(chart, MappingNode) and not _has_values(documents, at):
            edits.append(documents.insert(at, "values", list(moves.values), after="helm"))
    return edits + [edit for e in project.environments for edit in _spot(documents, e.name, wanted)]


def _has_values(documents: Documents, at: Path) -> bool:
    there = documents.find((*at, "values"))
    return isinstance(there, Sequence) and bool(there.items)


def _spot(documents: Documents, name: str, wanted: Wanted) -> list[Edit]:
    at: Path = ("environments", name)
    spot = wanted.spots.get(name, Spot())
    after = "after" if documents.find((*at, "after")) is not None else "target"
    if wanted.layout == "branches":
        return [documents.insert(at, "branch", spot.branch, after=after)]
    if wanted.layout == "repositories":
        where: dict[str, Data] = {"repository": spot.repository, "branch": spot.branch}
        credentials: dict[str, Data] = {"credentials": spot.credentials} if spot.credentials else {}
        return [documents.insert(at, "configuration", where | credentials, after=after)]
    return []


def _owned(documents: Documents, project: Project, wanted: Wanted) -> list[Edit]:
    return [
        documents.insert(("environments", name), "own", _short(spot.own), after="branch")
        for name, spot in wanted.spots.items()
        if spot.own
    ]


def _short(patterns: tuple[str, ...]) -> Data:
    return patterns[0] if len(patterns) == 1 else list(patterns)
