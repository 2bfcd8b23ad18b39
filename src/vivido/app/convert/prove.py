"""The proof of a conversion: every service in every environment, rendered before and after, has the same objects."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vivido.app.content import refused
from vivido.app.roll import Renderings, render_all
from vivido.app.survey import Part
from vivido.drift.differ import differences
from vivido.model.problem import Problem
from vivido.render.origin import Sources, Written
from vivido.text.redact import printable

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_SHOWN = 20


def prove(before: "Workspace", old: Mapping[str, str], after: "Workspace", new: Mapping[str, str]) -> int:
    """Render both and compare the hashes; return how many renderings of a service in an environment were compared.

    Args:
        before: The project as it is.
        old: Environment → commit of its configuration now.
        after: The project as it would be.
        new: Environment → commit that would be its configuration.

    Raises:
        RefusedError: `convert.not-rendered`: it cannot be rendered as it is. `convert.not-proved`: an object would change, or
            could not be rendered any more; objects and files are named.
        ToolError: The program that renders is missing.
    """
    left, right = render_all(before, old), render_all(after, new)
    _refuse_problems(left, "convert.not-rendered", "the project cannot be rendered as it is")
    _refuse_problems(right, "convert.not-proved", "after the conversion the project could not be rendered")
    here, there = _by_service(left), _by_service(right)
    changed = [key for key, part in here.items() if there[key].hash != part.hash]
    found = [p for key in changed[:_SHOWN] for p in _told(before, old, (left, here[key]), (right, there[key]), key)]
    if found:
        raise refused("convert.not-proved", "the conversion would change what is rendered", tuple(found))
    return len(here)


def _refuse_problems(rendered: Renderings, code: str, what: str) -> None:
    problems = [u.problem for u in rendered.unplaced] + [p for part in rendered.parts for p in part.problems]
    if problems:
        raise refused(code, what, tuple(dict.fromkeys(problems)))


def _by_service(rendered: Renderings) -> dict[tuple[str, str], Part]:
    return {(p.wanted.environment, service): p for p in rendered.parts for service in p.wanted.services}


def _told(
    ws: "Workspace",
    commits: Mapping[str, str],
    old: tuple[Renderings, Part],
    new: tuple[Renderings, Part],
    key: tuple[str, str],
) -> list[Problem]:
    """Name the objects that differ, and the files in which they are written now."""
    environment, service = key
    before, after = (one.load([part])[part.wanted.key] for one, part in (old, new))
    tree = ws.repository(ws.environment(environment)).tree(commits[environment])
    sources = Sources(tree.read, tree.listing)
    problems: dict[str, Problem] = {}
    for one in differences(before, after, key=secrets.token_bytes(32)):
        file = sources.written(old[1].wanted.place.directory, one.object.kind, one.object.name, one.path)
        what = f"{one.at} of {service} would change in {environment}"
        problems.setdefault(one.object.text, Problem("convert.not-proved", what, "", printable(_line(file))))
    if not problems:
        # What the differ takes for the same is not the same for a hash: the order or the spelling of values.
        what = f"{service}'s objects would be spelled otherwise in {environment}"
        problems[""] = Problem("convert.not-proved", what, "", old[1].wanted.place.directory)
    return list(problems.values())


def _line(place: Written) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path or "."
