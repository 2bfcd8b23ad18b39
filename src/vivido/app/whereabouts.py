"""Where the files that a promotion changed lie now, so that it can be taken back although the project moved since."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from vivido.app.earlier import Move, layout_at, moves
from vivido.layouts.files import needed
from vivido.layouts.interface import Place
from vivido.layouts.places import place
from vivido.model.project import Environment

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def whereabouts(ws: "Workspace", environment: Environment) -> Callable[[str, str], Sequence[str]]:
    """Return what says where a file of one of an environment's commits lies now; nowhere, where it is not its own any more.

    A promotion along branches brought whole trees. In another layout only the environment's configuration is its own: sources, and
    what it shares with others since, stay as they are.
    """
    shared = cache(lambda: _shared(ws, environment))

    @cache
    def told(commit: str) -> tuple[tuple[Move, ...], bool]:
        return moves(ws, environment, commit), bool(layout_at(ws, environment, commit))

    def lies(commit: str, path: str) -> Sequence[str]:
        moved, another = told(commit)
        there = dict.fromkeys(new for one in moved if (new := one.path(path)))
        if not another:
            return tuple(there) or (path,)
        return [new for new in there if not shared()(new)]

    return lies


def _shared(ws: "Workspace", environment: Environment) -> Callable[[str], bool]:
    """Return what says of a path that another environment reads it, too, and so is no one's own."""
    repository, project = ws.repository(environment), ws.placed(environment)
    tree = repository.tree(repository.tip())

    def placed(one: Environment) -> list[Place]:
        found = (place(project, s, one, tree.listing) for s in project.services)
        return [p for p in found if isinstance(p, Place)]

    own = {file for one in placed(environment) for file in one.files}
    others = [e for e in ws.project.environments if e.name != environment.name and ws.repository(e) is repository]
    needs = {n for e in others for p in placed(e) for n in needed(p, tree.read, tree.listing)}
    named = {file for e in others for p in placed(e) for file in p.files}

    def shared(path: str) -> bool:
        if path in own or path in named:
            return path in named
        return any(not n or path == n or path.startswith(f"{n}/") for n in needs)

    return shared
