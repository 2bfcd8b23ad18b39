"""Emptying an environment: containers, traffic, network; its data where that was asked for."""

from typing import TYPE_CHECKING

from vivido.app.executors.side import environment_of
from vivido.crashpoint import crashpoint
from vivido.engine.executor import Done, Work, passed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


class Down:
    """Executes `down`. Idempotent: what is gone already is not missed."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def __call__(self, work: Work) -> Done:
        """Stop and remove what is there."""
        from vivido.app.down import emptiable

        environment = environment_of(self._ws, work)
        target = emptiable(self._ws, environment, work.progress)
        volumes = work.step.options.get("volumes") is True
        work.hold()
        crashpoint("target.empty.before")
        target.empty(volumes=volumes)
        crashpoint("target.empty.after")
        return passed(f"{environment.name} is empty" + ("" if volumes else "; its data stays"))
