"""By which rules a promotion is judged: the people and gates of the base revision, never of what is being promoted.

Otherwise a commit could name its own approver (semantics §6). The base is the commit that the environment runs; for an
environment where nothing runs yet it is the branch's tip, and the plan says so.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.model.actor import Roster
from vivido.model.project import Environment

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Governing(msgspec.Struct, frozen=True):
    """What a plan freezes."""

    environment: Environment
    roster: Roster
    notes: tuple[str, ...] = ()


def governing(ws: "Workspace", environment: Environment, base: str) -> Governing:
    """Return the rules for an environment.

    Gates come from the file as it is on this machine; the people from the file at `base` where the configuration
    repository holds it, so that nobody adds themselves in the change that they approve.
    """
    path = ws.repository.path_of(Path(ws.project.file))
    text = ws.repository.tree(base).read(path) if path else None
    if text is None:
        return Governing(environment, ws.project.roster, ("people are those of the file on this machine",))
    roster = _roster(ws, text)
    if roster is None:
        note = f"vivido.yaml at {base[:12]} cannot be read; people are those of the file on this machine"
        return Governing(environment, ws.project.roster, (note,))
    notes = () if roster == ws.project.roster else (f"people are those of {base[:12]}, not of the file here",)
    return Governing(environment, roster, notes)


def _roster(ws: "Workspace", text: bytes) -> Roster | None:
    from vivido.config.load import check

    project, _ = check(text, Path(ws.project.file), ws.kinds.for_config())
    return None if project is None else project.roster
