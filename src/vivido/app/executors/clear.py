"""Taking out of an environment what nobody declared there."""

from typing import TYPE_CHECKING

from vivido.app.executors.side import environment_of
from vivido.crashpoint import crashpoint
from vivido.engine.executor import Done, Work, passed
from vivido.model.gate import Judgment, Outcome
from vivido.targets.interface import Observable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Clear:
    """Executes `clear`. Idempotent: what is gone already stays gone."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Take out what the plan names, and nothing that came since it was shown to a person."""
        names = tuple(str(n) for n in work.step.options.get("names", ()))
        target = self._ws.target(environment_of(self._ws, work), work.progress)
        if not isinstance(target, Observable):
            return Done(Judgment(Outcome.SKIPPED, "this target cannot be looked into"))
        work.hold()
        crashpoint("target.clear.before")
        target.clear(names)
        crashpoint("target.clear.after")
        return passed(f"{', '.join(names)} {'are' if len(names) > 1 else 'is'} out of the environment")
