"""Bringing the branches of environments up to date."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def fetch(ws: "Workspace", names: Iterable[str]) -> None:
    """Bring the branches of environments' configuration up to date, each once, however many environments share it.

    Raises:
        Error: As `git.mirror.Mirror.fetch`.
    """
    repositories = [ws.repository(ws.environment(name)) for name in names]
    for repository in {(id(r.mirror), r.branch): r for r in repositories}.values():
        repository.fetch()
