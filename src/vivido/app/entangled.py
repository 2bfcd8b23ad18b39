"""`vivido layout report`: how far environments are entangled, in numbers, and what follows from them."""

import secrets
from typing import TYPE_CHECKING

from vivido.app.convert.sources import Source, sources
from vivido.app.debts import Debt, Question, debts
from vivido.app.entanglement import Branch, Entangled, Report, advice
from vivido.app.found import Ownership, ownership
from vivido.app.ground import CONVERSION, is_own
from vivido.app.roll import Renderings, render_all
from vivido.app.survey import Part
from vivido.drift.differ import differences
from vivido.layouts.own import owner
from vivido.model.objects import Rendered, plain_name, same_object

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.model.project import Environment


def entangled(ws: "Workspace") -> Report:
    """Look at the tips of the environments' branches. Nothing is changed.

    Raises:
        RefusedError: `convert.refused`: a service has no configuration in an environment.
        ToolError: The program that renders is missing.
    """
    found = sources(ws, to_move=False)
    rendered = render_all(ws, {s.held.environment: s.held.commit for s in found})
    copies = _copies(found)
    made: list[Entangled] = []
    for environment, source in zip(ws.project.environments, found, strict=True):
        made.append(_environment(ws, environment, source, found, rendered, copies))
    environments = tuple(made)
    return Report(ws.project.layout, environments, tuple(copies.values()), advice(ws.project.layout, environments))


def _environment(
    ws: "Workspace",
    environment: "Environment",
    source: Source,
    found: tuple[Source, ...],
    rendered: Renderings,
    copies: dict[str, tuple[str, ...]],
) -> Entangled:
    read, others = _read(source), [(_read(other), other) for other in found]
    shared = {p for p in read if all(p in there and other.files[p] == source.files[p] for there, other in others)}
    copied = {p for several in copies.values() for p in several}
    objects, differing = _objects(rendered, environment.after, environment.name)
    return Entangled(
        environment.name,
        environment.after,
        len(read),
        len(shared),
        len(read - shared),
        sum(f"{environment.name}:{p}" in copied for p in read - shared),
        objects,
        differing,
        _branch(ws, environment, source, found[0]) if ws.owns(environment) is not None else None,
    )


def _read(source: Source) -> set[str]:
    """Return the files that an environment's renderings read."""
    return {p for spread in source.spreads.values() for p in spread.files}


def _copies(found: tuple[Source, ...]) -> dict[str, tuple[str, ...]]:
    """Return, by content, the places of files that are the same in several environments and not one file there."""
    places: dict[str, dict[str, set[str]]] = {}
    for source in found:
        for path in _read(source):
            places.setdefault(source.files[path].id, {}).setdefault(path, set()).add(source.held.environment)
    several = {k: v for k, v in places.items() if len(v) > 1 and len({e for es in v.values() for e in es}) > 1}
    return {k: tuple(sorted(f"{e}:{p}" for p, es in v.items() for e in es)) for k, v in several.items()}


def _objects(rendered: Renderings, earlier: str, later: str) -> tuple[int, int]:
    """Return how many objects the later environment has, and how many of both differ."""
    sides = [_whole(rendered, name) for name in (earlier, later)]
    keys = [{(*same_object(o)[:2], plain_name(same_object(o)[3])) for o in side.objects} for side in sides]
    if not earlier:
        return len(keys[1]), 0
    found = differences(sides[0], sides[1], key=secrets.token_bytes(32), namespaces="ignore")
    return len(keys[1]), len({d.object for d in found})


def _whole(rendered: Renderings, environment: str) -> Rendered:
    parts: list[Part] = [p for p in rendered.parts if p.wanted.environment == environment]
    objects = {same_object(o): o for part in rendered.load(parts).values() for o in part.objects}
    return Rendered(tuple(objects.values()))


def _branch(ws: "Workspace", environment: "Environment", source: Source, first: Source) -> Branch | None:
    from vivido.git.carry import files_below
    from vivido.git.compose import compose, edits_to
    from vivido.git.merges import merges

    tip, validated = source.held.commit, first.held.commit
    own, declared = ownership(ws, environment, tip, validated), ws.owns(environment)
    if own is None or declared is None:
        return None
    mirror = source.mirror
    wanted = edits_to(mirror, tip, compose(mirror, tip, validated, own.owns))
    owing = debts(mirror, Question(environment.name, tip, validated, own.owns, wanted))
    past = merges(mirror, tip, lambda commit: is_own(commit) or CONVERSION in commit.trailers)
    every = sorted(files_below(mirror, tip, ""))
    prefix = ws.prefix(environment)
    inside = [p.removeprefix(prefix).lstrip("/") for p in every]
    return Branch(
        tuple(p for p in every if declared(p)),
        tuple(f.path for f in own.found),
        _nobodys(owing, own),
        len(wanted.keys() - {d.path for d in owing}),
        tuple(dict.fromkeys(f"{m.id[:12]} {m.subject} ({m.author})" for d in owing for m in d.here)),
        past.number,
        past.conflicting,
        tuple(pattern for pattern in environment.own if not any(map(owner((pattern,)), inside))),
    )


def _nobodys(owing: tuple[Debt, ...], own: Ownership) -> tuple[str, ...]:
    return tuple(sorted({d.path for d in owing} | set(own.unclear)))
