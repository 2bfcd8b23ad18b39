"""`vivido config`: check and show the configuration."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.cli.output.plan import told_problems
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

config_app = App(name="config", help="Check and show vivido.yaml.", result_action="return_value")


@config_app.command
def check(*, environment: str = "", release: str = "", common: Common = PLAIN) -> int:
    """Check vivido.yaml and say everything that is wrong with it at once.

    With --environment also what a promotion there would be refused for: keys, Secrets, claims and accounts that its objects need
    and do not have, selectors that choose nothing, expectations that do not hold. The files are taken as they lie here.

    Args:
        environment: Check its rendered objects too.
        release: Take the configuration and the images of this release, and what the images say they require.
        common: Flags of every command.
    """
    if environment:
        return _contract(common, environment, release)
    from vivido.app.parity.rules import declared, unjustified
    from vivido.config.diagnostic import ConfigError

    try:
        ws = common.open()
    except ConfigError as e:
        if common.output not in ("json", "yaml"):
            raise
        emit({"problems": e.diagnostics}, common.output, lambda: "")
        return e.exit_code
    for place in (waiting := unjustified(declared(ws).pairs)):
        say(f"{place}: this parity rule waits for a reason, and allows nothing until it has one")
    if waiting or not _states_apart(ws):
        return Exit.INPUT
    names = [e.name for e in ws.project.environments]
    emit(
        {
            "file": ws.project.file,
            "services": [s.name for s in ws.project.services],
            "environments": names,
            "problems": (),
        },
        common.output,
        lambda: f"{Path(ws.project.file).name}: good; {' → '.join(names)}",
        [ws.project.file],
    )
    return Exit.OK


def _states_apart(ws: "Workspace") -> bool:
    """Say on the way what environments share of their Terraform states, and return whether they may."""
    from vivido.app.parity.states import shared_here
    from vivido.cli.output.findings.text import origin_told
    from vivido.model.finding import Found, Severity

    found = shared_here(ws)
    for one in found:
        if one.severity is not Severity.NOTE:
            say(f"{one.severity} {origin_told(one.origins[0])}: {one.message}")
    apart = not any(one.severity is Severity.ERROR and one.found is not Found.UNJUDGED for one in found)
    if not apart:
        say("  → Give each environment a backend of its own, or say under `shared-state:` of the service why not.")
    return apart


def _contract(common: Common, environment: str, release: str) -> int:
    from vivido.app.contract import unmet_here, unmet_with

    ws = common.open()
    where = ws.environment(environment)
    found = unmet_with(ws, where, release) if release else unmet_here(ws, where)
    emit(
        {"environment": environment, "unmet": found},
        common.output,
        lambda: "\n".join(told_problems(found)) or f"{environment}: everything that is needed is there",
        [p.where for p in found],
    )
    return Exit.REFUSED if found else Exit.OK


@config_app.command
def show(*, common: Common = PLAIN) -> int:
    """Show the effective configuration with all defaults. There is no secret in it.

    Args:
        common: Flags of every command.
    """
    from vivido.config.show import render_yaml
    from vivido.config.show import show as plain

    ws = common.open()
    emit(plain(ws.project), common.output, lambda: render_yaml(ws.project).rstrip(), [ws.project.name], whole=True)
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
