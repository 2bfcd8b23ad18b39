"""`vivido drift`: what runs against what Git says, and the two ways to settle a difference."""

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit

drift_app = App(name="drift", help="Find what runs and is not in Git.", result_action="return_value")


@drift_app.default
def look(*environments: str, quiet: bool = False, common: Common = PLAIN) -> int:
    """Compare what runs with what Git says: live drift and artifact drift.

    Exits with 10 where there is any, with 11 where an environment could not be looked at. What is found is remembered: `vivido
    status` and `vivido why` tell it until it is reverted or declared.

    Args:
        environments: Their names; without any, all.
        quiet: No progress.
        common: Flags of every command.
    """
    from vivido.app.drift import drift
    from vivido.cli.output.drift import told
    from vivido.cli.output.style import width

    ws = common.open()
    names = environments or tuple(e.name for e in ws.project.environments)
    for name in names:
        ws.environment(name)
    found = tuple(drift(ws, n, (lambda _: None) if quiet else (lambda line, n=n: say(f"  {n}: {line}"))) for n in names)
    ids = (
        f"{d.environment} {where}"
        for d in found
        for where in (*(i.where for i in d.live), *(a.where for a in d.artifacts))
    )
    emit(found, common.output, lambda: told(found, width()), ids)
    if any(d.found for d in found):
        return Exit.DIFFERENT
    return Exit.BLIND if any(d.blind for d in found) else Exit.OK
