"""`vivido config`: check and show the configuration."""

import sys
from pathlib import Path

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.errors import Exit

config_app = App(name="config", help="Check and show vivido.yaml.", result_action="return_value")


@config_app.command
def check(*, common: Common = PLAIN) -> int:
    """Check vivido.yaml and say everything that is wrong with it at once.

    Args:
        common: Flags of every command.
    """
    ws = common.open()
    names = [e.name for e in ws.project.environments]
    emit(
        {"file": ws.project.file, "services": [s.name for s in ws.project.services], "environments": names},
        common.output,
        lambda: f"{Path(ws.project.file).name}: good; {' → '.join(names)}",
        [ws.project.file],
    )
    return Exit.OK


@config_app.command
def show(*, common: Common = PLAIN) -> int:
    """Show the effective configuration with all defaults. There is no secret in it.

    Args:
        common: Flags of every command.
    """
    from vivido.config.show import render_yaml
    from vivido.config.show import show as plain

    ws = common.open()
    emit(plain(ws.project), common.output, lambda: render_yaml(ws.project).rstrip(), [ws.project.name])
    return Exit.OK


@config_app.command
def schema() -> int:
    """Print the JSON Schema for editors."""
    import msgspec

    from vivido.app.kinds import installed
    from vivido.config.schema import schema as make

    body = msgspec.json.format(msgspec.json.encode(make(installed().for_config())), indent=2)
    sys.stdout.write(body.decode() + "\n")
    return Exit.OK
