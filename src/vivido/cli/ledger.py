"""`vivido ledger`: check the record."""

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.style import paint
from vivido.errors import Exit

ledger_app = App(name="ledger", help="Check the append-only record.", result_action="return_value")


@ledger_app.command
def verify(promotion: str = "", /, *, common: Common = PLAIN) -> int:
    """Check every hash chain, and that the commits name heads which are in them. Exits with 12 where one is broken.

    Args:
        promotion: One promotion's id, or an environment for its newest; without it, all.
        common: Flags of every command.
    """
    from vivido.app.ledger import verify as check
    from vivido.app.signals import find_promotion

    ws = common.open()
    found = check(ws, find_promotion(ws, promotion) if promotion else "")
    emit(found, common.output, lambda: "\n".join(_line(v.promotion, v.entries, v.head, v.problem) for v in found),
         (v.promotion for v in found if v.problem))  # fmt: skip
    return Exit.INTEGRITY if any(v.problem for v in found) else Exit.OK


def _line(promotion: str, entries: int, head: str, problem: str) -> str:
    if problem:
        return f"{paint('✗', 'red')} {promotion} {problem}"
    return f"{paint('✓', 'green')} {promotion} {entries} entries, head {head[:16]}"
