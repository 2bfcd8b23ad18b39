"""What a commit from before the project moved says, in the places of now: what was deployed then is told, and undone, as ever.

A conversion edits no file but `vivido.yaml`, and what one kustomization or chart names of another is relative. So a file has the
same way from its service's directory before and after, and the two files that say where that is are enough to find it again: no
conversion has to be known one by one. See docs/adr/0019-converting-layouts.md.
"""

import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido import __version__
from vivido.app.below import below
from vivido.app.ground import BEFORE, CONVERSION, DECLARED
from vivido.errors import NotFoundError
from vivido.model.canonical import fingerprint, sha256
from vivido.model.project import Environment, Project

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.history import CommitInfo
    from vivido.git.mirror import Mirror
    from vivido.layouts.interface import Place


class Move(NamedTuple):
    """One place of an environment, as it was at a commit and as it is now."""

    old: "Place"
    new: "Place"
    needs: tuple[str, ...]
    """What its rendering read then: directories and files."""
    services: frozenset[str]
    """The services whose place it is."""

    @property
    def moved(self) -> bool:
        """Whether it lies elsewhere now."""
        return (self.old.directory, self.old.files) != (self.new.directory, self.new.files)

    def path(self, path: str) -> str:
        """Return where a file lies now; empty where it was none of this place's."""
        if path in self.old.files:
            return self.new.files[self.old.files.index(path)]
        if not any(_inside(path, need) for need in self.needs):
            return ""
        way = posixpath.relpath(path, self.old.directory or ".")
        found = posixpath.normpath(posixpath.join(self.new.directory, way))
        return "" if found.startswith("../") else found


def as_now(ws: "Workspace", environment: Environment, commit: str) -> str:
    """Return the commit that stands for an environment's configuration at a commit, with every file where it lies now.

    It is the commit itself where nothing moved since, or where the one is not to be found from the other.

    Raises:
        Error: As `ConfigurationRepository.tip`.
    """
    moved = moves(ws, environment, commit)
    if not any(one.moved for one in moved):
        return commit
    from vivido.git.carry import files_below
    from vivido.git.compose import placed

    mirror = ws.repository(environment).mirror
    files = {
        new: kept
        for one in moved
        for need in one.needs
        for path, kept in files_below(mirror, commit, need).items()
        if (new := one.path(path))
    }
    return placed(mirror, commit, files)


def moves(ws: "Workspace", environment: Environment, commit: str) -> tuple[Move, ...]:
    """Return how an environment's places moved since a commit; empty where `vivido.yaml` says that none did."""
    try:
        then = _then(ws, environment, commit)
    except NotFoundError:
        return ()  # It is not there any more: whoever reads it will say so.
    if then is None or _alike(then, ws.placed(environment)):
        return ()
    where = then.environment(environment.name)
    return () if where is None else _moves(ws, environment, commit, then, where)


def _moves(
    ws: "Workspace", environment: Environment, commit: str, then: Project, where: Environment
) -> tuple[Move, ...]:
    # Loading what finds and reads configuration costs more than most of what only asks whether anything moved.
    from vivido.layouts.files import needed
    from vivido.layouts.interface import Place
    from vivido.layouts.places import place

    repository = ws.repository(environment)
    before, now = repository.tree(commit), repository.tree(repository.tip())
    found: dict[tuple[Place, Place], set[str]] = {}
    for service in ws.placed(environment).services:
        earlier = then.service(service.name)
        old = place(then, earlier, where, before.listing) if earlier is not None else None
        new = place(ws.placed(environment), service, environment, now.listing)
        if not isinstance(old, Place) or not isinstance(new, Place):
            continue
        if old.kind == new.kind and len(old.files) == len(new.files):
            found.setdefault((old, new), set()).add(service.name)
    return tuple(
        Move(old, new, needed(old, before.read, before.listing), frozenset(names))
        for (old, new), names in found.items()
    )


