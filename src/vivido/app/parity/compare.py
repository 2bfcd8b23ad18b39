"""`vivido parity`: what is compared with what, and the answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from vivido.app.fetching import fetch
from vivido.app.find import find_release
from vivido.app.parity.judged import judged
from vivido.app.parity.moving import Ahead, settled
from vivido.app.parity.rules import declared
from vivido.app.parity.sides import Sides, Taken, as_it_is, deployed_truth, of_release
from vivido.app.parity.states import shared_at
from vivido.drift.parity.report import Declared, Parity
from vivido.errors import InputError, NotFoundError
from vivido.model.finding import gravest_first
from vivido.model.parity import EVERY
from vivido.text.nearest import nearest
from vivido.time.clock import SECOND

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace

Pair = tuple[str, str]


class Asked(msgspec.Struct, frozen=True):
    """What is asked for."""

    left: str = ""
    """An environment; empty: all pairs."""
    right: str = ""
    """Another; empty: the pairs of the first."""
    services: tuple[str, ...] = ()
    """Empty: all."""
    at: str = ""
    """A branch or commit of the configuration, as it says; empty: what was deployed."""
    release: str = ""
    """A release, as it would be in each environment."""
    every: bool = False
    """Each environment with each, not neighbours alone."""
    tokens: dict[str, dict[str, str]] = {}
    """Environment → tokens that are tried beside those of the file."""


class Answer(NamedTuple):
    """The answer, with what was compared."""

    taken: tuple[Taken, ...]
    parity: Parity
    sides: Sides


def compare(ws: "Workspace", asked: Asked) -> Answer:
    """Compare environments with each other, by the rules. Nothing is changed.

    Raises:
        NotFoundError: `environment.unknown`, `service.unknown`, `release.unknown`, `git.no-commit`.
        InputError: `parity.one`: an environment is compared with itself, or there is only one.
        ConfigError: Rules next to a service have mistakes.
    """
    rules = _with(declared(ws), asked.tokens)
    pairs = chosen_pairs(ws, asked, rules)
    _refuse_unknown(ws, asked.services)
    names = dict.fromkeys(e for pair in pairs for e in pair)
    fetch(ws, names)
    taken = tuple(_taken(ws, asked, name) for name in names)
    ahead = Ahead(ws, taken)
    sides = Sides(ws, taken, asked.services, ahead=lambda: ahead.every(pairs))
    found = judged(ws, sides, pairs, rules, today(ws.now()), whole=_is_whole(ws, asked))
    parity = settled(ws, found, sides, ahead, rules)
    findings = gravest_first((*parity.findings, *shared_at(ws, sides, pairs)))
    return Answer(taken, msgspec.structs.replace(parity, findings=findings), sides)


def _with(rules: Declared, tokens: Mapping[str, Mapping[str, str]]) -> Declared:
    merged = {**rules.tokens, **{e: {**rules.tokens.get(e, {}), **more} for e, more in tokens.items()}}
    return msgspec.structs.replace(rules, tokens=merged) if tokens else rules


def today(now: int) -> str:
    """Return the day of an instant, by UTC."""
    return datetime.fromtimestamp(now / SECOND, UTC).date().isoformat()


def chosen_pairs(ws: "Workspace", asked: Asked, rules: Declared) -> tuple[Pair, ...]:
    """Return the pairs that are asked for, each with its earlier environment first.

    Without names: neighbours on the way, and the pairs that the file speaks of.
    """
    order = [e.name for e in ws.project.environments]
    for name in filter(None, (asked.left, asked.right)):
        ws.environment(name)
    if asked.right:
        if asked.left == asked.right:
            raise InputError(f"{asked.left} is compared with itself", code="parity.one", hint="Name two environments.")
        return (_ordered(asked.left, asked.right, order),)
    pairs = _every(order) if asked.every else _usual(ws, order, rules)
    if asked.left:
        pairs = tuple(p for p in pairs if asked.left in p)
    if not pairs:
        hint = "Parity is about two environments or more."
        raise InputError("there is nothing to compare with", code="parity.one", hint=hint)
    return pairs


def _every(order: Sequence[str]) -> tuple[Pair, ...]:
    return tuple((a, b) for n, a in enumerate(order) for b in order[n + 1 :])


def _usual(ws: "Workspace", order: Sequence[str], rules: Declared) -> tuple[Pair, ...]:
    neighbours = [(e.after, e.name) for e in ws.project.environments if e.after]
    named = [_ordered(p.left, p.right, order) for p in rules.pairs if p.left != EVERY]
    return tuple(dict.fromkeys((*neighbours, *named)))


def _ordered(one: str, other: str, order: Sequence[str]) -> Pair:
    return (one, other) if order.index(one) < order.index(other) else (other, one)


def _is_whole(ws: "Workspace", asked: Asked) -> bool:
    return not asked.left and len(asked.services) in (0, len(ws.project.services))


def _refuse_unknown(ws: "Workspace", services: Sequence[str]) -> None:
    names = [s.name for s in ws.project.services]
    for name in services:
        if name not in names:
            meant = nearest(name, names)
            hint = f"There are: {', '.join(names[:20])}." + (f" Did you mean {meant}?" if meant else "")
            raise NotFoundError(f"there is no service “{name}”", code="service.unknown", hint=hint)


def _taken(ws: "Workspace", asked: Asked, environment: str) -> Taken:
    if asked.release:
        return of_release(ws, environment, find_release(ws, asked.release))
    if asked.at:
        return as_it_is(ws, environment, ws.repository(ws.environment(environment)).commit_of(asked.at))
    return deployed_truth(ws, environment)
