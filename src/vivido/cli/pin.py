"""`vivido pin`: keep a release out, or let it in again."""

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit
from vivido.time.clock import rfc3339

pin_app = App(name="pin", help="Keep releases out of environments.", result_action="return_value")


@pin_app.command(name="list")
def list_(*, common: Common = PLAIN) -> int:
    """List the pins that hold.

    Args:
        common: Flags of every command.
    """
    from vivido.app.pins import pins

    found = pins(common.open())
    lines = [f"{p.environment}: {p.release} since {rfc3339(p.at)} by {p.by}: {p.reason}" for p in found]
    emit(found, common.output, lambda: "\n".join(lines) or "no pins", (p.release for p in found))
    return Exit.OK


@pin_app.command
def add(environment: str, release: str, /, *, reason: str, common: Common = PLAIN) -> int:
    """Keep a release out of an environment and of what follows it.

    Args:
        environment: Where.
        release: Its id, or the beginning of it.
        reason: Why.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.pins import pin

    ws = common.open()
    made = pin(ws, environment, release, by=name_here(ws), reason=reason)
    say(f"{made.release} stays out of {environment}")
    return Exit.OK


@pin_app.command
def lift(environment: str, release: str, /, *, reason: str, common: Common = PLAIN) -> int:
    """Let a pinned release in again.

    Args:
        environment: Where.
        release: Its id, or the beginning of it.
        reason: Why.
        common: Flags of every command.
    """
    from vivido.app.person import name_here
    from vivido.app.pins import lift as lift_pin

    ws = common.open()
    lifted = lift_pin(ws, environment, release, by=name_here(ws), reason=reason)
    say(f"{lifted.release} may go to {environment} again")
    return Exit.OK
