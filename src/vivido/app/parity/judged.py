"""Services judged in pairs of environments, each judgment kept by the content of everything that it was made of.

A key holds the hashes of both sides' objects, the images and whether Git alone names them, all rules with whether their last day
has passed, the environments' tokens, repositories and order, and Vivido's version: so a kept judgment can be old but never wrong.
What HMACs took part in is never kept.
"""

import secrets
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import msgspec

from vivido import __version__
from vivido.drift.parity.report import Declared, Judges, Looked, Parity
from vivido.model.canonical import fingerprint, sha256

if TYPE_CHECKING:
    from vivido.app.parity.sides import Group, Sides
    from vivido.app.workspace import Workspace

FORMAT = 1
"""Raised when comparing or judging changes what comes of the same objects and rules: then nothing older is used."""
_AT_ONCE = 100
"""Groups whose objects are in memory together."""


def judged(
    ws: "Workspace",
    sides: "Sides",
    pairs: Sequence[tuple[str, str]],
    declared: Declared,
    today: str,
    *,
    whole: bool,
) -> Parity:
    """Judge all groups of services; those that were judged before are neither loaded nor compared.

    Args:
        ws: The project.
        sides: What each environment is.
        pairs: The earlier environment first.
        declared: Rules and tokens.
        today: The day, `2027-06-30`.
        whole: As `drift.parity.report.report` says.
    """
    judges = Judges(pairs, declared, key=secrets.token_bytes(32), today=today)
    basis = fingerprint([FORMAT, __version__, pairs, declared, _ended(declared, today), sorted(sides.homes.items())])
    keys = {group.services: _key(basis, group, sides.written) for group in sides.groups}
    answer = fingerprint(["answer", whole, list(keys.values())])
    known = ws.renderings.get([answer], ws.now())
    if answer in known:
        return msgspec.json.decode(known[answer], type=Parity)
    found, lasting = _gathered(ws, sides, keys, judges, whole=whole)
    if lasting:
        ws.renderings.put({answer: msgspec.json.encode(found)}, ws.now())
    return found


def _gathered(
    ws: "Workspace", sides: "Sides", keys: Mapping[tuple[str, ...], str], judges: Judges, *, whole: bool
) -> tuple[Parity, bool]:
    """Return the answer, put together from the judgments, and whether it may be kept for another time."""
    there = ws.renderings.get(keys.values(), ws.now())
    known = {name: msgspec.json.decode(body, type=Looked) for name, body in there.items()}
    missing = [g for g in sides.groups if keys[g.services] not in known]
    for at in range(0, len(missing), _AT_ONCE):
        some = missing[at : at + _AT_ONCE]
        made = {keys[s.services]: judges.look(s) for s in sides.subjects(some)}
        ws.renderings.put({k: msgspec.json.encode(one) for k, one in made.items() if not one.sealed}, ws.now())
        known |= made
    names = tuple(dict.fromkeys(name for group in sides.groups for name in group.services))
    looked = [known[keys[g.services]] for g in sides.groups]
    return judges.gathered(looked, names, whole=whole), not any(one.sealed for one in looked)


def _ended(declared: Declared, today: str) -> list[int]:
    """Return the numbers of the rules whose last day has passed: all that a judgment has of the day."""
    rules = [rule for pair in declared.pairs for rule in pair.rules]
    return [number for number, rule in enumerate(rules) if rule.until and rule.until < today]


def _key(basis: str, group: "Group", written: Set[str]) -> str:
    stands = [
        [e, s.hash if s.parts else "", s.problems, group.images[e], e in written] for e, s in group.standings.items()
    ]
    # All of it comes in one order each time, so that it need not be sorted: there are thousands of these.
    return sha256(msgspec.json.encode(["judged", basis, group.services, stands]))
