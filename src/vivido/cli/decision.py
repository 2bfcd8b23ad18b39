"""`vivido approve` and `vivido reject`: a person's signed word."""

import sys
from dataclasses import dataclass

from cyclopts import Parameter

from vivido.cli.ask import confirm
from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


@Parameter(name="*")
@dataclass(frozen=True)
class Signing:
    """Flags of a person's signed word."""

    key: str = ""
    """Your SSH private key, or the .pub of one that the agent holds; without it, the key that `people:` knows."""

    comment: str = ""
    """Why; it is kept with your word."""

    yes: bool = False
    """Do not ask."""


SIGNING = Signing()
"""What is signed with where no flag is given."""


def approve(subject: str, /, *, signing: Signing = SIGNING, driving: Driving = DRIVING, common: Common = PLAIN) -> int:
    """Approve a promotion: sign exactly its release, environment, content and plan.

    If anything of that changes afterwards, the approval is void and says so.

    Args:
        subject: The environment, or the promotion's id.
        signing: Flags of a person's signed word.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    return _decide(subject, "approve", signing, driving, common)


def reject(subject: str, /, *, signing: Signing = SIGNING, driving: Driving = DRIVING, common: Common = PLAIN) -> int:
    """Reject a promotion: it is refused, and nothing is changed.

    Args:
        subject: The environment, or the promotion's id.
        signing: Flags of a person's signed word.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    return _decide(subject, "reject", signing, driving, common)


def _decide(subject: str, decision: str, signing: Signing, driving: Driving, common: Common) -> int:
    from vivido.app.person import signer
    from vivido.app.signals import find_promotion, give, state_of, statement
    from vivido.signing.approval import sign_approval

    ws = common.open(Progress(quiet=driving.quiet).listener())
    promotion = find_promotion(ws, subject)
    wanted = statement(ws, promotion, decision)
    plan = state_of(ws, promotion).plan
    who = signer(ws, plan.roster, signing.key)
    say(f"{who.person.name}: {decision} {wanted.release} in {wanted.environment} ({promotion})")
    for artifact in plan.release.artifacts:
        say(f"  {artifact.service:12} {artifact.repository}\n    {artifact.digest}")
    say(f"  content {wanted.content[:12]}, plan {wanted.plan[:12]}; asked for by {plan.requested_by}")
    if not confirm(f"Sign this {decision}?", yes=signing.yes):
        return Exit.INTERRUPTED
    approval = sign_approval(
        wanted, who.person.name, who.key, at=ws.now(), comment=signing.comment, interactive=sys.stdin.isatty()
    )
    found = give(ws, approval)
    if driving.wait:
        found = follow(ws, promotion, driving.timeout)
    emit(found, common.output, lambda: "", [promotion])
    return ending(found) if driving.wait else Exit.OK
