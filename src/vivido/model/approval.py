"""Approvals: a signed yes over exactly one content and one plan (semantics §6)."""

import msgspec

from vivido.model.canonical import canonical

NAMESPACE = "vivido-approval"
"""The SSH signature namespace (`ssh-keygen -Y sign -n`), so that no other signature can pass for an approval."""


class Statement(msgspec.Struct, frozen=True):
    """What an approver signs. If any of it changes, the approval is void."""

    promotion: str
    release: str
    environment: str
    content: str
    """Hash of the rendered objects of the environment with the release's digests."""
    plan: str
    """Hash of gates and policy version."""
    decision: str
    """`approve` or `reject`."""
    expires: int
    """Microseconds since 1970."""

    def payload(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical(self)


class Approval(msgspec.Struct, frozen=True):
    """A statement with its signature."""

    statement: Statement
    by: str
    """The person's name in the roster."""
    signature: str
    """Armoured SSH signature over `statement.payload()` in `NAMESPACE`."""
    at: int
    """Microseconds since 1970 when it was given, by the clock of the machine that recorded it."""
    comment: str = ""
