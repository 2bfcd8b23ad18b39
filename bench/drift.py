"""Recall and precision of live drift on the seeded set, beside a diff of what `podman inspect` prints: `python bench/drift.py`.

The set is that of `tests/drift`: manual and harmless changes to an environment recorded from Podman. Peers are told everything that
Podman prints about the containers before and after: once as it is, once without what changes with every start (ids, process ids,
times, addresses, paths of its own). A diff of rendered YAML sees none of it: Git did not change. Prints one line per figure.
"""

import copy
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "drift"))

from harmless_changes import CHANGES as HARMLESS
from manual_changes import CHANGES as MANUAL
from seeded import Seed, World, seeds

VOLATILE = (
    *(
        "Id",
        "Created",
        "Pid",
        "ConmonPid",
        "StartedAt",
        "FinishedAt",
        "ExitCode",
        "RestartCount",
        "IPAddress",
        "MacAddress",
    ),
    *(
        "Aliases",
        "SandboxKey",
        "HostPort",
        "Path",
        "LowerDir",
        "MergedDir",
        "UpperDir",
        "WorkDir",
        "CgroupPath",
        "LogConfig",
    ),
)


def main() -> int:
    """Measure and print; fails where Vivido misses one, or finds what is none."""
    manual, harmless = [*seeds(MANUAL, harmless=False)], [*seeds(HARMLESS, harmless=True)]
    plain = World()
    finders: dict[str, Callable[[World], bool]] = {
        "vivido": lambda w: bool(w.drift()),
        "diff of podman inspect": lambda w: differs(text(plain), text(w)),
        "diff of podman inspect, volatile fields left out": lambda w: differs(text(plain, VOLATILE), text(w, VOLATILE)),
        "diff of rendered YAML": lambda w: differs(rendered(plain), rendered(w)),
    }
    print(f"manual {len(manual)} changes goal >= 200")
    print(f"harmless {len(harmless)} changes goal >= 200")
    perfect = True
    for name, finder in finders.items():
        hits = sum(map(lambda s, f=finder: f(changed(s)), manual))
        false = sum(map(lambda s, f=finder: f(changed(s)), harmless))
        goal = "goal 100" if name == "vivido" else ""
        print(f"{name}: recall {100 * hits / len(manual):.1f} % {goal}".rstrip())
        right = (
            f"{100 * hits / (hits + false):.1f} % {false} false ones" if hits + false else "0 % finds nothing at all"
        )
        print(f"{name}: precision {right} {goal}".rstrip())
        perfect = perfect and (name != "vivido" or (hits, false) == (len(manual), 0))
    observation = plain.observe()
    began = time.process_time()
    for _ in range(20):
        plain.drift()
    print(f"one comparison, {len(observation.live)} objects {1000 * (time.process_time() - began) / 20:.1f} ms")
    return 0 if perfect else 1


def changed(seed: Seed) -> World:
    """Return the recording after one change."""
    world = World()
    seed.make(world)
    return world


def text(world: World, without: tuple[str, ...] = ()) -> str:
    """Return what Podman prints, containers by name, keys sorted."""
    containers = sorted(copy.deepcopy(world.raw["containers"]), key=lambda c: c["Name"])
    return json.dumps([_without(c, without) for c in (*containers, *world.raw["pods"])], indent=1, sort_keys=True)


def rendered(world: World) -> str:
    """Return what Git renders to."""
    return json.dumps(world.raw["desired"]["rendered"], indent=1, sort_keys=True)


def differs(left: str, right: str) -> bool:
    """Say whether a text diff has any line: whether the texts differ at all."""
    return left != right


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {k: _without(v, names) for k, v in value.items() if k not in names}
    return [_without(v, names) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main())
