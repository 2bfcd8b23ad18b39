"""Images that an import took in are no debt: each branch had its own before, by people's commits, and that is what was taken in."""

from functools import cache
from typing import TYPE_CHECKING

from vivido.app.content import edits_at
from vivido.app.lines import lost_lines
from vivido.engine.recorder import fold
from vivido.errors import Error
from vivido.model.project import Environment
from vivido.model.release import Artifact, Release

if TYPE_CHECKING:
    from vivido.app.debts import Settled
    from vivido.app.workspace import Workspace


def taken_in_at(ws: "Workspace", environment: Environment) -> str:
    """Return the commit of a branch that was taken in by the record; empty where it is not known, or not on the branch any more.

    Where people merge what promotions change, an import makes no commit that would say it.
    """
    from vivido.app.imports.plan import IMPORT

    for deployed in ws.records.deployed(environment.name, limit=1000):
        entries = ws.journal.read(deployed.promotion)
        if entries and fold(entries).plan.kind == IMPORT:
            return deployed.commit if ws.repository(environment).contains(deployed.commit) else ""
    return ""


def settled(ws: "Workspace", environment: Environment, release: Release, tip: str) -> "Settled":
    """Return what compares a file at two commits without their images.

    Args:
        ws: The project.
        environment: Whose branch.
        release: What is promoted.
        tip: The branch's tip.
    """
    repository = ws.repository(environment)

    @cache
    def edited(commit: str, artifacts: tuple[Artifact, ...]) -> dict[str, bytes] | None:
        try:
            return edits_at(ws, commit, environment, artifacts)
        except Error:
            return None  # What has no image there cannot be compared without it.

    def compare(path: str, base: str, imported: str) -> tuple[bytes, bytes] | None:
        made = [edited(commit, release.artifacts) for commit in (base, imported, tip) if commit]
        if len(made) < 3 or any(m is None for m in made):
            return None
        old, taken, new = (m or {} for m in made)
        at = {commit: repository.tree(commit).read(path) or b"" for commit in (base, imported, tip)}
        same = lost_lines(at[imported], taken.get(path)) == lost_lines(at[tip], new.get(path))
        if not same and not _as_taken_in(path, imported):
            return None
        return old.get(path, at[base]), new.get(path, at[tip])

    def _as_taken_in(path: str, imported: str) -> bool:
        """Say whether the tip has the very digests that were taken in: a rollback wrote them."""
        ran = ws.records.deployed(environment.name, limit=1000)
        then = next((d.release for d in ran if d.commit == imported), None)
        again = edited(tip, then.artifacts) if then is not None else None
        return again is not None and path not in again

    return compare
