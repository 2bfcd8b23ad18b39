"""The files that an adoption changes at a commit, whatever renders them."""

from typing import TYPE_CHECKING

from vivido.app.adoption.charts import by_proof
from vivido.app.content import edits_at
from vivido.layouts.declare import declare
from vivido.layouts.wish import Wish
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Artifact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def files_at(
    ws: "Workspace", environment: Environment, wishes: tuple[Wish, ...], images: tuple[Artifact, ...], tip: str
) -> tuple[dict[str, bytes], dict[Wish, Problem]]:
    """Return the edited files at a commit, and the wishes that could not be written."""
    from vivido.layouts.places import place

    tree, project = ws.repository(environment).tree(tip), ws.placed(environment)
    files = edits_at(ws, tip, environment, images) if images else {}
    refused: dict[Wish, Problem] = {}

    def read(path: str) -> bytes | None:
        return files[path] if path in files else tree.read(path)

    def listing(directory: str) -> tuple[str, ...]:
        fresh = {p.rpartition("/")[2] for p in files if p.rpartition("/")[0] == directory}
        return tuple(dict.fromkeys((*tree.listing(directory), *sorted(fresh))))

    for one in wishes:
        problem: Problem | None = None
        for service in project.services:
            where = place(project, service, environment, tree.listing)
            if isinstance(where, Problem):
                problem = problem or where
                continue
            if where.kind == "helm":
                made = by_proof(ws, environment, where, service, one, tip, files)
            else:
                made = declare(where.directory, where.kind, one, read, listing)
            if not isinstance(made, Problem):
                files |= made
                problem = None
                break
            problem = problem or made
        if problem is not None:
            refused[one] = problem
    return files, refused
