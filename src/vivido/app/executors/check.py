"""Before anything is changed: the artifacts are in the registry, their needs are met, and nothing stands in the target's way."""

from typing import TYPE_CHECKING

from vivido.app.aliases import misnamed
from vivido.app.contract import unmet
from vivido.app.entry import pinned_out
from vivido.app.executors.side import environment_of, new_side
from vivido.app.parity.states import not_apart
from vivido.app.planning import pins_before
from vivido.app.revisions import revision_of
from vivido.app.standing import REVERT
from vivido.app.unchanged import revoked
from vivido.app.undoable import missing_images, obstacles_to_return
from vivido.engine.executor import Done, Work, passed
from vivido.model.gate import Judgment, Outcome, Unmet
from vivido.model.problem import Problem
from vivido.model.release import Artifact
from vivido.targets.interface import Desired

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Check:
    """Executes `check`. No effect."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Look at every artifact and ask the target; name all that is wrong at once."""
        release = work.state.plan.release
        work.progress("asking the registry for every digest")
        problems = [*self._pins(work), *map(_missing, missing_images(self._ws, release.artifacts)), *self._return(work)]
        problems += misnamed(self._ws, release, environment_of(self._ws, work))
        wanted = new_side(self._ws, work)
        work.progress("holding the release against what is there")
        problems += self._unmet(work, wanted)
        work.progress("asking the target")
        problems += self._ws.target(environment_of(self._ws, work), work.progress).check(wanted)
        if problems:
            return Done(_refusal(problems))
        return passed(f"{len(release.artifacts)} artifacts are there, the target is ready")

    def _unmet(self, work: Work, wanted: Desired) -> tuple[Problem, ...]:
        plan = work.state.plan
        if plan.kind == "rollback":
            # It was there before, and must never be harder to reach than what it replaces.
            return ()
        environment = environment_of(self._ws, work)
        commit = revision_of(self._ws, plan.release, environment)
        lacking = unmet(self._ws, environment, wanted.rendered, plan.release.artifacts, commit)
        return (*lacking, *not_apart(self._ws, environment, plan.release, wanted.rendered)[0])

    def _pins(self, work: Work) -> tuple[Problem, ...]:
        plan = work.state.plan
        if plan.kind in ("rollback", REVERT):
            return ()
        environment = environment_of(self._ws, work)
        pinned = pinned_out(plan.release, environment, pins_before(self._ws, environment))
        return (*pinned, *revoked(self._ws, plan.carried))

    def _return(self, work: Work) -> tuple[Problem, ...]:
        """Look whether what runs could be brought back; a rollback leaves what is bad, so it does not need that."""
        plan = work.state.plan
        if plan.kind in ("rollback", REVERT) or plan.way_back.accepted or not plan.way_back.release:
            return ()
        deployed = next((d for d in self._ws.records.deployed(plan.environment) if d.promotion != plan.promotion), None)
        if deployed is None:
            return ()
        environment = environment_of(self._ws, work)
        self._ws.repository(environment).fetch()
        return obstacles_to_return(self._ws, deployed, environment)


def _missing(artifact: Artifact) -> Problem:
    return Problem("artifact.missing", f"the registry does not have {artifact.image}", "Build or push it again.")


def _refusal(problems: list[Problem]) -> Judgment:
    """Return every problem as a condition of its own; the reason names the first."""
    told = [p.message if p.where in p.message else f"{p.message} ({p.where})" for p in problems]
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    unmet = tuple(Unmet(message, next=p.hint) for message, p in zip(told, problems, strict=True))
    return Judgment(Outcome.FAILED, f"{told[0]}{more}", {"codes": [p.code for p in problems]}, unmet)
