"""The ledger's hash chain: each entry's hash covers the entry before it."""

from collections.abc import Sequence

from vivido.model.canonical import fingerprint
from vivido.model.event import Entry, Event

GENESIS = "0" * 64
"""What the first entry's `previous` is."""


def link(promotion: str, seq: int, at: int, event: Event, previous: str) -> Entry:
    """Make the entry that follows the one whose hash is `previous`."""
    return Entry(promotion, seq, at, event, previous, fingerprint([promotion, seq, at, event, previous]))


def broken(entries: Sequence[Entry]) -> str | None:
    """Say what is wrong with a chain; None where it holds."""
    previous = GENESIS
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            return f"entry {place} is missing: entry {entry.seq} stands in its place"
        if entry.previous != previous:
            return f"entry {place} does not follow the entry before it"
        again = link(entry.promotion, entry.seq, entry.at, entry.event, entry.previous)
        if again.hash != entry.hash:
            return f"entry {place} was changed after it was written"
        previous = entry.hash
    return None
