"""Drift as text: a table for each environment, and under it what is known of how it came about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vivido.app.drift import short
from vivido.cli.output.style import paint
from vivido.cli.output.table import table

if TYPE_CHECKING:
    from vivido.app.adoption.plan import Adoption
    from vivido.app.artifact_drift import ArtifactDrift
    from vivido.app.drift import Drift, Item
    from vivido.app.revert import Reverting
    from vivido.app.ungated import Ungated

_HEADS = ["ID", "WHERE", "GIT SAYS", "RUNS"]


def told(found: "Sequence[Drift]", columns: int) -> str:
    """Lay out what was found, an environment after the other."""
    return "\n\n".join("\n".join(_one(d, columns)) for d in found)


def _one(found: "Drift", columns: int) -> list[str]:
    lines = [f"{paint(found.environment, 'bold')}: {_summary(found)}"]
    if found.live:
        rows = [
            [i.id, i.where, _side(i.git, i.sort, "only-right"), _side(i.runs, i.sort, "only-left")] for i in found.live
        ]
        lines += ["", table(rows, _HEADS, columns, give=(1, 2, 3)), ""]
        lines += [line for i in found.live for line in _how(i)]
    lines += [line for a in found.artifacts for line in _artifact(a)]
    lines += [line for u in found.ungated for line in _ungated(u, found)]
    lines += [f"not seen: {sentence}" for sentence in found.unseen]
    return lines + [f"note: {sentence}" for sentence in found.notes]


def _summary(found: "Drift") -> str:
    if found.blind and not found.found:
        return paint(f"could not be judged: {found.blind}", "yellow")
    if not found.found:
        return "no drift" if not found.notes else "no drift found"
    parts = [f"{len(found.live)} difference{'s' if len(found.live) != 1 else ''} in what runs"] if found.live else []
    parts += [f"{len(found.artifacts)} in artifacts"] if found.artifacts else []
    parts += [f"{len(found.debts)} ungated change{'s' if len(found.debts) != 1 else ''}"] if found.debts else []
    return paint(", ".join(parts), "red") + (f" (not all could be judged: {found.blind})" if found.blind else "")


def _side(value: object, sort: str, absent: str) -> str:
    if sort == absent:
        return "-"
    return "(there)" if isinstance(value, dict) else short(value)


def _how(item: "Item") -> list[str]:
    known = [p for p in (item.how, f"at {item.at[:19]}Z" if item.at else "", f"by {item.who}" if item.who else "") if p]
    lines = [f"{item.id} {item.where}: {' '.join(known) or 'how and when is not known'}"]
    if isinstance(item.runs, dict) and item.path:
        lines += [f"       {name}: {short(value, 60)}" for name, value in item.runs.items()]
    if item.declared:
        lines.append(f"       declared since in {item.declared[:12]}, which waits for its promotion")
    return lines


def _artifact(one: "ArtifactDrift") -> list[str]:
    sides = f"expected {one.expected[:19] or 'nothing'}, found {one.found[:19] or 'nothing'}"
    return [f"{one.where}: {one.told}", f"       {sides}"]


def _ungated(one: "Ungated", found: "Drift") -> list[str]:
    if one.paths:
        back = f"put them back: vivido drift revert {found.environment}; the next promotion does, too"
        return [
            f"ungated change {one.commit[:12]}: {one.told}",
            f"       rendered objects were edited by hand: {', '.join(one.paths)}",
            f"       {back}",
        ]
    state = "live, and no promotion brought it" if found.pulls else "on the branch, and not live before a promotion"
    release = f"vivido promote {found.environment} --release {one.release}" if one.release else "vivido release create"
    has = f"{one.release} has it" if one.release else "no release has it yet"
    return [f"ungated change {one.commit[:12]}: {one.told}", f"       {state}; {has}: {release}"]


def reverting(one: "Reverting") -> str:
    """Return a revert's plan for a person who is asked whether to go."""
    plan = one.plan
    lines = [
        f"{paint('Revert', 'bold')} drift in {plan.environment}, which runs {plan.release.id}   ({plan.promotion})"
    ]
    lines += [f"  {sentence}" for sentence in one.reverts]
    lines += ["", "Steps:", *(f"  {number}. {step.title}" for number, step in enumerate(plan.steps, start=1))]
    lines += ["", f"Meanwhile: {plan.way_back.summary}"]
    if one.left:
        lines.append(f"Stays:     {', '.join(one.left)}")
    return "\n".join([*lines, *(f"Note:      {note}" for note in one.notes)])


def reverted(left: "Drift") -> str:
    """Say what a look finds after a revert."""
    edited = (path for u in left.ungated for path in u.paths)
    places = ", ".join((*(i.where for i in left.live), *(a.where for a in left.artifacts), *edited))
    if left.blind and not places:
        return f"{left.environment}: whether anything is left is not known: {left.blind}"
    return f"{left.environment}: {f'still there: {places}' if places else 'nothing is left'}"


def adopting(one: "Adoption") -> str:
    """Return what a commit would declare, for a person who is asked whether to go."""
    lines = [f"{paint('Declare', 'bold')} in Git what was changed by hand in {one.environment}   ({one.id})"]
    lines += [f"  {sentence}" for sentence in one.adopted]
    lines += [f"cannot be declared: {sentence}" for sentence in one.cannot]
    return "\n".join(
        [*lines, f"Reason: {one.reason}", f"Owner:  {one.owner}", "", *map(_painted, one.diff.splitlines())]
    )


def _painted(line: str) -> str:
    """Return a line of a diff of files in its colour."""
    if line.startswith(("+++", "---")):
        return paint(line, "bold")
    return paint(line, {"+": "green", "-": "red", "@": "blue"}.get(line[:1], "")) if line[:1] in "+-@" else line
