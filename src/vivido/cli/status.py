"""`vivido status`: the environment matrix."""

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.matrix import matrix
from vivido.cli.output.style import width
from vivido.errors import Exit


def status(*, live: bool = False, common: Common = PLAIN) -> int:
    """Show what runs where, and what waits for whom.

    Reads Vivido's own record, so it is quick and works offline.

    Args:
        live: Ask every target for its health and digests too.
        common: Flags of every command.
    """
    from vivido.app.status import status as read

    ws = common.open()
    found = read(ws)
    seen = {}
    if live:
        from vivido.app.live import look
        from vivido.cli.output.patience import patience

        for environment in ws.project.environments:
            with patience(f"asking the target of {environment.name}"):
                seen[environment.name] = look(ws, environment.name)
    value = {"status": found, "live": seen} if live else found
    emit(value, common.output, lambda: matrix(found, seen, ws.now(), width()), (c.release for c in found.columns))
    return Exit.OK
