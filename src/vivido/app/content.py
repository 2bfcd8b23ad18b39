"""What an environment gets: its objects at a commit with given artifacts, rendered, checked and remembered by content."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.app.answers import FEW, Answers
from vivido.errors import RefusedError
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.release import Artifact, placed

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def edits_at(ws: "Workspace", commit: str, environment: Environment, artifacts: Sequence[Artifact]) -> dict[str, bytes]:
    """Return the files that change when these artifacts are promoted onto a commit; empty where it says so already.

    Raises:
        RefusedError: `layout.refused`: an image is nowhere in the environment's files, with what was looked for.
    """
    from vivido.layouts.files import edits

    tree = ws.repository(environment).tree(commit)
    found = edits(ws.placed(environment), environment, placed(artifacts, environment.registry), tree.read, tree.listing)
    if isinstance(found, tuple):
        raise _refused_here(ws, "layout.refused", environment, found)
    return found


def rendered_at(
    ws: "Workspace", commit: str, environment: Environment, artifacts: Sequence[Artifact], *, as_is: bool = False
) -> Rendered:
    """Render the services of these artifacts in an environment at a commit.

    Args:
        ws: The project.
        commit: Of the configuration.
        environment: Which.
        artifacts: The images that its services run.
        as_is: Render what the commit itself says; the artifacts then only name the services.

    Raises:
        RefusedError: `layout.refused`, `render.refused`: with every reason; `render.secret-in-clear`.
        ToolError: The tool that renders is missing or failed.
    """
    artifacts = placed(artifacts, environment.registry)
    if len(artifacts) > FEW:
        return _rendered(ws, commit, environment, artifacts, as_is=as_is)
    answers = Answers(ws, environment, commit, artifacts, as_is=as_is)
    found = answers.known()
    if found is None:
        found = _rendered(ws, commit, environment, artifacts, as_is=as_is)
        answers.keep(found)
    return found


def _rendered(
    ws: "Workspace", commit: str, environment: Environment, artifacts: Sequence[Artifact], *, as_is: bool
) -> Rendered:
    from vivido.layouts.verify import wrong_images

    changed = {} if as_is else edits_at(ws, commit, environment, artifacts)
    rendered = _render(ws, commit, environment, changed, [a.service for a in artifacts])
    wrong = () if as_is else wrong_images(ws.placed(environment), artifacts, rendered)
    if wrong:
        raise refusal("layout.wrong-image", environment.name, wrong)
    refuse_secrets(ws, rendered)
    return rendered


def rendered_with(
    ws: "Workspace", commit: str, environment: Environment, changed: Mapping[str, bytes | None], services: Sequence[str]
) -> Rendered:
    """Render some services of an environment at a commit with some files changed; None removes one."""
    rendered = _render(ws, commit, environment, changed, services)
    refuse_secrets(ws, rendered)
    return rendered


def _render(
    ws: "Workspace", commit: str, environment: Environment, changed: Mapping[str, bytes | None], services: Sequence[str]
) -> Rendered:
    from vivido.app.renderings import Memory, kept, render, unpacked, wanted
    from vivido.git.snapshot import Changed
    from vivido.layouts.files import merged
    from vivido.layouts.places import by_place

    repository = ws.repository(environment)
    files, memory = Changed(repository.snapshot(commit), changed), Memory()
    found, problems = by_place(ws.placed(environment), environment, files.listing, services)
    parts = [wanted(environment.name, [s.name for s in of], one, files, memory) for one, of in sorted(found.items())]
    there = kept(ws.renderings, parts, ws.now())
    missing = [p for p in parts if p.key not in there]
    made = render(repository, commit, missing, changed, ws.renderings, ws.now()).outcomes
    outcomes = [unpacked(there[p.key]) if p.key in there else made[p.key] for p in parts]
    problems += tuple(problem for o in outcomes if isinstance(o, tuple) for problem in o)
    rendered = problems or merged(o for o in outcomes if isinstance(o, Rendered))
    if isinstance(rendered, tuple):
        raise _refused_here(ws, "render.refused", environment, rendered)
    return rendered


def refuse_secrets(ws: "Workspace", rendered: Rendered) -> None:
    """Refuse `kind: Secret` with data in clear (semantics §1).

    Raises:
        RefusedError: `render.secret-in-clear`.
    """
    from vivido.render.secrets import secrets_in_clear

    found = secrets_in_clear(rendered, frozenset(a.name for a in ws.project.secrets_in_clear))
    if found:
        raise refusal("render.secret-in-clear", "", found)


REFUSALS = {
    "layout.refused": "{}'s configuration cannot take the release",
    "layout.wrong-image": "{} would not run what is promoted",
    "render.refused": "{} cannot be rendered",
    "render.secret-in-clear": "the configuration holds secrets in clear",
}
"""Codes of what stands in the way of an environment's objects, with what a message begins with."""


def _refused_here(ws: "Workspace", code: str, environment: Environment, problems: Sequence[Problem]) -> RefusedError:
    """Make one error; where the project was converted since this file was pulled, that is the reason for all of it."""
    from vivido.app.earlier import layout_there

    there = layout_there(ws, environment)
    if not there:
        return refusal(code, environment.name, problems)
    branch = ws.repository(environment).branch
    return RefusedError(
        f"{Path(ws.project.file).name} here has the layout {ws.project.layout}, and that on {branch} has {there}:"
        f" {environment.name}'s files lie where it says",
        code="convert.not-pulled",
        hint="Bring the file here up to date: git pull",
    )


def refusal(code: str, environment: str, problems: Sequence[Problem]) -> RefusedError:
    """Make one error of what stands in the way of an environment's objects."""
    return refused(code, REFUSALS[code].format(environment), problems)


def refused(code: str, what: str, problems: Sequence[Problem]) -> RefusedError:
    """Make one error of several problems, each on a line of its own."""
    lines = [f"{p.where}: {p.message}" if p.where else p.message for p in problems]
    hints = list(dict.fromkeys(p.hint for p in problems if p.hint))
    message = f"{what}: {lines[0]}" if len(lines) == 1 else f"{what}:\n" + "\n".join(f"  - {line}" for line in lines)
    return RefusedError(message, code=problems[0].code if len(problems) == 1 else code, hint=" ".join(hints))
