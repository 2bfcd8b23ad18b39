"""All pages of the reference, by file name."""

from reference.commands import commands
from reference.configuration import configuration, gates, targets
from reference.errors import errors
from reference.exits import exits
from reference.names import environment, trailers


def pages() -> dict[str, str]:
    """Return file name → text."""
    made = {
        "commands.md": commands(),
        "configuration.md": configuration(),
        "gates.md": gates(),
        "targets.md": targets(),
        "exit-codes.md": exits(),
        "errors.md": errors(),
        "trailers.md": trailers(),
        "environment.md": environment(),
    }
    return {"README.md": _index(made), **made}


def _index(made: dict[str, str]) -> str:
    lines = [f"- [{text.partition(chr(10))[0].removeprefix('# ')}]({name})" for name, text in made.items()]
    return "\n".join(["# Reference", "", "Made from the code, and held current by a test.", "", *lines]) + "\n"
