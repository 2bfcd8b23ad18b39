"""`vivido diff`: what would change."""

from pathlib import Path
from typing import TYPE_CHECKING

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.cli.output.patience import patience
from vivido.cli.output.style import paint, width
from vivido.errors import BlindError, Exit, RefusedError

if TYPE_CHECKING:
    from vivido.app.compare import Comparison


def diff(
    *words: str,
    release: str = "",
    plan: Path | None = None,
    side_by_side: bool = False,
    common: Common = PLAIN,
) -> int:
    """Show what differs in the rendered objects, by meaning: `vivido diff [SERVICE] [ENVIRONMENT | A..B | RELEASE]`.

    An environment is compared with the configuration branch as it is now, or with a release; two environments with each other,
    also written with a blank between; a release with what runs where it would go next; nothing named, every environment with
    the branch. Exits with 10 where there is a difference, so that scripts can ask.

    Args:
        words: A service, an environment, two environments, a release, or two.
        release: A release's id, to compare an environment with.
        plan: A Terraform plan as `terraform show -json PLAN` prints it: what it would change in an environment. Values that are
            sensitive are shown as HMACs.
        side_by_side: Both sides beside each other.
        common: Flags of every command.
    """
    from vivido.app.compare import compared, question

    ws = common.open()
    names = [e.name for e in ws.project.environments], [s.name for s in ws.project.services]
    if plan is not None:
        from vivido.app.plan_diff import planned

        return _shown((planned(ws, [*words, *([release] if release else [])], plan),), common, side_by_side, alone=True)
    asked = question([*words, *([release] if release else [])], *names)
    with patience("fetching and rendering the configuration"):
        try:
            found = compared(ws, asked)
        except RefusedError as e:
            # Nobody refused anything: what cannot be rendered cannot be compared.
            raise BlindError(e.message, code=e.code, hint=e.hint, where=e.where) from e
    return _shown(found, common, side_by_side, alone=bool(words))


def _shown(found: "tuple[Comparison, ...]", common: Common, side_by_side: bool, *, alone: bool) -> int:
    different = [one.environment for one in found if one.differences]
    emit(
        found[0] if alone else found,
        common.output,
        lambda: "\n\n".join(_told(one, side_by_side=side_by_side) for one in found),
        different,
        {"markdown": lambda: "\n\n".join(_markdown(one) for one in found)},
        whole=True,
    )
    return Exit.DIFFERENT if different else Exit.OK


def _told(one: "Comparison", *, side_by_side: bool) -> str:
    from vivido.cli.output.differences import count, told

    if not one.differences:
        return f"{_title(one, 'and')} mean the same"
    listed = told(one.differences, width(), side_by_side=side_by_side)
    return f"{paint(_title(one), 'bold')}\n{count(one.differences)}\n\n{listed}"


def _markdown(one: "Comparison") -> str:
    from vivido.cli.output.markdown import markdown

    return markdown(_title(one), one.differences)


def _title(one: "Comparison", between: str = "→") -> str:
    sides = f"{one.left} {between} {one.right}"
    where = f"{one.environment}: {sides}" if one.environment != one.left else sides
    return f"{one.service} in {where}" if one.service else where
