"""What a promotion changes on its environment's branch: the tree that goes with the release, and the images in it."""

from typing import TYPE_CHECKING

from vivido.app.content import edits_at
from vivido.app.revisions import base_at
from vivido.model.project import Environment
from vivido.model.release import Release

if TYPE_CHECKING:
    from vivido.app.workspace import Workspace
    from vivido.git.commit import Edits


def promoting(ws: "Workspace", release: Release, environment: Environment, tip: str) -> "Edits":
    """Return the contents by path that bring a release to a branch's tip; empty where it says so already.

    Raises:
        RefusedError: `layout.refused`: an image is nowhere in the environment's files, with what was looked for.
    """
    base = base_at(ws, release, environment, tip)
    images = edits_at(ws, base, environment, release.artifacts)
    if base == tip:
        return images
    from vivido.git.compose import edits_to

    return _without_same(ws, environment, tip, {**edits_to(ws.repository(environment).mirror, tip, base), **images})


def _without_same(ws: "Workspace", environment: Environment, tip: str, made: "Edits") -> "Edits":
    """Take out what the tip has already: an image line that the validated commit had otherwise, and the promotion puts back."""
    tree = ws.repository(environment).tree(tip)
    return {
        path: content for path, content in made.items() if not isinstance(content, bytes) or tree.read(path) != content
    }
