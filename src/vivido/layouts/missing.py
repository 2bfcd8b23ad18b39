"""The problem of a service whose image no manifest names."""

from collections.abc import Iterable

from vivido.layouts.matching import Matcher
from vivido.model.problem import Problem

_SHOWN = 20


_HINT = "Add the name that the manifests use to `replaces:` of {service}, or its image to the manifests."


def not_found(service: str, directory: str, matcher: Matcher, images: Iterable[str], hint: str = _HINT) -> Problem:
    """Say which names were looked for and which images are there."""
    there = sorted(set(images))
    listed = ", ".join(there[:_SHOWN]) + (f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else "")
    return Problem(
        "layout.image-not-found",
        f"no manifest of {directory or '.'} names an image of {service} (looked for {matcher.names(service)}); "
        f"there is {listed or 'no image at all'}",
        hint.format(service=service),
        directory or ".",
    )
