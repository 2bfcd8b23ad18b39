"""`vivido history`: what was promoted, by whom, and every fact of it."""

from vivido.app.history import Fact
from vivido.app.waiting import Waiting
from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.style import width
from vivido.cli.output.table import table
from vivido.errors import Exit
from vivido.time.clock import rfc3339


def history(subject: str = "", /, *, limit: int = 20, common: Common = PLAIN) -> int:
    """List promotions, newest first; or every fact of one of them.

    Args:
        subject: An environment, or a promotion's id for all of its facts; empty for everything.
        limit: How many promotions.
        common: Flags of every command.
    """
    from vivido.app.history import facts
    from vivido.app.history import history as read
    from vivido.app.signals import find_promotion

    ws = common.open()
    if subject and ws.project.environment(subject) is None:
        told = facts(ws, find_promotion(ws, subject))
        emit(told, common.output, lambda: _facts(told), (str(f.seq) for f in told))
        return Exit.OK
    found = read(ws, subject, limit)
    emit(found, common.output, lambda: _list(found), (w.promotion for w in found))
    return Exit.OK


def _facts(found: tuple[Fact, ...]) -> str:
    return "\n".join(f"{f.seq:4} {rfc3339(f.at)} {f.hash[:8]} {f.what}" for f in found)


def _list(found: tuple[Waiting, ...]) -> str:
    if not found:
        return "nothing was promoted yet"
    heads = ["WHEN", "PROMOTION", "ENVIRONMENT", "RELEASE", "STATUS", "BY"]
    rows = [
        [
            rfc3339(w.requested_at)[5:16].replace("T", " "),
            w.promotion,
            w.environment,
            w.release,
            _ending(w),
            w.requested_by,
        ]
        for w in found
    ]
    return table(rows, heads, width(), give=(5, 2))


def _ending(one: Waiting) -> str:
    return one.status if one.kind == "promotion" else f"{one.status} ({one.kind})"
