"""`vivido run`: go on in the background."""

import signal
import threading
from typing import Annotated

from cyclopts import Parameter

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


def run(
    *,
    only: Annotated[tuple[str, ...], Parameter(name="--only", consume_multiple=False)] = (),
    once: bool = False,
    common: Common = PLAIN,
) -> int:
    """Go on with every promotion that can move: what another process left, what fell due, what was approved.

    Stops at SIGTERM or Ctrl-C after the step it is in. Any number of these may run, on any machine that reaches the state.

    Args:
        only: Drive this environment alone (repeat for several), so that this process needs its credentials only.
        once: Do what can be done now and end: for cron and CI. --output then lists what is still open.
        common: Flags of every command.
    """
    from vivido.app.run import forever, repair
    from vivido.app.run import once as drive_once
    from vivido.app.waiting import waiting_for

    ws = common.open(Progress().listener())
    names = frozenset(ws.environment(name).name for name in only) or None
    if once:
        drive_once(ws, names)
        repair(ws, names, say)
        left = [q for q in ws.leases.open_promotions(ws.project.name) if names is None or q.environment in names]
        emit([waiting_for(ws, q.promotion) for q in left], common.output, lambda: "", (q.promotion for q in left))
        return Exit.OK
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    say(f"driving {', '.join(sorted(names)) if names else 'every environment'} of {ws.project.name}; Ctrl-C stops it")
    forever(ws, names, over.wait, say)
    return Exit.OK
