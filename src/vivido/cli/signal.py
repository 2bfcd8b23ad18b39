"""`vivido pause`, `resume`, `abort`, `retry`: what a person says to a promotion under way."""

from vivido.cli.common import PLAIN, Common
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.progress import Progress
from vivido.errors import Exit


def pause(subject: str, /, *, reason: str = "", common: Common = PLAIN) -> int:
    """Stop a promotion before its next step; what it has done stays.

    Args:
        subject: The environment, or the promotion's id.
        reason: Why.
        common: Flags of every command.
    """
    _signal(subject, "pause", reason, 0, common)
    return Exit.OK


def resume(subject: str, /, *, reason: str = "", timeout: float = 3600, common: Common = PLAIN) -> int:
    """Go on with a paused promotion.

    Args:
        subject: The environment, or the promotion's id.
        reason: Why.
        timeout: Seconds to wait; 0 leaves it to `vivido run`.
        common: Flags of every command.
    """
    return _signal(subject, "resume", reason, timeout, common)


def abort(
    subject: str, /, *, reason: str = "", yes: bool = False, timeout: float = 3600, common: Common = PLAIN
) -> int:
    """End a promotion: what it changed is undone, what it staged is removed.

    Args:
        subject: The environment, or the promotion's id.
        reason: Why.
        yes: Do not ask.
        timeout: Seconds to wait for the undoing; 0 leaves it to `vivido run`.
        common: Flags of every command.
    """
    from vivido.app.signals import find_promotion, sensible
    from vivido.app.waiting import waiting_for
    from vivido.cli.ask import confirm

    ws = common.open()
    promotion = find_promotion(ws, subject)
    sensible(ws, promotion, "abort")
    found = waiting_for(ws, promotion)
    if not confirm(f"End {promotion} ({found.release} in {found.environment}, {found.status}) and undo it?", yes=yes):
        return Exit.INTERRUPTED
    code = _signal(promotion, "abort", reason, timeout, common)
    return Exit.OK if code == Exit.REFUSED else code


def retry(subject: str, /, *, reason: str = "", timeout: float = 3600, common: Common = PLAIN) -> int:
    """Try what failed again, from the failed step; what passed is not judged again.

    Args:
        subject: The environment, or the promotion's id.
        reason: Why.
        timeout: Seconds to wait; 0 leaves it to `vivido run`.
        common: Flags of every command.
    """
    return _signal(subject, "retry", reason, timeout, common)


def _signal(subject: str, what: str, reason: str, timeout: float, common: Common) -> int:
    from vivido.app.person import name_here
    from vivido.app.promote import drive
    from vivido.app.signals import find_promotion, signal

    ws = common.open(Progress().listener())
    promotion = find_promotion(ws, subject)
    found = signal(ws, promotion, what, by=name_here(ws), reason=reason)
    if what == "pause":
        found = drive(ws, promotion)
        say(
            f"{promotion} is {found.status}" if found.status == "paused" else f"{promotion} pauses before its next step"
        )
    elif timeout:
        found = follow(ws, promotion, timeout)
    else:
        say(f"{promotion}: {what} is noted; it takes effect with: vivido run")
        emit(found, common.output, lambda: "", [promotion])
        return Exit.OK
    emit(found, common.output, lambda: "", [promotion])
    return ending(found)
