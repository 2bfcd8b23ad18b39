"""`vivido rollback`: the way back."""

from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.offer import Offer, agreed, bring_on
from vivido.cli.output.patience import patience
from vivido.cli.output.plan import told
from vivido.cli.output.progress import Progress


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

    ws = common.open(Progress(quiet=driving.quiet).listener())
    with patience("fetching and rendering the configuration", quiet=driving.quiet):
        proposal = plan_rollback(ws, environment, to, by=name_here(ws), reason=reason, discard_edits=discard_edits)
    question = f"Roll {environment} back to {proposal.plan.release.id}?"
    offer = Offer(proposal, proposal.plan.promotion, lambda to: told(proposal, to), question, whole=True)
    ended = agreed(offer, yes=yes, dry_run=dry_run, driving=driving, common=common)
    return bring_on(ws, start(ws, proposal), driving, common) if ended is None else ended
