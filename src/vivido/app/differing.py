"""What differs between two renderings, as it may be shown."""

from typing import TYPE_CHECKING

from vivido.model.difference import Difference
from vivido.model.objects import Rendered

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.drift.naming import Namespaces


def differing(
    ws: "Workspace", left: Rendered, right: Rendered, namespaces: "Namespaces" = "keep"
) -> tuple[Difference, ...]:
    """Return what differs, redacted; HMACs of Secrets are made with a key that nobody keeps, so they compare within it only."""
    return presented_differences(left, right, "".join(ws.token() for _ in range(4)).encode(), namespaces)


def presented_differences(
    left: Rendered, right: Rendered, key: bytes, namespaces: "Namespaces" = "keep"
) -> tuple[Difference, ...]:
    """Return the same where the key is known, because HMACs are in the objects already."""
    from vivido.drift.differ import differences
    from vivido.drift.presentable import presentable

    return presentable(differences(left, right, key=key, namespaces=namespaces))
