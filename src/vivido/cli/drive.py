"""Drive a promotion from the command line until it ends, needs a person, or the time is up."""

import time
from typing import TYPE_CHECKING

from vivido.app.live import look
from vivido.app.promote import drive
from vivido.app.run import once
from vivido.app.waiting import Waiting, waiting_for
from vivido.cli.output.emit import say
from vivido.engine.state import Status
from vivido.errors import Exit
from vivido.model.project import Project
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_BLIND = 90
"""Seconds for which something out of reach is waited for here; afterwards `vivido run` goes on trying."""

_LOOK = 0.5
"""Seconds between two looks at a promotion that another process drives."""

EXITS = {
    Status.SUCCEEDED: Exit.OK,
    Status.REFUSED: Exit.REFUSED,
    Status.WENT_BACK: Exit.WENT_BACK,
    Status.ABORTED: Exit.REFUSED,
    Status.SUPERSEDED: Exit.CONFLICT,
    Status.STUCK: Exit.STUCK,
    Status.PAUSED: Exit.WAITING,
    Status.QUEUED: Exit.WAITING,
}


def follow(ws: "Workspace", promotion: str, timeout: float) -> Waiting:
    """Drive a promotion and what it sets off.

    Returns when it is over, or when nothing but a person can bring it on.

    Args:
        ws: The project.
        promotion: Its id.
        timeout: Seconds; then it stays as it is, and any process goes on with it.
    """
    deadline = time.monotonic() + timeout
    blind_since: float | None = None
    while True:
        found = drive(ws, promotion)
        blind_since = (blind_since or time.monotonic()) if _blind(found) else None
        if blind_since is not None and time.monotonic() - blind_since > _BLIND:
            return found
        if Status(found.status).final:
            once(ws, downstream(ws.project, found.environment))
            look(ws, found.environment)
            return waiting_for(ws, promotion)
        pause = _pause(ws, found)
        if pause is None or time.monotonic() + pause > deadline:
            return found
        time.sleep(pause)


def downstream(project: Project, environment: str) -> frozenset[str]:
    """Return an environment and all that come after it: what a promotion there may set off."""
    found = {environment}
    for one in project.environments:
        if one.after in found:
            found.add(one.name)
    return frozenset(found)


def _pause(ws: "Workspace", found: Waiting) -> float | None:
    """Return the seconds after which looking again makes sense; None where only a person helps."""
    row = next(
        (q for q in ws.leases.open_promotions(ws.project.name, found.environment) if q.promotion == found.promotion),
        None,
    )
    if row is None:
        return 0
    if ws.driver(found.environment):
        return _LOOK
    if row.status in (Status.PAUSED, Status.STUCK) or (row.due is None and row.status == Status.WAITING):
        return None
    if row.status == Status.QUEUED or _for_people(found):
        return None
    return max(0.0, min(((row.due or 0) - ws.now()) / SECOND, 5.0))


def ending(found: Waiting) -> int:
    """Tell how it stands, where it is not simply done, and return the exit code."""
    status = Status(found.status)
    if status in EXITS:
        if status is not Status.SUCCEEDED:
            _tell(found)
        if status is Status.STUCK:
            say(f"  → mend it, then: vivido retry {found.promotion}")
        return EXITS[status]
    return _waits(found)


def _tell(found: Waiting) -> None:
    say(f"{found.promotion} {found.status}: {found.reason.splitlines()[0] if found.reason else ''}")
    for unmet in [u for c in found.conditions if c.outcome == "failed" for u in c.unmet if c.reason not in u.condition]:
        say(f"  - {unmet.condition}" + (f"\n    → {unmet.next}" if unmet.next else ""))


def _blind(found: Waiting) -> bool:
    """Whether it stands still only because something cannot be judged or reached."""
    return bool(found.conditions) and all(c.outcome == "blind" for c in found.conditions)


def _for_people(found: Waiting) -> bool:
    """Whether only people can bring it on, whoever looks however often."""
    standing = [c for c in found.conditions if c.outcome != "failed"]
    return bool(standing) and all(c.unmet and all(u.who for u in c.unmet) for c in standing)


def _waits(found: Waiting) -> int:
    say(f"{found.promotion} waits in {found.environment}:")
    people = False
    for condition in found.conditions:
        say(f"  {condition.title}: {condition.reason}")
        for unmet in condition.unmet:
            people = people or bool(unmet.who)
            if unmet.next:
                say(f"    → {unmet.next}" + (f"   ({', '.join(unmet.who)})" if unmet.who else ""))
    if not people:
        say(f"  it goes on by itself with: vivido run; at once with: vivido retry {found.promotion}")
    blind = any(c.outcome == "blind" for c in found.conditions)
    if people or not found.conditions:
        return Exit.WAITING
    return Exit.BLIND if blind else Exit.TIMED_OUT if found.status == Status.RUNNING else Exit.WAITING
