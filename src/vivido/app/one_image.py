"""One image serves all branches: what a build depends on may not differ between them (semantics §2, guarantee 2).

Files that belong to no environment are the validated ones wherever they are promoted. So only files that an environment declares
its own can make another image of its branch: they are found, and named with both sides. The file may allow one by name, with a
reason: `builds: {allow: [{at: …, because: …}]}`. The image is that of the first branch all the same.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.layouts.own import owner
from vivido.model.parity import TODO
from vivido.model.problem import Problem
from vivido.model.project import Build, BuildAllowance, Environment, Project

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

_NAMES = ("Containerfile", "Dockerfile")
_WORDS = {"FROM": "base image", "ARG": "build argument", "ENV": "variable of the image"}
"""Instruction → what a line with it says (Dockerfile reference)."""


class Differing(msgspec.Struct, frozen=True):
    """What builds depend on, and branches have otherwise."""

    refused: tuple[Problem, ...] = ()
    allowed: tuple[str, ...] = ()
    """Told with the reason, one sentence each."""


class _Place(msgspec.Struct, frozen=True):
    at: str
    """As `builds.allow` names it."""
    problem: Problem


def build_differences(ws: "Workspace", environment: Environment, here: str, validated: str) -> Differing:
    """Hold what differs in builds against what the file allows, as it is in the tree that would be promoted.

    Args:
        ws: The project.
        environment: Whose tree.
        here: The commit that stands for it.
        validated: The commit that was validated, from which the images were built.

    Raises:
        RefusedError: `governing.unreadable`.
    """
    from vivido.app.governing import project_at
    from vivido.app.parity.compare import today

    found = _differences(ws, environment, here, validated)
    if not found:
        return Differing()
    project = project_at(ws, environment, here) or ws.project
    now = today(ws.now())
    verdicts = [(place.problem, _verdict(project, place.at, now)) for place in found]
    return Differing(
        tuple(
            msgspec.structs.replace(p, message=f"{p.message}; {why}" if why else p.message)
            for p, (rule, why) in verdicts
            if rule is None
        ),
        tuple(f"{p.where}: {p.message}, allowed: {rule.because}" for p, (rule, _) in verdicts if rule is not None),
    )


def _verdict(project: Project, at: str, today: str) -> tuple[BuildAllowance | None, str]:
    """Return the rule that allows a difference, or why one that speaks of it does not."""
    why = ""
    for rule in project.builds_allowed:
        if rule.at != at and not owner((rule.at,))(at):
            continue
        if rule.because.upper().startswith(TODO):
            why = "its rule waits for a reason"
        elif rule.until and rule.until < today:
            why = f"was allowed until {rule.until}"
        else:
            return rule, ""
    return None, why


def _differences(ws: "Workspace", environment: Environment, here: str, validated: str) -> tuple[_Place, ...]:
    """Return a problem for each file on which a build depends and which an environment's tree has otherwise than the validated one.

    Args:
        ws: The project.
        environment: Whose tree.
        here: The commit that stands for it.
        validated: The commit that was validated, from which the images were built.
    """
    from vivido.git.compose import differing

    repository = ws.repository(environment)
    below, above = ws.repository(ws.project.environments[0]).branch, repository.branch
    prefix = ws.prefix(environment)
    found: list[_Place] = []
    for path in differing(repository.mirror, validated, here):
        inside = path.removeprefix(f"{prefix}/") if prefix else path
        old, new = (repository.tree(c).read(path) for c in (validated, here))
        if inside == Path(ws.project.file).name:
            found += _declared(ws, path, (below, above), old, new)
        elif (why := _why(ws.project, inside)) is not None:
            line, what = _where(old or b"", new or b"", why)
            found.append(_Place(inside, _problem(f"{path}:{line}", what, (below, above))))
    return tuple(found)


def _why(project: Project, path: str) -> str | None:
    """Return what a file is to a build; None where no build depends on it."""
    for service in project.services:
        build = service.build
        if build is None:
            continue
        context = "" if build.context in ("", ".") else build.context
        if path == build.file or path in [f"{context}/{name}".lstrip("/") for name in _NAMES]:
            return f"how {service.name} is built"
        # A context that is the whole repository holds the configuration too, which no image should depend on.
        for directory in filter(None, (context, *build.inputs)):
            if path == directory or path.startswith(f"{directory}/"):
                return f"what {service.name} is built from"
    return None


def _where(old: bytes, new: bytes, why: str) -> tuple[int, str]:
    """Return the line of the first difference, from 1, and what it is."""
    from vivido.git.merge import hunks

    first = next(iter(hunks(old, new)), None)
    if first is None:
        return 1, why
    lines = [*first.lines, *old.splitlines(keepends=True)[first.start : first.end]]
    words = [line.split(None, 1)[0].decode("utf-8", "replace").upper() for line in lines if line.strip()]
    what = next((_WORDS[w] for w in words if w in _WORDS), "")
    return first.start + 1, f"{what} ({why})" if what else why


def _declared(
    ws: "Workspace", path: str, branches: tuple[str, str], old: bytes | None, new: bytes | None
) -> Iterator[_Place]:
    """Compare `build:` of the two files; their other differences make no other image."""
    from vivido.config.load import check
    from vivido.config.node import child
    from vivido.config.read import read

    if old is None or new is None:
        return
    before, after = (check(text, path, ws.kinds.for_config())[0] for text in (old, new))
    root, _ = read(new, path)
    for service in after.services if before is not None and after is not None and root is not None else ():
        other = before.service(service.name) if before is not None else None
        keys = _different(other.build if other else None, service.build)
        if keys:
            at = child(root, "services", service.name, "build") or child(root, "services", service.name)
            where = f"{path}:{at.line}" if at is not None else path
            for key in keys:
                named = "" if key == "build" else f"/{key}"
                problem = _problem(where, f"build of {service.name}: {key}", branches)
                yield _Place(f"services/{service.name}/build{named}", problem)


def _different(one: Build | None, other: Build | None) -> list[str]:
    if one is None or other is None:
        return [] if one == other else ["build"]
    left, right = msgspec.structs.asdict(one), msgspec.structs.asdict(other)
    return [{"with_": "with"}.get(key, key) for key in left if left[key] != right[key]]


def _problem(where: str, what: str, branches: tuple[str, str]) -> Problem:
    return Problem(
        "branches.build-differs",
        f"{what} differs between {branches[0]} and {branches[1]}: the image is built once, from {branches[0]}",
        "Take it out of `own:`, and let the difference be configuration; or allow it under `builds:`, with the reason.",
        where,
    )
