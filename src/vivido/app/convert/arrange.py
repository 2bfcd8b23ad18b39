"""Which file lies where after a conversion: what the branches or the repositories hold, and what goes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivido.app.content import refused
from vivido.app.convert.sources import Source
from vivido.layouts.moves import Moves, to_branches, to_directories
from vivido.layouts.own import owner
from vivido.model.problem import Problem
from vivido.model.project import Project, Service

if TYPE_CHECKING:
    from vivido.git.commit import Kept


@dataclass(frozen=True)
class File:
    """A file, and the environment whose source has it."""

    source: Source
    kept: "Kept"


@dataclass(frozen=True)
class Arrangement:
    """The files of the new layout, with paths from the directory of `vivido.yaml`.

    Attributes:
        moves: By service.
        shared: What all have: on every branch, or in the one repository.
        own: By environment, what only it has: on its branch, or in its repository.
        gone: What is moved away from where it was.
        patterns: What `own:` of the file says of the paths of `own`.
    """

    moves: dict[str, Moves]
    shared: dict[str, File] = field(default_factory=dict[str, File])
    own: dict[str, dict[str, File]] = field(default_factory=dict[str, dict[str, File]])
    gone: set[str] = field(default_factory=set[str])
    patterns: tuple[str, ...] = ()


def moves_to(layout: str, services: Iterable[Service], sources: Sequence[Source]) -> dict[str, Moves]:
    """Return where the files of each service go.

    Raises:
        RefusedError: `convert.refused`: they cannot lie beside each other.
    """
    found: dict[str, Moves] = {}
    problems: list[Problem] = []
    for service in services:
        spreads = {s.held.environment: s.spreads[service.name] for s in sources}
        made = to_directories(service.name, spreads) if layout == "directories" else Moves()
        made = to_branches(spreads) if layout == "branches" else made
        if isinstance(made, Problem):
            problems.append(made)
        else:
            found[service.name] = made
    if problems:
        raise refused("convert.refused", "the project cannot be converted", problems)
    return found


def arrange(layout: str, project: Project, sources: Sequence[Source], there: Callable[[str], bool]) -> Arrangement:
    """Put every file where the new layout wants it.

    Args:
        layout: The new one.
        project: As it is.
        sources: Its configuration.
        there: Says whether the repository that takes the files has one at a path already.

    Raises:
        RefusedError: `convert.refused`: two files would be at one path.
    """
    moves = moves_to(layout, project.services, sources)
    problems: list[Problem] = []
    placed = {s.held.environment: _placed(s, moves, problems) for s in sources}
    made = Arrangement(moves)
    if layout == "repositories":
        made.own.update({e: files | _besides(s) for (e, files), s in zip(placed.items(), sources, strict=True)})
    elif layout == "directories":
        made.shared.update(_together(placed, problems))
    else:
        made = _split(placed, moves, sources)
    if layout != "repositories" and project.layout == "repositories":
        for source in sources:
            made.shared.update({p: f for p, f in _besides(source).items() if p not in made.shared})
    known = {p for s in sources for p in s.files}
    for path in (*made.shared, *(p for own in made.own.values() for p in own)):
        if layout != "repositories" and path not in known and there(path):
            problems.append(_taken(path))
    if problems:
        raise refused("convert.refused", "the project cannot be converted", tuple(dict.fromkeys(problems)))
    made.gone.update(known - made.shared.keys() - {p for own in made.own.values() for p in own})
    return made if layout != "repositories" else _cleared(made, project)


def _placed(source: Source, moves: Mapping[str, Moves], problems: list[Problem]) -> dict[str, File]:
    found: dict[str, File] = {}
    for service, spread in source.spreads.items():
        for path in spread.files:
            new = moves[service].path(path, source.held.environment)
            file = File(source, source.files[path])
            if found.setdefault(new, file).kept != file.kept:
                problems.append(_taken(new))
    return found


def _besides(source: Source) -> dict[str, File]:
    return {p: File(source, kept) for p, kept in source.besides.items()}


def _together(placed: Mapping[str, Mapping[str, File]], problems: list[Problem]) -> dict[str, File]:
    found: dict[str, File] = {}
    for files in placed.values():
        for path, file in files.items():
            other = found.setdefault(path, file)
            if other.kept != file.kept:
                environments = (other.source.held.environment, file.source.held.environment)
                what = f"{path} is another file in {environments[0]} than in {environments[1]}"
                problems.append(Problem("convert.clash", what, "Give the services directories of their own.", path))
    return found


def _split(
    placed: Mapping[str, Mapping[str, File]], moves: Mapping[str, Moves], sources: Sequence[Source]
) -> Arrangement:
    """Tell what all branches share from what is one's own."""
    made = Arrangement(dict(moves), own={e: {} for e in placed})
    kinds: dict[str, set[str]] = {}
    for files in placed.values():
        for path, file in files.items():
            kinds.setdefault(path, set()).add(f"{file.kept.mode} {file.kept.id}")
    # In one tree a file that only some environments read is there for all.
    everywhere = len({s.held.commit for s in sources}) == 1
    moved = [new for one in moves.values() for _, new in one.prefixes]
    for environment, files in placed.items():
        for path, file in files.items():
            alike = len(kinds[path]) == 1 and (everywhere or all(path in other for other in placed.values()))
            if alike and not _below_any(path, moved):
                made.shared[path] = file
            else:
                made.own[environment][path] = file
    paths = {p for own in made.own.values() for p in own}
    prefixes = {next((m for m in moved if _below(p, m)), p) for p in paths}
    names = {name for one in sources for name in one.spreads}
    return Arrangement(made.moves, made.shared, made.own, made.gone, _patterns(prefixes, names, made.shared.keys()))


def _patterns(paths: set[str], services: set[str], others: Iterable[str]) -> tuple[str, ...]:
    """Say the paths in few words: `deploy/*/own` for those of several services, where that means no other file."""
    others = tuple(others)
    groups: dict[str, list[str]] = {}
    for path in sorted(paths):
        parts = path.split("/")
        at = next((i for i, part in enumerate(parts) if part in services), None)
        form = path if at is None else "/".join([*parts[:at], "*", *parts[at + 1 :]])
        groups.setdefault(form, []).append(path)
    found: list[str] = []
    for form, members in groups.items():
        short = len(members) > 1 and not any(map(owner((form,)), others))
        found += [form] if short else members
    return tuple(found)


def _cleared(made: Arrangement, project: Project) -> Arrangement:
    """Let go of what has moved into repositories, but for what images are built from."""
    contexts = [b.context for s in project.services if (b := s.build) is not None and b.context not in ("", ".")]
    every = {p for own in made.own.values() for p in own}
    made.gone.update(p for p in every if not _below_any(p, contexts))
    return made


def _below_any(path: str, directories: Iterable[str]) -> bool:
    return any(_below(path, d) for d in directories)


def _below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory}/")


def _taken(path: str) -> Problem:
    return Problem("convert.clash", f"two files would be at {path}", "Move or rename one of them first.", path)
