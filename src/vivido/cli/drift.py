"""`vivido drift`: what runs against what Git says, and the two ways to settle a difference."""

from cyclopts import App

from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit

drift_app = App(name="drift", help="Find what runs and is not in Git.", result_action="return_value")


@drift_app.default
def look(*environments: str, quiet: bool = False, common: Common = PLAIN) -> int:
    """Compare what runs with what Git says, and what Git says with what was promoted.

    Exits with 10 where there is any drift, with 11 where an environment could not be looked at. What is found is remembered:
    `vivido status` and `vivido why` tell it until it is reverted or declared. A commit that no promotion brought is an ungated
    change; it is live, and counts, where the target pulls what the branch says.

    Args:
        environments: Their names; without any, all.
        quiet: No progress.
        common: Flags of every command.
    """
    from vivido.app.drift import drift
    from vivido.cli.output.drift import told
    from vivido.cli.output.style import width

    ws = common.open()
    names = environments or tuple(e.name for e in ws.project.environments)
    for name in names:
        ws.environment(name)
    found = tuple(drift(ws, n, (lambda _: None) if quiet else (lambda line, n=n: say(f"  {n}: {line}"))) for n in names)
    ids = (
        f"{d.environment} {where}"
        for d in found
        for where in (
            *(i.where for i in d.live),
            *(a.where for a in d.artifacts),
            *(u.commit for u in d.debts),
        )
    )
    emit(found, common.output, lambda: told(found, width()), ids)
    if any(d.found for d in found):
        return Exit.DIFFERENT
    return Exit.BLIND if any(d.blind for d in found) else Exit.OK


@drift_app.command
def revert(
    environment: str,
    /,
    *,
    only: tuple[str, ...] = (),
    reason: str = "",
    yes: bool = False,
    dry_run: bool = False,
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Put back what Git says, as a promotion does it: new pods beside the old ones, then the traffic, then the old ones go.

    Args:
        environment: Where.
        only: An id, or a place such as Deployment/web or Container/tmp (repeat for several); without it, everything that was found.
        reason: Why; it stands in the ledger.
        yes: Do not ask.
        dry_run: Show the plan, change nothing.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.drift import drift
    from vivido.app.person import name_here
    from vivido.app.promote import begin
    from vivido.app.revert import plan_revert
    from vivido.cli.offer import Offer, agreed, bring_on
    from vivido.cli.output.drift import reverted, reverting
    from vivido.cli.output.progress import Progress

    ws = common.open(Progress(quiet=driving.quiet).listener())
    found = plan_revert(ws, drift(ws, environment), only, by=name_here(ws), reason=reason)
    question = f"Put {environment} back to what Git says?"
    offer = Offer(found, found.plan.promotion, lambda _: reverting(found), question)
    ended = agreed(offer, yes=yes, dry_run=dry_run, driving=driving, common=common)
    if ended is not None:
        return ended
    return bring_on(ws, begin(ws, found.plan), driving, common, lambda: say(reverted(drift(ws, environment))))


@drift_app.command
def adopt(
    environment: str,
    /,
    *,
    reason: str,
    owner: str = "",
    only: tuple[str, ...] = (),
    yes: bool = False,
    dry_run: bool = False,
    common: Common = PLAIN,
) -> int:
    """Declare in Git what was changed by hand: one commit of yours, with its reason and owner. Nothing that runs is changed.

    It comes to the environment as every commit does: with the next release, through the gates. Until then it stays a debt.

    Args:
        environment: Where.
        reason: Why it shall stay.
        owner: Who answers for it; without it, you.
        only: An id, or a place such as Deployment/web (repeat for several); without it, everything that can be declared.
        yes: Do not ask.
        dry_run: Show the edit, commit nothing.
        common: Flags of every command.
    """
    from vivido.app.adoption.commit import commit_adoption
    from vivido.app.adoption.plan import plan_adoption
    from vivido.app.drift import drift
    from vivido.app.person import name_here
    from vivido.cli.ask import confirm
    from vivido.cli.output.drift import adopting

    ws = common.open()
    plan = plan_adoption(ws, drift(ws, environment), only, by=name_here(ws), reason=reason, owner=owner)
    if dry_run:
        emit(plan, common.output, lambda: adopting(plan), [plan.id])
        return Exit.OK
    if common.output == "text":
        say(adopting(plan))
    repository = ws.repository(ws.environment(environment))
    if not confirm(f"Commit this to {repository.branch} of {repository.url}?", yes=yes):
        return Exit.INTERRUPTED
    commit = commit_adoption(ws, plan)
    emit({"adoption": plan, "commit": commit}, common.output, lambda: f"declared in {commit[:12]}", [commit])
    say(f"  → bring it there: vivido release create, then vivido promote {environment}")
    return Exit.OK
