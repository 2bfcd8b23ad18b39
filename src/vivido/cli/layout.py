"""`vivido layout`: from one layout to another, and how far environments are entangled."""

from typing import Literal

from cyclopts import App

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit

layout_app = App(
    name="layout",
    help="Move the project from one layout to another, and see how far its environments are entangled.",
    result_action="return_value",
)

Layout = Literal["directories", "repositories", "branches"]


@layout_app.command
def convert(
    *,
    to: Layout,
    branch: tuple[str, ...] = (),
    repository: tuple[str, ...] = (),
    keep: bool = False,
    write: bool = False,
    push: bool = False,
    yes: bool = False,
    common: Common = PLAIN,
) -> int:
    """Plan the commits that move the project to another layout, and prove that no rendered object changes.

    Every service is rendered in every environment before and after; where one object would differ, nothing is written. Without
    --write and --push nothing is written anywhere. Nothing that is there is overwritten, and what was interrupted goes on by the
    same command.

    Args:
        to: The layout.
        branch: ENVIRONMENT=BRANCH, for several more than once. Otherwise each has its name, the first that of the configuration.
        repository: URL with {environment} in it, or ENVIRONMENT=URL; for --to repositories. They have to be empty.
        keep: Leave the old files where they are, for whoever still reads them.
        write: Make local branches of the commits.
        push: Push them: what is new first, then the branch of vivido.yaml, which switches the project over.
        yes: Do not ask.
        common: Flags of every command.
    """
    from vivido.app.convert.interface import Wish
    from vivido.app.convert.plan import plan_conversion
    from vivido.app.convert.write import push_all, write_here
    from vivido.cli.ask import confirm
    from vivido.cli.output.layout import next_steps, planned

    ws = common.open()
    names = [e.name for e in ws.project.environments]
    plan = plan_conversion(ws, Wish(to, _pairs(branch, names), _pairs(repository, names), keep))
    found = plan.conversion
    if not write and not push:
        emit(found, common.output, lambda: planned(found), [found.id])
        say(f"nothing was written; write it: vivido layout convert --to {to} --write, or --push")
        return Exit.OK
    if common.output == "text":
        say(planned(found))
    if not confirm("Push these commits?" if push else "Make these local branches?", yes=yes):
        return Exit.INTERRUPTED
    done = push_all(plan) if push else write_here(plan)
    emit({"conversion": found, "written": done}, common.output, lambda: "\n".join(f"wrote {one}" for one in done), done)
    for line in next_steps(found, pushed=push):
        say(f"  → {line}")
    return Exit.OK


@layout_app.command
def report(*, common: Common = PLAIN) -> int:
    """Say how far environments are entangled: files of their own and nobody's, conflicts, debts, copies; and what follows.

    Looks at the tips of the environments' branches, as they say, and changes nothing.

    Args:
        common: Flags of every command.
    """
    from vivido.app.entangled import entangled
    from vivido.cli.output.layout import reported

    found = entangled(common.open())
    emit(found, common.output, lambda: reported(found), [e.environment for e in found.environments])
    return Exit.OK


def _pairs(given: tuple[str, ...], environments: list[str]) -> dict[str, str]:
    from vivido.errors import InputError

    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if equals and name in environments:
            found[name] = value
        elif "{environment}" in text:
            found |= {e: text for e in environments if e not in found}
        else:
            hint = f"Write ENVIRONMENT=…, with one of {', '.join(environments)}, or one text for all with {{environment}} in it."
            raise InputError(f"“{text[:100]}” names no environment", code="convert.flag", hint=hint)
    return found
