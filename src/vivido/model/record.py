"""What is remembered of an environment: what runs, what ran, and what must not come back."""

import msgspec

from vivido.model.release import Release


class Deployed(msgspec.Struct, frozen=True):
    """Deployed truth of an environment (semantics §1), true since `since`."""

    environment: str
    release: Release
    content: str
    """Hash of the rendered objects."""
    commit: str
    """The commit of the configuration repository that says so."""
    promotion: str
    since: int
    """Microseconds since 1970."""


class Pin(msgspec.Struct, frozen=True):
    """A release that is kept out of an environment, and of what follows it, until a person lifts it."""

    environment: str
    release: str
    by: str
    at: int
    """Microseconds since 1970."""
    reason: str
    lifted_by: str = ""
    lifted_because: str = ""


class PromotionRow(msgspec.Struct, frozen=True):
    """One promotion in a list."""

    id: str
    environment: str
    kind: str
    release: str
    content: str
    status: str
    due: int | None
    created: int
    updated: int
    seq: int
    head: str
