"""`vivido ledger`: check the record."""

from typing import TYPE_CHECKING

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.style import paint
from vivido.errors import Exit

if TYPE_CHECKING:
    from vivido.app.ledger import Verified

ledger_app = App(name="ledger", help="Check the append-only record.", result_action="return_value")


@ledger_app.command
def verify(promotion: str = "", /, *, common: Common = PLAIN) -> int:
    """Check every hash chain, and that the commits name heads which are in them.

    Exits with 12 where one is broken, and with 11 where that cannot be told: Git is out of reach, or knows promotions that the
    ledger here does not have, because the state was lost, is another's, or something was removed.

    Args:
        promotion: One promotion's id, or an environment for its newest; without it, all.
        common: Flags of every command.
    """
    from vivido.app.ledger import verify as check
    from vivido.app.signals import find_promotion

    ws = common.open()
    found = check(ws, find_promotion(ws, promotion) if promotion else "")
    emit(
        found,
        common.output,
        lambda: "\n".join(_line(v) for v in found) or "nothing was promoted yet",
        (v.promotion for v in found if v.problem or v.blind),
    )
    if any(v.problem for v in found):
        return Exit.INTEGRITY
    return Exit.BLIND if any(v.blind for v in found) else Exit.OK


def _line(one: "Verified") -> str:
    if one.problem:
        return f"{paint('✗', 'red')} {one.promotion} {one.problem}"
    if one.blind:
        return f"{paint('?', 'yellow')} {one.promotion} {one.blind}"
    return f"{paint('✓', 'green')} {one.promotion} {one.entries} entries, head {one.head[:16]}"
