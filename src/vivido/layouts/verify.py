"""The last check before an environment changes: the rendered objects run exactly the release's digests.

An edit can be right and still have no effect, where a patch or a transformer above it sets the image again. So what counts is
what came out.
"""

from collections.abc import Collection
from typing import Any

from vivido.layouts.matching import Matcher, split
from vivido.layouts.missing import not_found
from vivido.model.objects import Rendered
from vivido.model.problem import Problem
from vivido.model.project import Project
from vivido.model.release import Artifact
from vivido.render.images import images


def wrong_images(
    project: Project, artifacts: Collection[Artifact], rendered: Rendered, matcher: Matcher | None = None
) -> tuple[Problem, ...]:
    """Return a problem for each image of a service that is not the artifact's, and for each artifact that nothing runs.

    Args:
        project: The project.
        artifacts: What should run.
        rendered: What came out.
        matcher: Made of the project and these artifacts or more, where somebody has one already.
    """
    matcher = matcher or Matcher(project.services, artifacts)
    uses = images(rendered)
    problems: list[Problem] = []
    for artifact in artifacts:
        mine = [use for use in uses if matcher.service_of(use.image) == artifact.service]
        for use in mine:
            if not runs(use.image, artifact):
                what = f"{use.object} would run {use.image} in {use.container}, not {artifact.image}"
                hint = "Look for what sets the image after the edit: a patch or a replacement, a template, a later values file."
                problems.append(Problem("layout.wrong-image", what, hint, use.object))
        if not mine and not _mentions(list(rendered.objects), artifact):
            problems.append(not_found(artifact.service, "the rendered objects", matcher, [use.image for use in uses]))
    return tuple(problems)


def runs(image: str, artifact: Artifact) -> bool:
    """Say whether an image is the artifact's. A tag before the digest changes nothing: whoever pulls goes by the digest."""
    name, _, digest = split(image)
    return f"{name}@{digest}" == artifact.image


def _mentions(value: Any, artifact: Artifact) -> bool:
    if isinstance(value, dict):
        return any(_mentions(below, artifact) for below in value.values())
    if isinstance(value, list):
        return any(_mentions(below, artifact) for below in value)
    return isinstance(value, str) and runs(value, artifact)
