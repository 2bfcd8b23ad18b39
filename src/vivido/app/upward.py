"""Promoting along branches: the tree that is constructed, and what keeps it from being committed (semantics §2)."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from vivido.app.content import refused
from vivido.app.debts import Debt, Question, debts
from vivido.app.found import Ownership, ownership
from vivido.app.ground import ground_of
from vivido.app.imports.settled import settled, taken_in_at
from vivido.app.one_image import build_differences
from vivido.errors import InputError, RefusedError
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Release
from vivido.text.redact import printable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Edits

_SHOWN = 3
"""Lines of a conflict that are told of each side."""


class Upward(msgspec.Struct, frozen=True):
    """What a promotion commits besides its edits."""

    validated: str
    """The commit whose tree is promoted."""
    parent: str
    """The commit that is merged: that of the promotion in the environment before, or the validated commit itself."""


def composed(ws: "Workspace", environment: Environment, own: str, validated: str) -> str:
    """Return the commit that stands for a validated commit's tree with the environment's own files of another commit.

    It is `own` itself where the layout merges nothing.
    """
    from vivido.git.compose import compose

    found = ownership(ws, environment, own, validated)
    return own if found is None else compose(ws.repository(environment).mirror, own, validated, found.owns)


def composed_beside_people(ws: "Workspace", environment: Environment, own: str, release: Release) -> str:
    """Return the commit that stands for what a release could make of an environment: what people committed there alone stays.

    Their files are no less different for being a debt: no promotion will make them the same. It is `own` itself where the layout
    merges nothing.
    """
    from vivido.git.compose import compose, edits_to

    validated = release.revision.commit
    found = ownership(ws, environment, own, validated)
    if found is None:
        return own
    mirror = ws.repository(environment).mirror
    wanted = edits_to(mirror, own, compose(mirror, own, validated, found.owns))
    owing = {d.path for d in _debts(ws, environment, release, own, found, wanted)}
    return compose(mirror, own, validated, lambda path: found.owns(path) or path in owing)


def upward(ws: "Workspace", release: Release, environment: Environment) -> Upward | None:
    """Return what is merged into an environment's branch; None where the layout merges nothing."""
    if ws.owns(environment) is None:
        return None
    validated = release.revision.commit
    return Upward(validated, _below(ws, release, environment) or validated)


def _below(ws: "Workspace", release: Release, environment: Environment) -> str:
    """Return the promotion's commit in the environment before, where that is a branch above the first one, too.

    The first environment's promotion lies on the branch where people go on working: what came there between the validated commit
    and the promotion is in its history, and not in the tree that was validated.
    """
    before = ws.environment(environment.after)
    if ws.owns(before) is None:
        return ""
    ran = ws.records.deployed(before.name, limit=1000)
    return next((d.commit for d in ran if d.release.id == release.id), "")


def refuse_undoing(
    ws: "Workspace",
    release: Release,
    environment: Environment,
    tip: str,
    wanted: "Edits",
    superseded: Collection[str] = (),
) -> None:
    """Refuse a promotion that would undo what people committed on the environment's branch.

    Args:
        ws: The project.
        release: What is promoted.
        environment: Where to.
        tip: The branch's tip.
        wanted: What would change there.
        superseded: Commits that somebody declared superseded: their changes may go.

    Raises:
        RefusedError: `branches.conflict`: both sides changed a file that belongs to nobody; `branches.debt`: only the branch did;
            `branches.build-differs`, `branches.own-missing`, `branches.own-unclear`.
        InputError: `branches.superseded`: one of these commits is none that would be undone.
    """
    own = ownership(ws, environment, tip, release.revision.commit)
    if own is None:
        return
    _refuse_unlike(ws, release, environment, tip)
    if own.unclear:
        raise refused(
            "branches.own-unclear", f"it is unclear whose these files are in {environment.name}", _unclear(own)
        )
    found = _debts(ws, environment, release, tip, own, wanted)
    declared = {commit: _meant(found, commit) for commit in superseded}
    gone = set(declared.values())
    left = tuple(d for d in found if not {m.id for m in d.here} <= gone)
    if left:
        raise _refusal(environment, release, left)