def layout_at(ws: "Workspace", environment: Environment, commit: str) -> str:
    """Return the layout that the project had at a commit; empty: that of now, as far as is known."""
    try:
        then = _then(ws, environment, commit)
    except NotFoundError:
        return ""
    return then.layout if then is not None and then.layout != ws.project.layout else ""


def layout_there(ws: "Workspace", environment: Environment) -> str:
    """Return the layout that a conversion gave to the project, where the file here is still of another; else empty."""
    from vivido.git.read import read

    repository = ws.repository(environment)
    file = repository.path_at_home(Path(ws.project.file))
    text = read(repository.mirror, repository.tip(), file) if file else None
    there = _said(ws, text) if text is not None else None
    if there is None or there.layout == ws.project.layout:
        return ""
    past = conversions(repository.mirror, environment.name, "", repository.tip())
    return there.layout if next(past, None) is not None else ""


def conversions(mirror: "Mirror", environment: str, since: str, tip: str) -> "Iterator[tuple[CommitInfo, str]]":
    """Yield the conversions of an environment's configuration since a commit, newest first, each with what stood before it.

    What stood before it is the commit of the environment's own branch then: the other parents of a conversion are other
    environments' branches, and no part of this one's history.
    """
    from vivido.git.history import contained

    while tip:
        others = (since,) if since else ()
        newest = next((c for c, _ in contained(mirror, tip, others) if _before(c, environment)), None)
        if newest is None:
            return
        tip = _before(newest, environment)
        yield newest, tip


def _before(commit: "CommitInfo", environment: str) -> str:
    if CONVERSION not in commit.trailers:
        return ""
    told = (value.partition("=") for value in commit.trailers.get(BEFORE, ()))
    return next((before for name, _, before in told if name == environment), "")


def _then(ws: "Workspace", environment: Environment, commit: str) -> Project | None:
    """Return the project as `vivido.yaml` had it at a commit, with paths of its repository; None: as now, as far as is known."""
    from vivido.git.read import read

    repository = ws.repository(environment)
    file = repository.path_at_home(Path(ws.project.file))
    if not file:
        return None
    text, prefix = read(repository.mirror, commit, file), posixpath.dirname(file)
    if text is not None and text == read(repository.mirror, repository.tip(), file):
        return None
    if text is None:
        # Of a repository of its own: a conversion of it says where the file was then.
        past = [c for c, _ in conversions(repository.mirror, environment.name, commit, repository.tip())]
        declared = past[-1].trailers.get(DECLARED, ("",))[0] if past else ""
        text, prefix = read(repository.source, declared, file) if declared else None, ""
    then = _said(ws, text) if text is not None else None
    return None if then is None else below(prefix, then)


def _said(ws: "Workspace", text: bytes) -> Project | None:
    if text not in ws.files:
        from vivido.config.file import read_file

        file = Path(ws.project.file)
        same = file.is_file() and text == read_file(file)
        ws.files[text] = ws.project if same else _read(ws, text, file)
    return ws.files[text]


def _read(ws: "Workspace", text: bytes, file: Path) -> Project | None:
    """Read what a file said, once on this machine: nothing but its bytes matters to where it kept configuration."""
    key = fingerprint(["earlier", __version__, sha256(text)])
    known = ws.renderings.get([key], ws.now()).get(key)
    if known is not None:
        return msgspec.json.decode(known, type=Project)
    from vivido.config.check import check

    found = check(text, file, ws.kinds.for_config())[0]
    body = msgspec.json.encode(found)
    if found is not None and msgspec.json.decode(body, type=Project) == found:
        ws.renderings.put({key: body}, ws.now())
    return found


def _alike(one: Project, other: Project) -> bool:
    """Whether two projects keep their services' configuration at the same places, whatever else they say."""

    def told(project: Project) -> Sequence[object]:
        names = [e.name for e in project.environments]
        return (project.layout, len(names) == 1, [(s.name, s.config, s.chart, s.terraform) for s in project.services])

    return told(one) == told(other)


def _inside(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")
