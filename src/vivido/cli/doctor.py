"""`vivido doctor`: is everything there?"""

from vivido.app.doctor import Finding
from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.patience import patience
from vivido.cli.output.style import paint
from vivido.errors import Exit


def doctor(*, common: Common = PLAIN) -> int:
    """Check this machine, the state, Git, the registry and the programs, and say how to mend each.

    Exits with 14 where something that is needed is missing.

    Args:
        common: Flags of every command.
    """
    from vivido.app.doctor import doctor as look

    with patience("asking the programs, the state, Git and the registries"):
        found = look(common.open())
    emit(found, common.output, lambda: "\n".join(_line(f) for f in found), (f.what for f in found if f.ok is False))
    return Exit.TOOL if any(f.ok is False for f in found) else Exit.OK


def _line(finding: Finding) -> str:
    mark = {True: paint("✓", "green"), False: paint("✗", "red"), None: paint("-", "dim")}[finding.ok]
    line = f"{mark} {finding.what:20} {finding.detail}"
    return f"{line}\n    → {finding.mend}" if finding.mend and finding.ok is False else line
