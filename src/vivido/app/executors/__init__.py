"""What the engine's steps do to the outside: one file per kind, each idempotent by the work's key."""

from typing import TYPE_CHECKING

from vivido.app.executors.check import Check
from vivido.app.executors.clear import Clear
from vivido.app.executors.commit import Commit
from vivido.app.executors.copy import Copy
from vivido.app.executors.down import Down
from vivido.app.executors.gate import Gate
from vivido.app.executors.hydrate import Hydrate
from vivido.app.executors.propose import Propose, Withdraw
from vivido.app.executors.record import Record
from vivido.app.executors.tag import Tag
from vivido.app.executors.traffic import Settle, Stage, Switch
from vivido.engine.executor import Executors

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def executors(ws: "Workspace") -> Executors:
    """Return the executors of one project, by kind of step."""
    return {
        "check": Check(ws),
        "gate": Gate(ws),
        "copy": Copy(ws),
        "stage": Stage(ws),
        "commit": Commit(ws),
        "propose": Propose(ws),
        "withdraw": Withdraw(ws),
        "switch": Switch(ws),
        "settle": Settle(ws),
        "down": Down(ws),
        "hydrate": Hydrate(ws),
        "record": Record(ws),
        "tag": Tag(ws),
        "clear": Clear(ws),
    }
