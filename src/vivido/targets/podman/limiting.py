"""What this machine cannot limit: a user's Podman has the cgroup controllers delegated to that user, and with cgroups v1 none.

With cgroups v1 Podman leaves such limits out and says so; with v2 a runtime may refuse them. Neither shall keep a release from
running on a laptop, and what is no limit anywhere is no drift.
"""

import os
from collections.abc import Callable, Set
from typing import Any

import msgspec

from vivido.errors import ToolError
from vivido.targets.podman.manifest.blueprint import Blueprint, Container, Workload
from vivido.targets.podman.program import Podman

_HINT = "Delegate=cpu memory pids of user@.service, with cgroups v2, lets a user's containers have limits"


def controllers(podman: Podman) -> frozenset[str] | None:
    """Return the cgroup controllers that containers can have here; None for root, who has all, and where Podman cannot tell."""
    if os.geteuid() == 0:
        return None
    try:
        found: Any = podman.json("info", "--format=json")
        return frozenset(map(str, found["host"]["cgroupControllers"]))
    except (ToolError, KeyError, TypeError):
        return None  # Whatever is wrong with Podman is told by those that need it.


def fitted(blueprint: Blueprint, there: Callable[[], Set[str] | None]) -> Blueprint:
    """Return a blueprint without the limits that cannot be had, each told as a notice. Pure, but for the question.

    Args:
        blueprint: As the manifests say.
        there: Asks for the controllers; None where all of them are there. It is not asked where nothing is limited.
    """
    everything = [(w.name, spec) for w in (*blueprint.workloads, *blueprint.jobs) for spec in w.all_containers]
    limited = {what for _, spec in everything for what in _limits(spec)}
    have = there() if limited else None
    lacking = limited - have if have is not None else set[str]()
    if not lacking:
        return blueprint
    notices = [
        f"{name}/{spec.name}: {' and '.join(sorted(own))} cannot be limited for this user here: {_HINT}"
        for name, spec in everything
        if (own := lacking & _limits(spec))
    ]
    return msgspec.structs.replace(
        blueprint,
        workloads=tuple(_without(w, lacking) for w in blueprint.workloads),
        jobs=tuple(_without(w, lacking) for w in blueprint.jobs),
        notices=(*blueprint.notices, *notices),
    )


def _limits(spec: Container) -> set[str]:
    return {what for what, value in (("memory", spec.memory), ("cpu", spec.cpus)) if value}


def _without(workload: Workload, lacking: Set[str]) -> Workload:
    def freed(spec: Container) -> Container:
        memory, cpus = ("memory" not in lacking) * spec.memory, ("cpu" not in lacking) * spec.cpus
        return msgspec.structs.replace(spec, memory=memory, cpus=cpus)

    return msgspec.structs.replace(
        workload, containers=tuple(map(freed, workload.containers)), first=tuple(map(freed, workload.first))
    )
