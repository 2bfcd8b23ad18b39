"""What a gate sees of two environments: enough to judge it again, later and elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from vivido.drift.differ import differences
from vivido.drift.parity.judge import Compared, judge, unjudged
from vivido.drift.parity.report import Declared, Subject
from vivido.drift.parity.rules import Rules
from vivido.drift.parity.tokens import Marked, Marker
from vivido.drift.presentable import presented
from vivido.drift.secrecy import sealed
from vivido.model.difference import Difference
from vivido.model.finding import Finding, gravest_first
from vivido.model.objects import Rendered
from vivido.model.parity import ParityPair


class Seen(msgspec.Struct, frozen=True):
    """Two environments with one release."""

    left: str
    right: str
    release: str
    """What both were rendered with."""
    compared: tuple[Compared, ...]
    pairs: tuple[ParityPair, ...]
    """The rules for these two, as they were pushed."""
    blind: tuple[tuple[str, str], ...] = ()
    """Services that could not be compared, each with the reason."""
    shared: tuple[Finding, ...] = ()
    """Terraform states that both keep in one place."""


def see(subjects: Sequence[Subject], pair: tuple[str, str], declared: Declared, release: str, key: bytes) -> Seen:
    """Compare services in two environments. Pure; no rule is held against anything yet."""
    markers = {e: Marker(e, declared.tokens) for e in pair}
    compared: list[Compared] = []
    blind: list[tuple[str, str]] = []
    for subject in subjects:
        sides = [(e, subject.sides.get(e, ())) for e in pair]
        lacking = [(e, s) for e, s in sides if not isinstance(s, Rendered)]
        if lacking:
            why = [f"{e}: {'; '.join(p.message for p in s) or 'nothing is known of it'}" for e, s in lacking]
            blind.append((", ".join(subject.services), "; ".join(why)))
            continue
        marked = {e: markers[e].mark(s) for e, s in sides if isinstance(s, Rendered)}
        compared.append(_compared(subject, pair, marked, declared, key))
    rules = tuple(p for p in declared.pairs if p.about(*pair))
    return Seen(*pair, release, tuple(compared), rules, tuple(blind))


def _compared(
    subject: Subject, pair: tuple[str, str], marked: Mapping[str, Marked], declared: Declared, key: bytes
) -> Compared:
    left, right = pair
    found = differences(marked[left].rendered, marked[right].rendered, key=key, namespaces="ignore")
    between = tuple(_kept(one, key) for one in found)
    leftovers = tuple(
        (e, leftover)
        for e, other in ((left, right), (right, left))
        for leftover in marked[e].leftovers
        if other in leftover.environments
    )
    return Compared(
        subject.services,
        between,
        (declared.tokens.get(left, {}), declared.tokens.get(right, {})),
        (subject.images.get(left, {}), subject.images.get(right, {})),
        leftovers,
    )


def _kept(one: Difference, key: bytes) -> Difference:
    """Return a difference as evidence may hold it: without what looks like a password, and with two sides that still differ."""
    told = presented(one)
    if told.left != told.right or one.left == one.right:
        return told
    return msgspec.structs.replace(told, left=sealed(one.left, key), right=sealed(one.right, key))


def findings(seen: Seen, today: str) -> tuple[Finding, ...]:
    """Hold what was seen against the rules. Pure: the same seen, the same findings. Unused rules are not told."""
    rules = Rules(seen.pairs, seen.left, seen.right)
    found = [f for c in seen.compared for f in judge(rules, c, today).findings]
    found += [unjudged(seen.left, seen.right, (service,), why) for service, why in seen.blind]
    return gravest_first((*found, *seen.shared))


def plain(seen: Seen) -> dict[str, Any]:
    """Return what was seen as JSON data."""
    return msgspec.json.decode(msgspec.json.encode(seen))


def of_plain(data: dict[str, Any]) -> Seen:
    """Read what `plain` returned.

    Raises:
        msgspec.ValidationError: It is something else.
    """
    return msgspec.convert(data, Seen)
