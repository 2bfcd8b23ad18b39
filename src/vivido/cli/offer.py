"""What every command does that changes an environment: show what would be done, ask, start, bring it on or leave it to others."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from vivido.app.waiting import waiting_for
from vivido.cli.ask import confirm
from vivido.cli.common import Common, Driving
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.engine.state import Status
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


@dataclass(frozen=True)
class Offer:
    """What a person is asked about."""

    subject: Any
    """What `-o json` shows of it."""

    promotion: str
    """Its id."""

    told: Callable[[TextIO], str]
    """Returns it in words, as wide and as colourful as the stream takes it."""

    question: str

    whole: bool = False
    """Its lines are not folded."""


def agreed(offer: Offer, *, yes: bool, dry_run: bool, driving: Driving, common: Common) -> int | None:
    """Show an offer and ask.

    Args:
        offer: The offer.
        yes: The person said yes already.
        dry_run: Only show it.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.

    Returns:
        None where the person agrees, else the exit code of the command, which ends here.

    Raises:
        InputError: `cli.not-asked`.
    """
    if dry_run:
        emit(offer.subject, common.output, lambda: offer.told(sys.stdout), [offer.promotion], whole=offer.whole)
        return Exit.OK
    if common.output == "text" and not driving.quiet:
        say(offer.told(sys.stderr), whole=offer.whole)
    return None if confirm(offer.question, yes=yes) else Exit.INTERRUPTED


def bring_on(
    ws: "Workspace",
    promotion: str,
    driving: Driving,
    common: Common,
    done: Callable[[], None] = lambda: None,
) -> int:
    """Drive a promotion that was started, or leave it to `vivido run`; say where it stands.

    Args:
        ws: The project.
        promotion: Its id.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
        done: What is still to be said where it succeeded here.

    Returns:
        The exit code.
    """
    found = follow(ws, promotion, driving.timeout) if driving.wait else waiting_for(ws, promotion)
    emit(found, common.output, lambda: "", [promotion])
    if not driving.wait:
        goes_on = found.status in (Status.QUEUED, Status.RUNNING)
        say(f"{promotion} is {found.status}" + ("; it goes on with: vivido run" if goes_on else f": {found.reason}"))
        return Exit.OK
    if found.status == Status.SUCCEEDED:
        done()
    return ending(found)
