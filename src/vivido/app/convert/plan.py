"""`vivido layout convert`: what would be committed where, made in the mirrors and proved before anything is written anywhere."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.app.convert.arrange import Arrangement, arrange
from vivido.app.convert.declared import Spot, Wanted, rewritten
from vivido.app.convert.interface import Conversion, Made, Went, Wish
from vivido.app.convert.make import Maker, Target
from vivido.app.convert.prove import prove
from vivido.app.convert.sources import Source, sources
from vivido.app.parity.rules import own_file
from vivido.app.workspace import Workspace
from vivido.errors import ConflictError, InputError
from vivido.model.canonical import fingerprint

if TYPE_CHECKING:
    from vivido.git.mirror import Mirror
    from vivido.model.project import Project

_LAYOUTS = ("directories", "repositories", "branches")


@dataclass(frozen=True)
class Planned:
    """A conversion, with what is needed to write it.

    Attributes:
        conversion: What it is.
        mirrors: Of the repositories of its commits, in their order.
        home: The clone that holds `vivido.yaml`.
    """

    conversion: Conversion
    mirrors: "tuple[Mirror, ...]"
    home: Path


@dataclass(frozen=True)
class Home:
    """The repository that holds `vivido.yaml`, and its branch.

    Attributes:
        top: The clone.
        mirror: Of the repository.
        branch: The branch that the project is switched over on.
        tip: Where that is now.
        file: The file's path in the repository.
        text: The file.
    """

    top: Path
    mirror: "Mirror"
    branch: str
    tip: str
    file: str
    text: bytes

    @property
    def prefix(self) -> str:
        """The file's directory; empty for the repository's top."""
        return self.file.rpartition("/")[0]


def plan_conversion(ws: Workspace, wish: Wish) -> Planned:
    """Plan a conversion and prove it. Commits are made in the mirrors of this machine, and no branch is moved.

    Raises:
        InputError: `convert.same`, `convert.layout`, `convert.where`: what is asked for makes no sense, or names no repository.
        ConflictError: `convert.promotion-open`, `convert.not-pushed`.
        RefusedError: `convert.refused`, `convert.foreign`, `convert.not-rendered`, `convert.not-proved`.
        Error: What Git says.
    """
    _check(ws, wish)
    home = _home(ws)
    found = sources(ws)
    conf = _configuration(ws, home)
    made = arrange(wish.to, ws.project, found, conf.holds)
    wanted = _wanted(ws.project, wish, made, conf)
    text = rewritten(home.text, Path(home.file).name, ws.project, wanted)
    after = Workspace(_project(ws, text), ws.kinds, now=ws.now, token=ws.token, environ=ws.environ)
    try:
        identity = "c-" + fingerprint([wish.to, [s.held for s in found], home.tip, wanted, wish.keep])[:10]
        maker = Maker(after, identity, found, made, home=_target(home), text=text, file=home.file, keep=wish.keep)
        commits, new, mirrors = maker.make(conf if wish.to != "repositories" else None)
        compared = prove(ws, {s.held.environment: s.held.commit for s in found}, after, new)
    finally:
        after.close()
    conversion = Conversion(
        identity,
        ws.project.layout,
        wish.to,
        tuple(s.held for s in found),
        commits,
        _moved(made, found),
        made.patterns,
        _diff(home.file, home.text, text),
        compared,
        _notes(ws.project, wish, commits),
    )
    return Planned(conversion, mirrors, home.top)


def _check(ws: Workspace, wish: Wish) -> None:
    if wish.to not in _LAYOUTS:
        hint = f"There are: {', '.join(_LAYOUTS)}."
        raise InputError(f"there is no layout “{wish.to}”", code="convert.layout", hint=hint)
    if wish.to == ws.project.layout:
        raise InputError(
            f"the project has the layout {wish.to} already", code="convert.same", hint="Name another one with --to."
        )
    for name in (*wish.branches, *wish.repositories):
        ws.environment(name)
    if wish.to == "repositories":
        missing = [e.name for e in ws.project.environments if not wish.repositories.get(e.name)]
        if missing:
            hint = "Make empty ones, and name them: --repository https://example.com/config-{environment}.git"
            what = f"no repository is named for {', '.join(missing)}"
            raise InputError(what, code="convert.where", hint=hint)
    waiting = [q.promotion for q in ws.leases.open_promotions(ws.project.name)]
    if waiting:
        raise ConflictError(
            f"{', '.join(waiting)} is under way, with a plan for the layout as it is",
            code="convert.promotion-open",
            hint="Let it end (vivido run), or end it: vivido abort.",
        )


def _home(ws: Workspace) -> Home:
    from vivido.git.read import read
    from vivido.git.worktree import toplevel

    file, first = Path(ws.project.file), ws.project.environments[0]
    top = toplevel(file.parent)
    repository = ws.repository(first)
    mirror = repository.source
    branch = repository.branch if ws.is_here(first) else mirror.default_branch()
    tip = mirror.fetch(branch)
    path = file.resolve().relative_to(top.resolve()).as_posix()
    text = read(mirror, tip, path)
    if text is None or text != file.read_bytes():
        raise ConflictError(
            f"{file.name} here is not what {branch} of {mirror.where} has",
            code="convert.not-pushed",
            hint="Bring both together first: git pull, or commit and push.",
        )
    return Home(top, mirror, branch, tip, path, text)


def _target(home: Home) -> Target:
    return Target(home.mirror, home.branch, home.tip, home.prefix)


def _configuration(ws: Workspace, home: Home) -> Target:
    """Return where the configuration of all environments is, or will be, in the layouts `branches` and `directories`."""
    named = ws.project.configuration
    if named.repository in ("", "."):
        return _target(home)
    one = msgspec.structs.replace(ws.project, layout="directories")
    with_it = Workspace(one, ws.kinds, now=ws.now, token=ws.token, environ=ws.environ)
    repository = with_it.repository(ws.project.environments[0])
    branch = repository.branch if ws.project.layout != "branches" else ws.repository(ws.project.environments[0]).branch
    return Target(repository.mirror, branch, repository.mirror.fetch(branch), "")


def _wanted(project: "Project", wish: Wish, made: Arrangement, at: Target) -> Wanted:
    first = project.environments[0].name
    spots: dict[str, Spot] = {}
    for environment in project.environments:
        name, branch = environment.name, wish.branches.get(environment.name, "")
        if wish.to == "repositories":
            spots[name] = Spot(wish.repositories[name].replace("{environment}", name), branch or "main")
        elif wish.to == "branches":
            own = made.patterns if name != first else ()
            spots[name] = Spot(branch=branch or (at.branch if name == first else name), own=own)
    parity = {
        s.name: own_file(s)
        for s in project.services
        if not s.parity and made.moves[s.name].directory and _has(made, own_file(s), at)
    }
    lies = at.branch if wish.to == "directories" and at.branch != at.mirror.default_branch() else ""
    return Wanted(wish.to, spots, made.moves, parity, lies)


def _has(made: Arrangement, path: str, at: Target) -> bool:
    return at.holds(path) or path in made.shared or any(path in own for own in made.own.values())


def _project(ws: Workspace, text: bytes) -> "Project":
    from vivido.config.check import check
    from vivido.config.diagnostic import ConfigError

    project, found = check(text, ws.project.file, ws.kinds.for_config())
    if project is None:
        raise ConfigError(found)
    return project


def _moved(made: Arrangement, found: tuple[Source, ...]) -> tuple[Went, ...]:
    seen: dict[tuple[str, str, str], None] = {}
    for source in found:
        name = source.held.environment
        for service, spread in source.spreads.items():
            for path in spread.files:
                new = made.moves[service].path(path, name)
                if new != path:
                    seen[name, path, new] = None
    return tuple(Went(*one) for one in seen)


def _diff(name: str, old: bytes, new: bytes) -> str:
    sides = (old.decode().splitlines(), new.decode().splitlines())
    return "\n".join(difflib.unified_diff(*sides, f"a/{name}", f"b/{name}", lineterm="", n=1))


def _notes(project: "Project", wish: Wish, commits: tuple[Made, ...]) -> tuple[str, ...]:
    notes: list[str] = []
    if any(e.target.kind in ("argocd", "flux") for e in project.environments) and not wish.keep:
        notes.append(
            "Argo CD and Flux read the old places until they are told: point them to the new ones before you switch over,"
            " or convert with --keep, which leaves the old files."
        )
    if wish.to == "repositories":
        notes.append(
            "The new repositories get the history of the old one, so that what runs can be told and gone back to."
        )
    if project.layout == "branches":
        notes.append(
            "The old branches stay as they are; nothing reads them any more once the project is switched over."
        )
    if any(c.there for c in commits):
        notes.append("Some of it is written already; the rest goes on from there.")
    return tuple(notes)
