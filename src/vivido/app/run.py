"""Going on in the background: drive what is due, repair tags, wait for what comes. Any number of processes may do this."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vivido.app.live import look, repair_tags
from vivido.errors import Error, UnreachableError
from vivido.text.redact import redact
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

LONGEST = 10 * SECOND
"""Microseconds after which the queue is looked at again, whatever is due: another process may have added to it."""


def once(ws: "Workspace", only: frozenset[str] | None = None) -> int | None:
    """Do all that can be done now; return when something will be due, in microseconds since 1970."""
    due = None
    before: tuple[object, ...] | None = None
    while True:
        due = ws.engine.tick(only)
        # A promotion that ends may have started the next one.
        now = tuple((q.promotion, q.status) for q in ws.leases.open_promotions(ws.project.name))
        if now == before:
            return due
        before = now


def repair(ws: "Workspace", only: frozenset[str] | None, told: Callable[[str], None]) -> None:
    """Look at every environment, and put back every tag that somebody moved; what can't be reached is said and tried again."""
    for environment in ws.project.environments:
        if only is not None and environment.name not in only:
            continue
        look(ws, environment.name)
        try:
            for reference in repair_tags(ws, environment.name):
                told(f"put the tag {reference} back")
        except Error as e:
            told(f"tags of {environment.name}: {redact(e.message)}")
        _drift(ws, environment.name, told)


def _drift(ws: "Workspace", environment: str, told: Callable[[str], None]) -> None:
    """Look for drift and tell what is new; `status` and `why` tell it from now on. Nothing is put back by itself."""
    from vivido.app.drift import drift
    from vivido.app.drift_memory import recall_drift

    before = recall_drift(ws, environment)
    known = {d.where for d in before.debts} if before else set[str]()
    drift(ws, environment)
    after = recall_drift(ws, environment)
    for debt in after.debts if after else ():
        if debt.where not in known:
            told(f"drift in {environment}: {debt.where}: {debt.told}")


def forever(
    ws: "Workspace",
    only: frozenset[str] | None,
    wait: Callable[[float], bool],
    told: Callable[[str], None],
    tags_every: int = 300 * SECOND,
) -> None:
    """Drive until told to stop. A state that cannot be reached is waited for.

    Args:
        ws: The project.
        only: Names of environments, None for all.
        wait: Waits some seconds; True means stop.
        told: Takes a line for the log.
        tags_every: Microseconds between two looks at the tags.
    """
    looked = 0
    while True:
        due = _round(ws, only, told)
        if ws.now() - looked >= tags_every:
            repair(ws, only, told)
            looked = ws.now()
        if ws.project.audit.every and only is None:
            _audit(ws, told)
        pause = LONGEST if due is None else min(max(due - ws.now(), SECOND), LONGEST)
        if wait(pause / SECOND):
            return


def _audit(ws: "Workspace", told: Callable[[str], None]) -> None:
    """Make the audit that is due, if one is; what goes wrong is said, and tried again with the next round."""
    from vivido.app.parity.audit import audit

    try:
        made = audit(ws, only_due=True)
    except Error as e:
        told(f"audit: {redact(e.message)}")
        return
    if made is not None:
        told(f"audit: {len(made.findings)} findings, {len(made.new)} new" + (f"; {made.fault}" if made.fault else ""))


def _round(ws: "Workspace", only: frozenset[str] | None, told: Callable[[str], None]) -> int | None:
    try:
        return once(ws, only)
    except UnreachableError as e:
        told(redact(e.message))
        return None
