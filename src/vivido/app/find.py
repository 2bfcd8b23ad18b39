"""Releases by what a person writes."""

from typing import TYPE_CHECKING

from vivido.errors import ConflictError, NotFoundError
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace


def find_release(ws: "Workspace", text: str) -> Release:
    """Return a release by its id or an unambiguous beginning of it.

    Raises:
        NotFoundError: `release.unknown`.
        ConflictError: `release.ambiguous`.
    """
    exact = ws.records.release(text)
    if exact is not None:
        return exact.release
    known = ws.records.releases(limit=1000)
    found = [r.release for r in known if r.release.id.removeprefix("r-").startswith(text.removeprefix("r-"))]
    if len(found) > 1:
        raise ConflictError(
            f"“{text}” is the beginning of {len(found)} releases",
            code="release.ambiguous",
            hint="Write more of the id: " + ", ".join(r.id for r in found[:5]),
        )
    if not found:
        newest = ", ".join(r.release.id for r in known[:5]) or "none"
        raise NotFoundError(f"there is no release “{text}”", code="release.unknown", hint=f"The newest are: {newest}.")
    return found[0]
