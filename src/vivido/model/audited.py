"""What is kept of an audit: which findings there were, and what is still to be told."""

import msgspec

from vivido.model.finding import Finding


class Batch(msgspec.Struct, frozen=True):
    """Findings that were new in one audit and belong in one message."""

    id: str
    """`a-` and 12 hexadecimal characters: the same however often the message is sent."""
    findings: tuple[Finding, ...]


class Audited(msgspec.Struct, frozen=True):
    """The last audit."""

    at: int
    """Microseconds since 1970."""
    known: dict[str, int]
    """Id of each finding → when an audit met it first."""
    untold: tuple[Batch, ...] = ()
    """What the command has not taken yet, oldest first."""
