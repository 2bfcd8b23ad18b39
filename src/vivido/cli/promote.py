"""`vivido promote`: bring a release to an environment."""

from typing import TYPE_CHECKING

from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.offer import Offer, agreed, bring_on
from vivido.cli.output.emit import emit, say
from vivido.cli.output.patience import patience
from vivido.cli.output.plan import told
from vivido.cli.output.progress import Progress
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.planning import Proposal


def promote(
    environment: str,
    /,
    *,
    release: str = "",
    reason: str = "",
    yes: bool = False,
    dry_run: bool = False,
    again: bool = False,
    state_lost: bool = False,
    supersede: str = "",
    without_way_back: str | None = None,
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Bring a release to an environment: plan, show, ask, go.

    Without --release it takes what runs in the environment before; in a first environment, the newest release.
    The same command again, after an interruption, goes on with the promotion that is there.

    Args:
        environment: Where to.
        release: A release's id, or the beginning of one.
        reason: Why; kept in the commit and the ledger.
        yes: Do not ask.
        dry_run: Show the plan and the rendered diff, change nothing. Exits with 3 where the check would fail.
        again: Promote even where the environment has exactly this already.
        state_lost: Begin anew where Git knows earlier promotions that the state here has lost. There is no way back then.
        supersede: Commits on the environment's branch whose changes may go, with commas between them; needs --reason.
        without_way_back: Why it may start although what runs could not be brought back: its images or its commit are gone.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.planning import Accepted
    from vivido.app.promote import choose_release, plan, start, under_way
    from vivido.app.undoable import reasoned

    ws = common.open(Progress(quiet=driving.quiet).listener())
    chosen = choose_release(ws, ws.environment(environment).name, release)
    promotion = under_way(ws, environment, chosen)
    if promotion:
        say(f"{promotion} is under way already; going on with it")
    else:
        gone = tuple(part.strip() for part in supersede.split(",") if part.strip())
        accepted = Accepted(state_lost, gone, reasoned(without_way_back))
        by = name_here(ws)
        with patience("fetching and rendering the configuration", quiet=driving.quiet):
            proposal = plan(ws, environment, chosen.id, by=by, reason=reason, accepted=accepted)
        if not dry_run and (nothing := _nothing(proposal)) and not again:
            say(f"{nothing} (--again promotes it there anyway)")
            emit(proposal, common.output, lambda: "", [])
            return Exit.OK
        question = f"Promote {chosen.id} to {environment}?"
        offer = Offer(proposal, proposal.plan.promotion, lambda to: told(proposal, to), question, whole=True)
        ended = agreed(offer, yes=yes, dry_run=dry_run, driving=driving, common=common)
        if ended is not None:
            return Exit.REFUSED if dry_run and proposal.unmet else ended
        promotion = start(ws, proposal)
    return bring_on(ws, promotion, driving, common)


def _nothing(proposal: "Proposal") -> str:
    """Say why there is nothing to do; empty where there is."""
    plan, same = proposal.plan, proposal.unchanged
    if proposal.already:
        return f"{plan.environment} has {plan.release.id} already; nothing to do"
    if same is None:
        return ""
    return f"{plan.environment} is unchanged by {plan.release.id}: the same passed there as {same.release} ({same.promotion})"
