"""Ask the person at the terminal; a program is never asked."""

import sys

from vivido.cli.output.emit import say
from vivido.errors import InputError


def confirm(question: str, *, yes: bool) -> bool:
    """Ask for a yes.

    Args:
        question: What is asked.
        yes: It was given as a flag already.

    Raises:
        InputError: `cli.not-asked`: there is no terminal to ask on, and no `--yes`.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError(
            "this changes an environment, and there is no terminal to ask on",
            code="cli.not-asked",
            hint="Add --yes where a program runs this.",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()
    if answer in ("y", "yes"):
        return True
    say("nothing was changed")
    return False
