"""`vivido rollback`: the way back."""

import sys

from vivido.cli.ask import confirm
from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.patience import patience
from vivido.cli.output.plan import told
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


def rollback(
    environment: str,
    /,
    *,
    to: str = "",
    reason: str = "",
    discard_edits: bool = False,
    yes: bool = False,
    dry_run: bool = False,
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Go back to a release that ran there before, by a new commit; pin what it leaves.

    Takes back exactly what the promotions since then changed. Edits that people made stay; where they touch the
    same lines it names them and refuses.

    Args:
        environment: Where.
        to: The release to go back to; without it, the one before.
        reason: Why; it stands in the pin that keeps the bad release out.
        discard_edits: Take the old lines where people changed the same ones.
        yes: Do not ask.
        dry_run: Show the plan and the rendered diff, change nothing.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.promote import start
    from vivido.app.rollback import plan_rollback
    from vivido.app.waiting import waiting_for

    ws = common.open(Progress(quiet=driving.quiet).listener())
    with patience("fetching and rendering the configuration", quiet=driving.quiet):
        proposal = plan_rollback(ws, environment, to, by=name_here(ws), reason=reason, discard_edits=discard_edits)
    if dry_run:
        emit(proposal, common.output, lambda: told(proposal), [proposal.plan.promotion], whole=True)
        return Exit.OK
    if common.output == "text" and not driving.quiet:
        say(told(proposal, sys.stderr), whole=True)
    if not confirm(f"Roll {environment} back to {proposal.plan.release.id}?", yes=yes):
        return Exit.INTERRUPTED
    promotion = start(ws, proposal)
    found = follow(ws, promotion, driving.timeout) if driving.wait else waiting_for(ws, promotion)
    emit(found, common.output, lambda: "", [promotion])
    return ending(found) if driving.wait else Exit.OK
