"""Measure rendering: every service of a monorepo in three environments, cold, warm, and after one commit that touches three places.

`python bench/render.py [services]`. The command's start is not counted. Beside it: `kubectl kustomize` one by one, on a sample.
Wall time says what a person waits, CPU time what the work costs where the machine has other things to do.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lib import monorepo

from vivido.app.roll import render_all
from vivido.app.workspace import open_workspace

SERVICES = 1000
SAMPLE = 60
GOALS = {
    "kustomize": {"cold": "goal 45 s", "warm": "goal 0.1 s", "three changed": "goal 0.3 s"},
    "helm": {"cold": "goal 30 s", "warm": "", "three changed": ""},
}


def main(services: int) -> None:
    """Measure and print."""
    for kind in ("kustomize", "helm"):
        with tempfile.TemporaryDirectory(prefix="vivido-bench-") as place:
            os.environ |= {"VIVIDO_CACHE": f"{place}/cache", "VIVIDO_STATE": f"{place}/state"}
            root = monorepo.write(Path(place) / "repository", services, kind)
            measure(root, kind, services)


def measure(root: Path, kind: str, services: int) -> None:
    """Measure one repository."""
    for case in ("cold", "warm", "three changed"):
        if case == "three changed":
            touch(root, kind)
        ws = open_workspace(root)
        tips = {e.name: ws.repository(e).fetch() for e in ws.project.environments}
        wall, cpu = clock(lambda ws=ws, tips=tips: render_all(ws, tips))
        ws.close()
        name = f"{services} services x 3, {kind}, {case}"
        print(f"{name}  {wall:.3f} s  {GOALS[kind][case]}".rstrip())
        print(f"{name}, CPU  {cpu:.3f} s")
    if kind == "kustomize":
        overlays = sorted(root.glob("services/*/overlays/*"))[:SAMPLE]
        wall, cpu = clock(
            lambda: [
                subprocess.run(["kubectl", "kustomize", o], stdout=subprocess.DEVNULL, check=True) for o in overlays
            ]
        )
        each = services * 3 / len(overlays)
        print(
            f"{services} services x 3, kubectl kustomize one by one  {wall * each:.1f} s  from {len(overlays)} of them"
        )
        print(f"{services} services x 3, kubectl kustomize one by one, CPU  {cpu * each:.1f} s")


def touch(root: Path, kind: str) -> None:
    """Change one service in its three environments."""
    own = "overlays/{}/deployment.yaml" if kind == "kustomize" else "{}.yaml"
    for environment in monorepo.ENVIRONMENTS:
        file = root / "services" / monorepo.name(1) / own.format(environment)
        file.write_text(file.read_text().replace("replicas: ", "replicas: 1"))
    monorepo.commit(root, "More of it")


def clock(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds of some work, its processes included."""
    before, started = used(), time.perf_counter()
    work()
    return time.perf_counter() - started, used() - before


def used() -> float:
    """Return the CPU seconds of this process and of those that it started."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SERVICES)
