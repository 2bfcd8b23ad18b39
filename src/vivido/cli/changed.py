"""`vivido changed`: which services a range of commits concerns."""

from vivido.app.changes import Changes
from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.cli.output.style import width
from vivido.cli.output.table import table
from vivido.errors import Exit


def changed(range_: str = "", /, *, common: Common = PLAIN) -> int:
    """Say which services a commit or a range of commits concerns, and why.

    Compares the trees along the paths that the services depend on: what images are built of, configuration with everything that
    it builds on, and the project's file itself. In CI, `-o name` says what to build and test.

    Args:
        range_: A..B, or A...B from where both parted, or A up to HEAD. Without it, what HEAD has and the configuration branch on
            `origin` has not.
        common: Flags of every command.
    """
    from vivido.app.changes import changed_here

    found = changed_here(common.open(), range_)
    emit(found, common.output, lambda: _told(found), [c.service for c in found.services])
    for note in found.notes:
        say(note)
    return Exit.OK


def _told(found: Changes) -> str:
    if not found.services:
        return f"{found.old[:12]}..{found.new[:12]}: no service is concerned"
    rows = [[c.service, ", ".join(c.reasons), _some((*c.build, *c.configuration))] for c in found.services]
    return table(rows, ["SERVICE", "BECAUSE OF", "PATHS"], width())


def _some(paths: tuple[str, ...]) -> str:
    first = list(dict.fromkeys(paths))
    return f"{first[0]}, and {len(first) - 1} more" if len(first) > 1 else "".join(first)
