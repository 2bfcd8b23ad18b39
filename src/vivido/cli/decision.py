"""`vivido approve` and `vivido reject`: a person's signed word."""

import sys

from vivido.cli.ask import confirm
from vivido.cli.common import PLAIN, Common
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


def approve(
    subject: str,
    *,
    key: str = "",
    comment: str = "",
    yes: bool = False,
    wait: bool = True,
    timeout: float = 3600,
    quiet: bool = False,
    common: Common = PLAIN,
) -> int:
    """Approve a promotion: sign exactly its release, environment, content and plan.

    If anything of that changes afterwards, the approval is void and says so.

    Args:
        subject: The environment, or the promotion's id.
        key: Your SSH private key, or the .pub of one that the agent holds; without it, the key that `people:` knows.
        comment: For people.
        yes: Do not ask.
        wait: Go on with the promotion here.
        timeout: Seconds to wait.
        quiet: No progress.
        common: Flags of every command.
    """
    return _decide(subject, "approve", key, comment, (yes, wait, quiet), timeout, common)


def reject(
    subject: str,
    *,
    key: str = "",
    comment: str = "",
    yes: bool = False,
    wait: bool = True,
    timeout: float = 3600,
    quiet: bool = False,
    common: Common = PLAIN,
) -> int:
    """Reject a promotion: it is refused, and nothing is changed.

    Args:
        subject: The environment, or the promotion's id.
        key: Your SSH private key, or the .pub of one that the agent holds.
        comment: Why.
        yes: Do not ask.
        wait: Go on with the promotion here.
        timeout: Seconds to wait.
        quiet: No progress.
        common: Flags of every command.
    """
    return _decide(subject, "reject", key, comment, (yes, wait, quiet), timeout, common)


def _decide(
    subject: str, decision: str, key: str, comment: str, flags: tuple[bool, bool, bool], timeout: float, common: Common
) -> int:
    from vivido.app.person import signer
    from vivido.app.signals import find_promotion, give, state_of, statement
    from vivido.signing.approval import sign_approval

    yes, wait, quiet = flags
    ws = common.open(Progress(quiet=quiet).listener())
    promotion = find_promotion(ws, subject)
    wanted = statement(ws, promotion, decision)
    plan = state_of(ws, promotion).plan
    who = signer(ws, plan.roster, key)
    say(f"{who.person.name}: {decision} {wanted.release} in {wanted.environment} ({promotion})")
    for artifact in plan.release.artifacts:
        say(f"  {artifact.service:12} {artifact.image}")
    say(f"  content {wanted.content[:12]}, plan {wanted.plan[:12]}; asked for by {plan.requested_by}")
    if not confirm(f"Sign this {decision}?", yes=yes):
        return Exit.INTERRUPTED
    approval = sign_approval(
        wanted, who.person.name, who.key, at=ws.now(), comment=comment, interactive=sys.stdin.isatty()
    )
    found = give(ws, approval)
    if wait:
        found = follow(ws, promotion, timeout)
    emit(found, common.output, lambda: "", [promotion])
    return ending(found) if wait else Exit.OK
