"""`vivido down`: empty an environment."""

from vivido.app.down import Emptying
from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.offer import Offer, agreed, bring_on
from vivido.cli.output.patience import patience
from vivido.cli.output.progress import Progress
from vivido.cli.output.style import paint


def down(
    environment: str,
    /,
    *,
    volumes: bool = False,
    reason: str = "",
    yes: bool = False,
    dry_run: bool = False,
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Stop and remove what runs in an environment: containers, proxies, network.

    Git keeps saying what should run there; promoting the same release brings it up again. Where people approve what
    goes there, they approve this too.

    Args:
        environment: Which.
        volumes: Remove its data too. Nothing brings that back.
        reason: Why; kept in the ledger.
        yes: Do not ask.
        dry_run: Show what would be removed, change nothing.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.down import plan_down
    from vivido.app.person import name_here
    from vivido.app.promote import begin

    ws = common.open(Progress(quiet=driving.quiet).listener())
    with patience(f"asking the target of {environment}", quiet=driving.quiet):
        found = plan_down(ws, environment, by=name_here(ws), volumes=volumes, reason=reason)
    question = f"Empty {environment}{', with its data' if volumes else ''}?"
    offer = Offer(found, found.plan.promotion, lambda _: _told(found), question)
    ended = agreed(offer, yes=yes, dry_run=dry_run, driving=driving, common=common)
    return bring_on(ws, begin(ws, found.plan), driving, common) if ended is None else ended


def _told(found: Emptying) -> str:
    plan = found.plan
    lines = [f"{paint('Empty', 'bold')} {plan.environment}   ({plan.promotion})", "", "Stops and removes:"]
    lines += [f"  {line}" for line in found.contents.goes]
    if found.contents.stays:
        lines += ["", "Keeps:", *(f"  {line}" for line in found.contents.stays)]
    lines += ["", "Steps:", *(f"  {number}. {step.title}" for number, step in enumerate(plan.steps, start=1)), ""]
    if found.again:
        lines.append(f"Git keeps saying {plan.release.id}. To bring it up again: {found.again}")
    return "\n".join(lines).rstrip()
