"""Which services did a change concern: two commits' trees compared along the paths that the services depend on."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.errors import InputError, NotFoundError
from vivido.layouts.outside import NAMING, NamingFile, outside
from vivido.model.changes import BUILD, CONFIGURATION, Concern, Interest, concerned
from vivido.model.project import Project, Service

if TYPE_CHECKING:
    from vivido.app.repository import ConfigurationRepository
    from vivido.app.workspace import Workspace
    from vivido.git.mirror import Mirror

_PLACEHOLDER = "{environment}"
Find = Callable[[Collection[str]], Iterable[tuple[str, str, bytes]]]
"""Returns the files that may name other directories: the directory that was asked for, path, content."""


class Changes(msgspec.Struct, frozen=True):
    """What lies between two commits."""

    old: str
    new: str
    services: tuple[Concern, ...]
    notes: tuple[str, ...] = ()


def changed_here(ws: "Workspace", text: str) -> Changes:
    """Return what a range of commits of this clone concerns.

    Args:
        ws: The project.
        text: `A..B` (from A to B), `A...B` (from where both parted to B), `A` (from A to HEAD), or empty: from the configuration
            branch's tip as last fetched to HEAD.

    Raises:
        InputError: `changed.range`.
        NotFoundError: `git.no-repository`, `git.no-commit`.
    """
    from vivido.git.clone import Clone
    from vivido.git.worktree import toplevel

    clone = Clone(toplevel(Path(ws.project.root)))
    old, dots, new = _split(text)
    second = clone.commit(new or "HEAD")
    first = clone.commit(old) if old else clone.commit(f"refs/remotes/origin/{_repository(ws).branch}")
    if dots == "..." or not old:
        first = clone.fork(first, second)
    return between(ws, clone, first, second)


def _split(text: str) -> tuple[str, str, str]:
    if text.startswith("-"):
        raise InputError(f"“{text[:100]}” is no range of commits", code="changed.range", hint="Write A..B, or A alone.")
    for dots in ("...", ".."):
        old, found, new = text.partition(dots)
        if found:
            if not old:
                raise InputError(
                    f"“{text[:100]}” has no beginning", code="changed.range", hint="Write A..B, or A alone."
                )
            return old, dots, new
    return text, "", ""


def between(ws: "Workspace", mirror: "Mirror", old: str, new: str) -> Changes:
    """Return what lies between two commits of the repository that holds the project's file.

    Where the configuration is in another repository, only what images are made of is looked at.

    Raises:
        NotFoundError: `git.no-commit`.
    """
    from vivido.git.read import changed, files_named

    file = _path_of_file(ws)
    prefix = file.rpartition("/")[0]
    paths = changed(mirror, old, new)
    if not paths:
        return Changes(old, new, ())

    own = _own(ws)
    interests = [i for i in interests_of(ws.project, prefix) if own or i.reason == BUILD]
    interests += _built_on(interests, lambda directories: files_named(mirror, new, directories, NAMING))
    redeclared = _redeclared(ws, mirror, old, new, file) if file in paths else ()
    notes = () if own else ("the configuration is in another repository; only what images are made of was compared",)
    return Changes(old, new, concerned(paths, interests, redeclared), notes)


def _built_on(interests: Sequence[Interest], find: Find) -> list[Interest]:
    """Return what configuration depends on outside of its own directories."""
    configured = [i for i in interests if i.reason == CONFIGURATION]
    known: dict[str, list[NamingFile]] = {}

    def files(directory: str) -> list[NamingFile]:
        if directory not in known:
            look([directory])
        return known[directory]

    def look(directories: Collection[str]) -> None:
        known.update((d, []) for d in directories)
        for directory, path, content in find(directories):
            known[directory].append(NamingFile(path.rpartition("/")[0], content))

    look({i.path for i in configured})
    beyond = {path: outside(path, files) for path in list(known)}
    return [Interest(path, i.service, CONFIGURATION) for i in configured for path in sorted(beyond[i.path])]


def interests_of(project: Project, prefix: str = "") -> Iterator[Interest]:
    """Yield the paths that the file names for each service. Pure.

    Args:
        project: The project.
        prefix: Directory of the file in its repository.
    """
    names = [e.name for e in project.environments]
    for service in project.services:
        for path in _build_paths(service):
            yield Interest(_below(prefix, path), service.name, BUILD)
        told = service.terraform
        configured = [service.config, *(service.chart.values if service.chart else ())]
        configured += [*told.var_files, *told.backend_config] if told else []
        for path in configured:
            for name in names if _PLACEHOLDER in path else names[:1]:
                yield Interest(_below(prefix, path.replace(_PLACEHOLDER, name)), service.name, CONFIGURATION)


def _build_paths(service: Service) -> tuple[str, ...]:
    from vivido.build.inputs import input_paths

    return input_paths(service.build) if service.build else ()


def _below(prefix: str, path: str) -> str:
    return "/".join(part for part in (*prefix.split("/"), *path.split("/")) if part not in ("", "."))


def _repository(ws: "Workspace") -> "ConfigurationRepository":
    """Return the repository of the first environment's configuration."""
    return ws.repository(ws.project.environments[0])


def _own(ws: "Workspace") -> bool:
    """Say whether that is the repository that holds the project's file."""
    return _repository(ws).mirror is _repository(ws).source


def _path_of_file(ws: "Workspace") -> str:
    from vivido.git.worktree import toplevel

    file = Path(ws.project.file)
    return file.resolve().relative_to(toplevel(file.parent).resolve()).as_posix()


def _redeclared(ws: "Workspace", mirror: "Mirror", old: str, new: str, file: str) -> Sequence[str]:
    """Return the services of which the file says something else; all where it was not there or cannot be read."""
    from vivido.config.load import check
    from vivido.git.read import read

    sides: list[dict[str, Service]] = []
    for commit in (old, new):
        text = read(mirror, commit, file)
        project = check(text, file, ws.kinds.for_config())[0] if text is not None else None
        sides.append({s.name: s for s in project.services} if project else {})
    before, after = sides
    return [name for name, service in after.items() if before.get(name) != service]


def changed_since(ws: "Workspace", since: str, tip: str) -> Changes:
    """Return what lies between a pushed commit and the tip of the branch, for a release.

    Raises:
        InputError: `changed.elsewhere`: the project's file and its configuration are in two repositories.
        NotFoundError: `git.no-commit`.
    """
    if not _own(ws):
        raise InputError(
            "the project's file and its configuration are in two repositories, so no commit says what changed in both",
            code="changed.elsewhere",
            hint="Name the artifacts: vivido release create --artifact …",
        )
    try:
        # A whole id needs no looking for, and history may be long.
        old = since if len(since) == 40 else _repository(ws).resolve(since)
    except NotFoundError:
        from vivido.git.clone import Clone
        from vivido.git.worktree import toplevel

        # A name of this clone (a tag, HEAD~3) is as good, where what it names was pushed.
        old = _repository(ws).resolve(Clone(toplevel(Path(ws.project.root))).commit(since))
    return between(ws, _repository(ws).mirror, old, tip)
