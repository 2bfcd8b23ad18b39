"""A plan as text: what would be done, what changes, how it would be undone."""

from collections.abc import Sequence
from typing import TextIO

from vivido.app.planning import Proposal
from vivido.cli.output.differences import count
from vivido.cli.output.differences import told as differences
from vivido.cli.output.fold import fold
from vivido.cli.output.style import brief, paint, width
from vivido.model.difference import ABSENT
from vivido.model.plan import Step
from vivido.model.problem import Problem


def told(proposal: Proposal, stream: TextIO | None = None, *, whole: bool = True) -> str:
    """Return a plan for a person who is asked whether to go.

    Args:
        proposal: What was planned.
        stream: Where it goes; standard output where none is named. Its text is folded for it.
        whole: With what differs in the rendered objects.
    """
    plan = proposal.plan
    verb = "Roll back" if plan.kind == "rollback" else "Promote"
    lines = [f"{paint(verb, 'bold')} {plan.environment} to {paint(plan.release.id, 'bold')}   ({plan.promotion})"]
    lines += [f"  {a.service:12} {brief(a.image)}" for a in plan.release.artifacts]
    lines += ["", "Steps:"]
    lines += [f"  {number}. {_step(step)}" for number, step in enumerate(plan.steps, start=1)]
    lines += [f"Unchanged: {c.environment}, passed as {c.release} ({c.promotion})" for c in plan.carried]
    lines += ["", f"Way back: {plan.way_back.summary}"]
    if plan.pins:
        lines.append(f"Pins out: {', '.join(plan.pins)}")
    lines.append(f"Files:    {', '.join(proposal.files) or 'none: Git says so already'}")
    lines += [f"Note:     {note}" for note in proposal.notes]
    if proposal.unmet:
        lines += ["", f"{paint('Not met', 'red')}, so the check would fail:", *told_problems(proposal.unmet)]
    told = fold("\n".join(lines), stream)
    return f"{told}\n\n{_changes(proposal)}" if whole else told


def told_problems(problems: Sequence[Problem]) -> list[str]:
    """Return problems a line each, with what to do about it below."""
    lines: list[str] = []
    for one in problems:
        lines.append(f"  - {one.where}: {one.message}" if one.where else f"  - {one.message}")
        lines += [f"    {one.hint}"] if one.hint else []
    return lines


def _step(step: Step) -> str:
    skipped = step.options.get("skip")
    return f"{step.title}: skipped, {skipped}" if skipped else step.title


def _changes(proposal: Proposal) -> str:
    """Return what differs; of an environment that was empty only what is new, for all of it is."""
    found = proposal.differences
    if not found:
        return "The rendered objects mean the same as now."
    if proposal.plan.way_back.release:
        return f"Changes: {count(found)}\n\n{differences(found, width())}"
    new = [one.object.text for one in found if one.right is not ABSENT and not one.path]
    return "\n".join(["New objects (vivido diff shows them whole):", *(f"  {name}" for name in new)])
