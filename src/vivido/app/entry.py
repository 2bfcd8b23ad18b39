"""Whether a release may set out for an environment: the rules of the workflow, as one pure function."""

from collections.abc import Sequence

import msgspec

from vivido.model.problem import Problem
from vivido.model.project import Environment
from vivido.model.record import Deployed, Pin
from vivido.model.release import Release


class Known(msgspec.Struct, frozen=True):
    """What the record says that matters for the decision."""

    missing: str
    """The environment that the release must pass first; empty where it has passed all before this one, or changes none of them."""
    pins: tuple[Pin, ...]
    """Pins of this environment and of every one before it."""
    deployed: Deployed | None
    """What runs in the environment."""


def obstacles(release: Release, environment: Environment, known: Known) -> tuple[Problem, ...]:
    """Say everything that keeps a release from setting out; empty where it may."""
    return (*_dirty(release), *_order(release, known), *pinned_out(release, environment, known.pins))


def _dirty(release: Release) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "promotion.dirty",
            f"{a.service} was built from a tree with uncommitted changes",
            "Commit, build again, and make a release of that.",
            a.image,
        )
        for a in release.artifacts
        if a.dirty
    )


def _order(release: Release, known: Known) -> tuple[Problem, ...]:
    before = known.missing
    if not before:
        return ()
    return (
        Problem(
            "promotion.order",
            f"{release.id} has not passed {before} yet",
            f"Promote it there first: vivido promote {before} --release {release.id}",
        ),
    )


def pinned_out(release: Release, environment: Environment, pins: Sequence[Pin]) -> tuple[Problem, ...]:
    """Return a problem for each pin that keeps a release out of an environment, or out of one before it."""
    return tuple(
        Problem(
            "promotion.pinned",
            f"{release.id} is pinned out of {p.environment}"
            + (f", and so of {environment.name}" if p.environment != environment.name else "")
            + f": {p.reason} ({p.by})",
            f"Lift the pin with a reason: vivido pin lift {p.environment} {p.release} --reason …",
        )
        for p in pins
        if p.release == release.id
    )
