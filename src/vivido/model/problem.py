"""“Could not” as a value: what stands in the way, where, and how to mend it."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One thing that stands in the way, found before anything was changed."""

    code: str
    """Stable and dotted: `podman.port-taken`."""
    message: str
    hint: str = ""
    where: str = ""
    """`file:line:column`, an object (`Deployment/web`), or empty."""
