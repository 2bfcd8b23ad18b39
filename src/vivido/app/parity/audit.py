"""`vivido audit`: all pairs, what is new since the last time, and telling somebody.

What is new is recorded before anybody is told, and stays to be told until the command has taken it: at least once, each time under
the same id.
"""

from typing import TYPE_CHECKING

import msgspec

from vivido.app.parity.compare import Asked, compare
from vivido.app.parity.origins import traced
from vivido.crashpoint import crashpoint
from vivido.errors import ToolError
from vivido.model.audited import Audited, Batch
from vivido.model.canonical import fingerprint
from vivido.model.finding import Finding, Severity
from vivido.process import run
from vivido.text.redact import printable, redact

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_PATIENCE = 300.0
"""Seconds that the command may take."""


class Audit(msgspec.Struct, frozen=True):
    """What an audit found."""

    at: int
    findings: tuple[Finding, ...]
    """All but notes."""
    new: tuple[str, ...]
    """Ids of those that the last audit did not have."""
    gone: tuple[str, ...]
    """Ids of those that only the last audit had."""
    told: int = 0
    """Messages that the command took."""
    fault: str = ""
    """Why it did not take one; it is sent again with the next audit."""


def audit(ws: "Workspace", *, only_due: bool = False) -> Audit | None:
    """Compare all pairs, record what is found, and tell what is new.

    Args:
        ws: The project.
        only_due: Do nothing, and return None, where the last audit is younger than `audit: {every: …}`.

    Raises:
        Error: As `compare`.
    """
    before = ws.records.audited()
    now = ws.now()
    if only_due and before is not None and now - before.at < ws.project.audit.every:
        return None
    found = tuple(f for f in traced(ws, compare(ws, Asked())).parity.findings if f.severity is not Severity.NOTE)
    known = before.known if before else {}
    new = tuple(f for f in found if f.id not in known)
    untold = before.untold if before else ()
    if new and ws.project.audit.on_new:
        batch = Batch(f"a-{fingerprint([now, [f.id for f in new]])[:12]}", new)
        untold = (*untold, batch)
    after = Audited(now, {f.id: known.get(f.id, now) for f in found}, untold)
    ws.records.set_audited(after)
    told, fault = _tell(ws, after)
    gone = tuple(sorted(set(known) - set(after.known)))
    return Audit(now, found, tuple(f.id for f in new), gone, told, fault)


def _tell(ws: "Workspace", audited: Audited) -> tuple[int, str]:
    """Send what is untold, oldest first, until one is not taken."""
    told = 0
    for number, batch in enumerate(audited.untold):
        fault = _send(ws, batch)
        if fault:
            return told, fault
        told += 1
        ws.records.set_audited(msgspec.structs.replace(audited, untold=audited.untold[number + 1 :]))
    return told, ""


def _send(ws: "Workspace", batch: Batch) -> str:
    """Hand a batch to the command; returns why it did not take it."""
    command = ws.project.audit.on_new
    if not command:
        return ""
    body = msgspec.json.encode({"audit": batch.id, "project": ws.project.name, "findings": batch.findings})
    environ = {"VIVIDO_AUDIT": batch.id, "VIVIDO_PROJECT": ws.project.name}
    crashpoint("audit.tell.before")
    try:
        done = run(["sh", "-c", command], cwd=ws.project.root, env=environ, stdin=body, timeout=_PATIENCE)
    except ToolError as e:
        return redact(e.message)
    crashpoint("audit.tell.after")
    if done.returncode == 0:
        return ""
    words = printable(redact(done.complaint))[-300:]
    return f"the command under on-new failed with exit code {done.returncode}" + (f": {words}" if words else "")
