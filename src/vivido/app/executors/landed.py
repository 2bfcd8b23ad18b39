"""Whether what was proposed stands on the environment's branch, however people brought it there.

A merge and a rebase keep the commit's trailers. A squash may lose them: then it stands since the commit of the branch at which
deriving the edit began to give nothing to change.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from vivido.app.executors.derive import Derivation, key_of
from vivido.app.executors.side import environment_of
from vivido.app.ground import is_own
from vivido.engine.executor import Work
from vivido.errors import ConflictError, RefusedError
from vivido.git.history import describe, find_by_trailer
from vivido.git.read import is_ancestor

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_FAR = 500
"""Commits of the branch that are looked through, one by one."""


class Landed(msgspec.Struct, frozen=True):
    """A change that stands on the branch."""

    commit: str
    """What changed the files: taking it back takes back the promotion."""
    since: str
    """The commit of the branch itself with which it came there."""
    keyed: bool = True
    """The commit says by its trailers whose it is."""
    unedited: bool = False
    """It stood there before the promotion was planned: nobody made a commit for it."""


def landed(ws: "Workspace", work: Work, derivation: Derivation, tip: str) -> Landed | None:
    """Return how the change stands on a branch that is at `tip`; None where it does not."""
    environment, plan = environment_of(ws, work), work.state.plan
    repository = ws.repository(environment)
    commit = find_by_trailer(repository.mirror, repository.branch, key_of(work).trailers, plan.base or None)
    merges = ws.owns(environment) is not None and plan.kind == "promotion" and not work.step.options.get("back")
    if merges and commit is not None and not is_own(describe(repository.mirror, commit)):
        commit = None  # A copy: it does not say which commit was promoted, which the next promotion stands on.
    if commit is not None:
        made = commit
        since = _oldest(ws, work, tip, lambda at: is_ancestor(repository.mirror, made, at))
        return Landed(commit, since)
    if merges or not _stands(work, derivation, tip):
        return None
    since = _oldest(ws, work, tip, lambda at: _stands(work, derivation, at))
    return Landed(since, since, keyed=False, unedited=since == plan.base)


def _stands(work: Work, derivation: Derivation, commit: str) -> bool:
    try:
        return not derivation.files(work, commit)
    except (RefusedError, ConflictError):
        return False


def _oldest(ws: "Workspace", work: Work, tip: str, there: Callable[[str], bool]) -> str:
    """Return the oldest commit of the branch, back from its tip, since which something is there; none before the plan's base."""
    mirror, base = ws.repository(environment_of(ws, work)).mirror, work.state.plan.base
    found = tip
    for _ in range(_FAR):
        parents = describe(mirror, found).parents
        if found == base or not parents or not there(parents[0]):
            break
        found = parents[0]
    return found