def _debts(
    ws: "Workspace", environment: Environment, release: Release, tip: str, own: Ownership, wanted: "Edits"
) -> tuple[Debt, ...]:
    taken_in, imported = settled(ws, environment, release, tip), taken_in_at(ws, environment)
    asked = Question(environment.name, tip, release.revision.commit, own.owns, wanted, taken_in, imported)
    return debts(ws.repository(environment).mirror, asked)


def allowed_builds(ws: "Workspace", release: Release, environment: Environment, tip: str) -> tuple[str, ...]:
    """Return what differs in builds between the branches and may, one sentence each with the reason."""
    if ws.owns(environment) is None:
        return ()
    validated = release.revision.commit
    return build_differences(ws, environment, composed(ws, environment, tip, validated), validated).allowed


def _unclear(own: Ownership) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "branches.own-unclear",
            f"{printable(path)} was the environment's own by parity rules, and differs now in what no rule allows",
            "Make a rule for it under `parity:`, declare the file under `own:`, or make it the same below.",
            path,
        )
        for path in own.unclear
    )


def _refuse_unlike(ws: "Workspace", release: Release, environment: Environment, tip: str) -> None:
    """Refuse what cannot be right about the environment's own files: another build, or one that its branch never had."""
    here = composed(ws, environment, tip, release.revision.commit)
    unlike = build_differences(ws, environment, here, release.revision.commit)
    if unlike.refused:
        raise refused("branches.build-differs", f"{environment.name} would want an image of its own", unlike.refused)
    missing = _missing(ws, release, environment, tip)
    if missing:
        raise refused("branches.own-missing", f"{environment.name}'s branch lacks files of its own", missing)


def _missing(ws: "Workspace", release: Release, environment: Environment, tip: str) -> tuple[Problem, ...]:
    """Return a problem for each file that belongs to the environment, is new below, and that its branch has not got yet."""
    from vivido.git.compose import differing, kept_at

    owns, mirror = ws.owns(environment), ws.repository(environment).mirror
    validated, rendered = release.revision.commit, ws.hydrated(environment)
    ground = ground_of(mirror, environment.name, tip, validated)
    before = ground.validated or ground.base
    return tuple(
        Problem(
            "branches.own-missing",
            f"{printable(path)} belongs to {environment.name}, and its branch has no such file; below it is new",
            "Commit it there as it should be in that environment, and make a release.",
            path,
        )
        for path, (here, below) in differing(mirror, tip, validated).items()
        if owns is not None
        and owns(path)
        and not rendered(path)
        and here is None
        and below is not None
        and (not before or kept_at(mirror, before, path) is None)
    )


def _meant(found: Collection[Debt], commit: str) -> str:
    ids = {m.id for d in found for m in d.here if m.id.startswith(commit)}
    if len(ids) == 1:
        return next(iter(ids))
    there = ", ".join(sorted({m.id[:12] for d in found for m in d.here})) or "none"
    raise InputError(
        f"{commit[:12]} is no commit whose changes this promotion would undo",
        code="branches.superseded",
        hint=f"There are: {there}.",
    )


def _refusal(environment: Environment, release: Release, left: tuple[Debt, ...]) -> RefusedError:
    conflict = any(d.below for d in left)
    lines = [line for debt in left for line in _told(debt, environment)]
    commits = list(dict.fromkeys(m.id[:12] for d in left for m in d.here))
    first = "changed on both sides, and belongs to nobody" if conflict else "would be undone"
    return RefusedError(
        f"{release.id} would undo what was committed on {environment.name}'s branch; this {first}:\n"
        + "\n".join(lines),
        code="branches.conflict" if conflict else "branches.debt",
        hint=f"Merge it back below and make a release of that, or declare it superseded: --supersede {','.join(commits)}"
        " --reason …. A file that differs by design belongs under `own:`, or its differences under `parity:`.",
    )


def _told(debt: Debt, environment: Environment) -> list[str]:
    where = f"{debt.path}:{debt.line}" if debt.line else debt.path
    lines = [f"  - {printable(where)}"]
    lines += [f"      {environment.name}: {m.id[:12]} {m.subject} ({m.author})" for m in debt.here]
    lines += [f"        | {printable(line)}" for line in debt.lines[:_SHOWN]]
    lines += [f"      below: {m.id[:12]} {m.subject} ({m.author})" for m in debt.below]
    lines += [f"        | {printable(line)}" for line in debt.theirs[:_SHOWN]]
    return lines
