"""What each environment's configuration is before a conversion: the files of every service, as its layout finds them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import refused
from vivido.app.parity.rules import own_file
from vivido.layouts.files import needed
from vivido.layouts.moves import PLACEHOLDER, Spread
from vivido.layouts.places import place
from vivido.model.problem import Problem

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Kept
    from vivido.git.mirror import Mirror
    from vivido.model.project import Environment, Service


class Held(msgspec.Struct, frozen=True):
    """Where an environment's configuration is."""

    environment: str
    url: str
    branch: str
    commit: str


@dataclass(frozen=True)
class Source:
    """An environment's configuration; paths are from the directory of `vivido.yaml`.

    Attributes:
        held: Where it is.
        mirror: Of that repository.
        spreads: By service, what its rendering reads.
        files: All of that as Git has it.
        besides: What lies in the services' directories and no rendering reads.
    """

    held: Held
    mirror: "Mirror"
    spreads: dict[str, Spread]
    files: "dict[str, Kept]"
    besides: "dict[str, Kept]"


def sources(ws: "Workspace", *, to_move: bool = True) -> tuple[Source, ...]:
    """Bring every environment's branch up to date and say what of it is configuration, in the order of promotion.

    Args:
        ws: The project.
        to_move: It shall lie elsewhere afterwards; what has to stay where it is is a problem then.

    Raises:
        RefusedError: `convert.refused`: a service has no configuration, or one that cannot be moved; all are told.
    """
    problems: list[Problem] = []
    found = [_source(ws, e, problems, to_move=to_move) for e in ws.project.environments]
    if problems:
        raise refused("convert.refused", "the project cannot be converted", tuple(dict.fromkeys(problems)))
    cleared = [_without_others(source, found) for source in found]
    known = {path for source in found for path in source.files}
    return tuple(_without(source, known) for source in cleared)


def _immovable(service: str) -> Problem:
    return Problem(
        "convert.terraform",
        f"{service} is a root module of Terraform: at another place it could have another state, and all would be made again",
        "Move it by hand, with `terraform init -migrate-state`, in a project of its own.",
        f"services.{service}.config",
    )


def _source(ws: "Workspace", environment: "Environment", problems: list[Problem], *, to_move: bool) -> Source:
    from vivido.git.carry import files_below

    repository, prefix = ws.repository(environment), ws.prefix(environment)
    commit = repository.fetch()
    tree, placed = repository.tree(commit), ws.placed(environment)
    source = Source(Held(environment.name, repository.url, repository.branch, commit), repository.mirror, {}, {}, {})
    for service in ws.project.services:
        where = place(placed, placed.service(service.name) or service, environment, tree.listing)
        if isinstance(where, Problem):
            problems.append(where)
            continue
        if to_move and where.kind == "terraform":
            problems.append(_immovable(service.name))
            continue
        needs = needed(where, tree.read, tree.listing)
        if to_move and "" in needs and ws.is_here(environment):
            what = f"{service.name}'s configuration for {environment.name} is the whole repository: sources would move with it"
            hint = "Move its files into a directory, name that under `config:`, promote it (nothing changes), and convert then."
            problems.append(Problem("convert.root", what, hint, f"services.{service.name}.config"))
            continue
        files = {p: k for need in needs for p, k in files_below(repository.mirror, commit, need).items()}
        here = {_inside(p, prefix): k for p, k in files.items() if not prefix or p.startswith(f"{prefix}/")}
        source.files.update(here)
        values = tuple(_inside(v, prefix) for v in where.files)
        marks = {p: f"{k.mode:o} {k.id}" for p, k in here.items()}
        source.spreads[service.name] = Spread(_inside(where.directory, prefix), values, marks)
        for path in _beside(service):
            below = files_below(repository.mirror, commit, f"{prefix}/{path}" if prefix else path)
            source.besides.update({_inside(p, prefix): k for p, k in below.items()})
    return source


def _beside(service: "Service") -> Sequence[str]:
    """Return where files lie that belong to a service's configuration although no rendering reads them."""
    base = (
        service.config.partition(PLACEHOLDER)[0].rpartition("/")[0] if PLACEHOLDER in service.config else service.config
    )
    return [p for p in (base if base not in ("", ".") else "", own_file(service)) if p]


def _inside(path: str, prefix: str) -> str:
    return path.removeprefix(prefix).removeprefix("/") if prefix else path


def _without_others(source: Source, found: Sequence[Source]) -> Source:
    """Leave out the values files of other environments, which lie beside the chart and so are part of it."""
    spreads: dict[str, Spread] = {}
    for name, spread in source.spreads.items():
        foreign = {v for other in found for v in other.spreads[name].values} - set(spread.values)
        spreads[name] = msgspec.structs.replace(
            spread, files={p: mark for p, mark in spread.files.items() if p not in foreign}
        )
    return replace(source, spreads=spreads)


def _without(source: Source, known: set[str]) -> Source:
    return replace(source, besides={p: k for p, k in source.besides.items() if p not in known})
