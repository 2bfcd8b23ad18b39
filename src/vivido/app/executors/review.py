"""What a reviewer reads: the message of a commit that waits on a branch of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING

from vivido.app.differing import differing
from vivido.app.executors.side import new_side, old_side
from vivido.engine.executor import Work
from vivido.errors import RefusedError
from vivido.git.publish import Edit
from vivido.model.difference import ABSENT, Difference
from vivido.model.objects import Rendered
from vivido.text.redact import printable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_MOST = 60
"""Differences that are told."""
_WIDTH = 120


def message(ws: "Workspace", work: Work, edit: Edit) -> Edit:
    """Return the edit with all in its message that somebody who reviews it wants to know."""
    if work.step.options.get("back"):
        return edit
    plan, state = work.state.plan, work.state
    gates = [
        f"{step.title}: {judged.outcome}, {printable(judged.reason)}"
        for step in plan.steps
        if step.kind == "gate" and (judged := state.step(step).judgment) is not None
    ]
    parts = [
        edit.body,
        f"Asked for by {plan.requested_by}. Way back: {plan.way_back.summary}.",
        _listed("Gates before the change", gates),
        _listed(f"What changes in {plan.environment}", _differences(ws, work)),
        "Merge it as it is: the content is what the gates judged and people approved.",
    ]
    return replace(edit, body="\n\n".join(part for part in parts if part))


def _differences(ws: "Workspace", work: Work) -> list[str]:
    try:
        before = old_side(ws, work).wanted
    except RefusedError as e:
        # What ran before may lie elsewhere than the file says today: the project moved to another layout.
        return [f"cannot be told, for what runs cannot be rendered any more: {' '.join(printable(e.message).split())}"]
    found = differing(ws, before.rendered if before is not None else Rendered(()), new_side(ws, work).rendered)
    lines = [_line(d) for d in found[:_MOST]]
    return [*lines, f"and {len(found) - _MOST} more"] if len(found) > _MOST else lines


def _line(one: Difference) -> str:
    if not one.path:
        return f"{one.at}: {'new' if one.left is ABSENT else 'gone'}"
    return f"{one.at}: {_short(one.left)} -> {_short(one.right)}"


def _short(value: object) -> str:
    text = " ".join(printable("-" if value is ABSENT else str(value)).split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _listed(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head}:", *(f"- {line}" for line in lines)]) if lines else ""
