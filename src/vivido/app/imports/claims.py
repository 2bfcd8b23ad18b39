"""Which environment and which service a container belongs to that Vivido did not start. Pure.

A container says it by its repository, where an environment has one of its own; else by a word of its name, its pod, its networks
or its labels that is an environment's name; else nothing is guessed, unless one environment alone is on that machine.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from vivido.app.imports.choose import Running
from vivido.model.problem import Problem
from vivido.targets.interface import Stranger

Place = tuple[str, str]
"""Environment and service."""


class Claims(msgspec.Struct, frozen=True):
    """What was found of each service."""

    running: dict[Place, tuple[Running, ...]]
    unclaimed: tuple[Problem, ...]
    """Containers that run a service's image, and do not say for which environment."""

    def of(self, environment: str, service: str) -> tuple[Running, ...]:
        """Return what runs of a service in an environment."""
        return self.running.get((environment, service), ())


def claim(
    strangers: Sequence[Stranger],
    service_of: Callable[[str], str],
    own: Mapping[str, Place],
    environments: Collection[str],
    every: Collection[str],
) -> Claims:
    """Share containers among environments.

    Args:
        strangers: What runs on the machine.
        service_of: Image → service; empty where it is none's.
        own: Repository → environment and service, where an environment has repositories of its own.
        environments: Those whose target runs on that machine.
        every: Names of all environments of the project: one that runs elsewhere is no other's.
    """
    found: dict[Place, dict[tuple[str, ...], list[str]]] = {}
    unclaimed: list[Problem] = []
    for one in strangers:
        place = next((own[r] for r in map(_repository, one.images) if r in own), None)
        service = place[1] if place else next(filter(None, map(service_of, one.images)), "")
        if not service:
            continue
        environment = place[0] if place else _environment(one, environments, every)
        if not environment:
            unclaimed.append(_unclaimed(one, service))
            continue
        digests = tuple(dict.fromkeys(i.rpartition("@")[2] for i in one.images))
        found.setdefault((environment, service), {}).setdefault(digests, []).append(one.name)
    running = {p: tuple(Running(d, tuple(sorted(w))) for d, w in by.items()) for p, by in found.items()}
    return Claims(running, tuple(unclaimed))


def _repository(image: str) -> str:
    return image.partition("@")[0]


def _environment(one: Stranger, environments: Collection[str], every: Collection[str]) -> str:
    named = {e for e in every if any(_has(text, e) for text in one.words)}
    # “eu-prod” is no word for “prod”.
    said = {e for e in named if not any(o != e and _has(o, e) for o in named)}
    if not said:
        # Nothing says which: where one environment alone is on that machine, it is that one.
        return next(iter(environments)) if len(environments) == 1 else ""
    return next(iter(said)) if len(said) == 1 and said <= set(environments) else ""


def _has(text: str, name: str) -> bool:
    parts, wanted = _split(text), _split(name)
    return any(parts[n : n + len(wanted)] == wanted for n in range(len(parts) - len(wanted) + 1)) and bool(wanted)


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[^a-z0-9]+", text.lower()) if part]


def _unclaimed(one: Stranger, service: str) -> Problem:
    return Problem(
        "import.unclaimed",
        f"container {one.name} runs {service}, and does not say for which environment",
        f"Say what runs where: --artifact ENVIRONMENT/{service}={one.images[0].rpartition('@')[2]}",
        f"Container/{one.name}",
    )
