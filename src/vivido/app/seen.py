"""What a target said last, kept beside the state, so that `vivido status` can tell health without asking anybody.

It may be lost at any time; it decides nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vivido.model.reference import Digest

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.targets.interface import Live


class LastSeen(msgspec.Struct, frozen=True):
    """One look at an environment."""

    at: int
    """Microseconds since 1970."""
    healthy: bool | None
    digests: dict[str, Digest]
    detail: str = ""


def remember(ws: "Workspace", environment: str, live: "Live") -> None:
    """Keep what a target said."""
    path = _path(ws, environment)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{ws.token()}")
    draft.write_bytes(msgspec.json.encode(LastSeen(ws.now(), live.healthy, live.digests, live.detail)))
    draft.replace(path)


def recall(ws: "Workspace", environment: str) -> LastSeen | None:
    """Return the last look; None where there was none, or it cannot be read."""
    try:
        return msgspec.json.decode(_path(ws, environment).read_bytes(), type=LastSeen)
    except (OSError, msgspec.MsgspecError):
        return None


def _path(ws: "Workspace", environment: str) -> Path:
    return ws.state / "seen" / f"{environment}.json"
