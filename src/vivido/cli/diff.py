"""`vivido diff`: what would change."""

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.plan import coloured
from vivido.errors import Exit


def diff(environment: str, other: str = "", /, *, release: str = "", common: Common = PLAIN) -> int:
    """Show the rendered difference between what an environment runs and a release, another environment, or the branch's tip.

    Exits with 10 where there is one, so that scripts can ask.

    Args:
        environment: Where.
        other: Another environment, to compare with what runs there.
        release: A release's id; without it, the configuration branch as it is now.
        common: Flags of every command.
    """
    from vivido.app.compare import compare, compare_environments

    ws = common.open()
    found = compare_environments(ws, environment, other) if other else compare(ws, environment, release)
    emit(
        found,
        common.output,
        lambda: coloured(found.diff) or f"{found.environment}: {found.left} and {found.right} render to the same",
        [environment] if found.diff else [],
    )
    return Exit.DIFFERENT if found.diff else Exit.OK
