"""`vivido audit`: parity again and again, for cron and timers."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.parity.audit import Audit


def audit(*, schedule: Annotated[bool, Parameter(negative="")] = False, common: Common = PLAIN) -> int:
    """Compare all environments, remember what was found, and tell what is new since the last audit.

    Exits with 10 where something new is drift, with 11 where the only new thing is that something could not be judged, and with 0
    where nothing is new, whatever is known already. `audit: {on-new: …}` names a command that is told.

    Args:
        schedule: Only if one is due by `audit: {every: …}`: for a cron job or a timer that may run more often.
        common: Flags of every command.
    """
    from vivido.app.parity.audit import audit as make
    from vivido.cli.parity import exit_code

    ws = common.open()
    made = make(ws, only_due=schedule)
    if made is None:
        emit({"due": False}, common.output, lambda: "no audit is due")
        return Exit.OK
    emit(made, common.output, lambda: _told(made), made.new)
    if made.fault:
        say(f"{made.fault}; it is told again with the next audit")
    return exit_code(tuple(f for f in made.findings if f.id in made.new))


def _told(made: "Audit") -> str:
    from vivido.cli.output.findings.text import told

    counts = f"{len(made.findings)} findings: {len(made.new)} new, {len(made.gone)} gone since the last audit"
    text = told([f for f in made.findings if f.id in made.new], notes=False)
    return "\n\n".join(filter(None, (text, counts)))
