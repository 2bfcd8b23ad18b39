"""What the target does: bring up, give traffic, drain and remove; forwards and back."""

from typing import TYPE_CHECKING

from vivido.app.executors.side import environment_of, new_side, old_side
from vivido.crashpoint import crashpoint
from vivido.engine.executor import Done, Work, passed
from vivido.model.gate import Judgment, Outcome
from vivido.targets.interface import Desired, Target

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_EMPTY = Done(Judgment(Outcome.SKIPPED, "the environment was empty before"))


class _Traffic:
    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def _target(self, work: Work) -> Target:
        return self._ws.target(environment_of(self._ws, work), work.progress)

    def _side(self, work: Work) -> Desired | None:
        return old_side(self._ws, work).wanted if work.step.options.get("back") else new_side(self._ws, work)


class Stage(_Traffic):
    """Executes `stage`: brings the generation up beside what runs, without traffic."""

    def __call__(self, work: Work) -> Done:
        """Stage the promotion's side, or with `back` the one before it."""
        side = self._side(work)
        if side is None:
            return _EMPTY
        work.hold()
        crashpoint("target.stage.before")
        self._target(work).stage(side)
        crashpoint("target.stage.after")
        return passed(f"generation {side.generation} is ready", generation=side.generation)


class Switch(_Traffic):
    """Executes `switch`: gives a staged generation the traffic."""

    def __call__(self, work: Work) -> Done:
        """Switch to the promotion's side, or with `back` to the one before it."""
        side = self._side(work)
        if side is None:
            return _EMPTY
        work.hold()
        crashpoint("target.switch.before")
        self._target(work).switch(side)
        crashpoint("target.switch.after")
        return passed(f"{side.release} has the traffic")


class Settle(_Traffic):
    """Executes `settle`: drains and removes every generation but the one that stays."""

    def __call__(self, work: Work) -> Done:
        """Keep the promotion's side, or with `back` the one before it; do nothing where nothing was staged."""
        back = bool(work.step.options.get("back"))
        staged = work.state.steps.get("stage")
        if back and (staged is None or not staged.began):
            return Done(Judgment(Outcome.SKIPPED, "nothing was staged"))
        side = self._side(work)
        keep = side.generation if side is not None else ""
        work.hold()
        crashpoint("target.settle.before")
        self._target(work).settle(keep)
        crashpoint("target.settle.after")
        return passed(f"only generation {keep} is left" if keep else "the environment is empty again")
