"""The ledger's hash chain: each entry's hash covers the entry before it."""

from collections.abc import Iterable
from typing import NamedTuple

from vivido.model.canonical import canonical, sha256
from vivido.model.event import Entry, Event

GENESIS = "0" * 64
"""What the first entry's `previous` is."""


def seal(promotion: str, seq: int, at: int, body: bytes, previous: str) -> str:
    """Return an entry's hash: SHA-256 over the canonical JSON of `[promotion, seq, at, event, previous]`.

    Args:
        promotion: Its id.
        seq: The entry's place, from 1.
        at: Microseconds since 1970.
        body: The event's canonical JSON as it was written. It is hashed as it stands, so that an entry still holds when a
            later Vivido has given its events more fields.
        previous: Hash of the entry before.
    """
    parts = (canonical(promotion), canonical(seq), canonical(at), body, canonical(previous))
    return sha256(b"[" + b",".join(parts) + b"]")


def link(promotion: str, seq: int, at: int, event: Event, previous: str) -> Entry:
    """Make the entry that follows the one whose hash is `previous`."""
    return Entry(promotion, seq, at, event, previous, seal(promotion, seq, at, canonical(event), previous))


class Link(NamedTuple):
    """What the chain needs to know of one entry."""

    seq: int
    previous: str
    hash: str
    sealed: str
    """What its hash must be."""


def weakest(links: Iterable[Link]) -> str | None:
    """Say what is wrong with a chain; None where it holds."""
    previous = GENESIS
    for place, entry in enumerate(links, start=1):
        if entry.seq != place:
            return f"entry {place} is missing: entry {entry.seq} stands in its place"
        if entry.previous != previous:
            return f"entry {place} does not follow the entry before it"
        if entry.sealed != entry.hash:
            return f"entry {place} was changed after it was written"
        previous = entry.hash
    return None


def broken(entries: Iterable[Entry]) -> str | None:
    """Say what is wrong with a chain of entries that this version wrote; None where it holds."""
    return weakest(
        Link(e.seq, e.previous, e.hash, seal(e.promotion, e.seq, e.at, canonical(e.event), e.previous)) for e in entries
    )
