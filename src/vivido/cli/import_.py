"""`vivido import`: take in what runs already."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from vivido.cli.ask import confirm
from vivido.cli.common import DRIVING, PLAIN, Common, Driving
from vivido.cli.drive import ending, follow
from vivido.cli.output.emit import emit, say
from vivido.cli.output.imports import told
from vivido.cli.output.patience import patience
from vivido.cli.output.progress import Progress
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.imports.plan import Planned
    from vivido.app.workspace import Workspace


def import_(
    *environments: str,
    artifact: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    pin: bool = False,
    reason: str = "",
    yes: bool = False,
    dry_run: bool = False,
    state_lost: bool = False,
    driving: Driving = DRIVING,
    common: Common = PLAIN,
) -> int:
    """Take in what runs already, as the first release of each environment, and list what could not be told.

    Nothing that runs changes, and no file does. From then on the first promotion has a way back. An environment that
    was promoted to before is left alone, so the same command again does nothing.

    Args:
        environments: Which; all where none is named.
        artifact: What runs where nobody can see it: production/web=sha256:…; where people approve, they approve that.
        pin: Write the digests into Git where it names tags.
        reason: Why; kept in the commit and the ledger.
        yes: Do not ask.
        dry_run: Show what would be taken in, change nothing.
        state_lost: Take in what runs although Git knows earlier promotions that the state here has lost.
        driving: Flags of every command that brings a promotion on.
        common: Flags of every command.
    """
    from vivido.app.imports.plan import Wish, plan_imports
    from vivido.app.person import name_here

    ws = common.open(Progress(quiet=driving.quiet).listener())
    wish = Wish(name_here(ws), environments, artifact, pin, reason, state_lost)
    with patience("looking at what runs and at what Git says", quiet=driving.quiet):
        planned = plan_imports(ws, wish)
    found = [p for p in planned if p.shown.promotion]
    missed = bool(environments) and any(p.plan is None and not p.shown.already for p in planned)
    nothing = not found and not any(p.shown.already for p in planned)
    if dry_run or not found:
        shown = [p.shown for p in planned]
        emit(shown, common.output, lambda: told(shown), [p.shown.promotion for p in found])
        return Exit.REFUSED if missed or nothing else Exit.OK
    if common.output == "text" and not driving.quiet:
        say(told([p.shown for p in planned]))
    if not confirm(f"Take in {', '.join(p.shown.environment for p in found)}?", yes=yes):
        return Exit.INTERRUPTED
    done, code = _go(ws, planned, driving)
    emit(done, common.output, lambda: "", [p.shown.promotion for p in found])
    return code or (Exit.REFUSED if missed else Exit.OK)


def _go(ws: "Workspace", planned: "tuple[Planned, ...]", driving: Driving) -> tuple[list[object], int]:
    """Start every import, drive them, and return how each went, with the exit code of the first that did not go well."""
    from vivido.app.imports.plan import contents_of
    from vivido.app.waiting import waiting_for

    contents, code = contents_of(planned), int(Exit.OK)
    # The first environment's release is recorded last: it is the newest.
    started = {p.shown.environment: _begun(ws, p, contents) for p in reversed(planned) if p.shown.promotion}
    done: list[object] = []
    for one in planned:
        promotion = started.get(one.shown.environment, "")
        if not promotion:
            done.append(one.shown)
            continue
        waiting = follow(ws, promotion, driving.timeout) if driving.wait else waiting_for(ws, promotion)
        done.append(msgspec.structs.replace(one.shown, status=waiting.status))
        code = code or (int(ending(waiting)) if driving.wait else 0)
    return done, code


def _begun(ws: "Workspace", one: "Planned", contents: dict[str, dict[str, str]]) -> str:
    from vivido.app.imports.plan import begin_import

    return begin_import(ws, one, contents) if one.plan is not None else one.shown.promotion
