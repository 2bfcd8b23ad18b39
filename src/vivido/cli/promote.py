"""`vivido promote`: bring a release to an environment."""

from vivido.cli.ask import confirm
from vivido.cli.common import PLAIN, Common
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.plan import told
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


def promote(
    environment: str,
    *,
    release: str = "",
    reason: str = "",
    yes: bool = False,
    dry_run: bool = False,
    again: bool = False,
    state_lost: bool = False,
    wait: bool = True,
    timeout: float = 3600,
    quiet: bool = False,
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
        dry_run: Show the plan and the rendered diff, change nothing.
        again: Promote even where the environment has exactly this already.
        state_lost: Begin anew where Git knows earlier promotions that the state here has lost. There is no way back then.
        wait: Drive it here, with progress. --no-wait leaves it to `vivido run`.
        timeout: Seconds to wait; afterwards it stays as it is and can be gone on with.
        quiet: No progress.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.promote import choose_release, plan, start, under_way
    from vivido.app.waiting import waiting_for

    ws = common.open(Progress(quiet=quiet).listener())
    chosen = choose_release(ws, ws.environment(environment).name, release)
    promotion = under_way(ws, environment, chosen)
    if promotion:
        say(f"{promotion} is under way already; going on with it")
    else:
        proposal = plan(ws, environment, chosen.id, by=name_here(ws), reason=reason, state_lost=state_lost)
        if dry_run:
            emit(proposal, common.output, lambda: told(proposal), [proposal.plan.promotion])
            return Exit.OK
        if proposal.already and not again:
            say(f"{environment} has {chosen.id} already; nothing to do (--again does it anyway)")
            emit(proposal, common.output, lambda: "", [])
            return Exit.OK
        if common.output == "text" and not quiet:
            say(told(proposal))
        if not confirm(f"Promote {chosen.id} to {environment}?", yes=yes):
            return Exit.INTERRUPTED
        promotion = start(ws, proposal)
    found = follow(ws, promotion, timeout) if wait else waiting_for(ws, promotion)
    emit(found, common.output, lambda: "", [promotion])
    if not wait:
        say(f"{promotion} is queued; it goes on with: vivido run")
        return Exit.OK
    return ending(found)
