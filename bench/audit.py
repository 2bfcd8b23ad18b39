"""Measure the audit: every service of a monorepo in three environments as it was deployed, rendered, compared, judged and traced.

`python bench/audit.py [services] [kustomize|helm]`. What `vivido audit` does after its own start, its fetch included: cold, again
with nothing changed, and after one commit that touches three services and was promoted. A few differences are allowed by rules in
each pair; one service in fifty has one that is not. Peers, on as many processors: the program that renders, one by one, and `diff`
over what it printed. Garbage is collected as rarely as the command does. Wall time says what a person waits, CPU time what the work
costs where the machine has other things to do.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lib import monorepo

from vivido.app.parity.audit import Audit, audit
from vivido.app.workspace import Workspace, open_workspace
from vivido.cli.app import collect_rarely
from vivido.model.record import Deployed
from vivido.model.reference import parse_digest, parse_repository
from vivido.model.release import Artifact, Release, Revision

SERVICES, SAMPLE, TOUCHED, ODD = 1000, 60, 3, 50
GOALS = {"cold": {"kustomize": 45, "helm": 30}, "warm": {"kustomize": 0.1}, "three touched": {"kustomize": 0.3}}
PEERS = {"kustomize": "kubectl kustomize", "helm": "helm template"}


def main(services: int, kinds: list[str]) -> None:
    """Measure and print."""
    collect_rarely()
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="vivido-bench-") as place:
            os.environ |= {"VIVIDO_CACHE": f"{place}/cache", "VIVIDO_STATE": f"{place}/state"}
            root = monorepo.write(Path(place) / "repository", services, kind)
            odd(root, kind, services)
            peer = one_by_one(root, kind, services)
            measure(root, kind, services, peer)
            command(root, kind, services)


def odd(root: Path, kind: str, services: int) -> None:
    """Declare what may differ, and let some services have more of it."""
    (root / "vivido.yaml").write_text((root / "vivido.yaml").read_text() + monorepo.PARITY)
    for number in range(0, services, ODD):
        monorepo.forget(root, kind, number)
    monorepo.commit(root, "Declare what may differ")


def measure(root: Path, kind: str, services: int, peer: float) -> None:
    """Measure one repository."""
    deploy(root, monorepo.ENVIRONMENTS)
    for case in ("cold", "warm", "three touched"):
        if case == "three touched":
            for number in range(1, TOUCHED + 1):
                monorepo.touch(root, kind, number)
            monorepo.commit(root, "More of it")
            deploy(root, monorepo.ENVIRONMENTS[:1])
        wall, cpu, made = measured(root)
        name, goal = f"{services} services x 3, {kind}, {case}", GOALS[case].get(kind)
        notes = [f"{peer / wall:.1f}x of one by one"] * (case == "cold") + [f"goal <= {goal} s"] * (goal is not None)
        print(f"{name}  {wall:.3f} s  {', '.join(notes)}".rstrip())
        print(f"{name} (cpu)  {cpu:.3f} s  {len(made.findings)} findings, {len(made.new)} new", flush=True)


def command(root: Path, kind: str, services: int) -> None:
    """Measure the whole command that compares one service, its start and the file of all services included."""
    words = ["diff", monorepo.name(4), *monorepo.ENVIRONMENTS[1:]]
    whole = [sys.executable, "-c", "from vivido.cli.app import main; main()", *words]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    times = [
        clock(lambda: subprocess.run(whole, cwd=root, env=environ, stdout=subprocess.DEVNULL, check=False))
        for _ in range(6)
    ][1:]
    wall, cpu = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    print(f"vivido diff of one service of {services}, {kind}  {wall:.0f} ms  goal <= 250 ms")
    print(f"vivido diff of one service of {services}, {kind} (cpu)  {cpu:.0f} ms", flush=True)


def measured(root: Path) -> tuple[float, float, Audit]:
    """Run an audit; return wall and CPU seconds of it, its processes included, and what came of it."""
    ws = open_workspace(root)
    found: list[Audit | None] = []
    wall, cpu = clock(lambda: found.append(audit(ws)))
    ws.close()
    assert found[0] is not None
    return wall, cpu, found[0]


def deploy(root: Path, environments: tuple[str, ...]) -> None:
    """Record what a promotion of all services to environments records."""
    ws = open_workspace(root)
    for environment in environments:
        repository = ws.repository(ws.environment(environment))
        commit = repository.fetch()
        release = Release(artifacts(ws), Revision(repository.url, commit))
        since = len(ws.records.deployed(environment, limit=10))
        ws.records.add_deployed(Deployed(environment, release, "", commit, f"p-{environment}-{since}", since))
    ws.close()


def artifacts(ws: Workspace) -> tuple[Artifact, ...]:
    """Return an image for each service."""
    digest = parse_digest(monorepo.DIGEST)
    return tuple(Artifact(s.name, parse_repository(s.image), digest) for s in ws.project.services)


def one_by_one(root: Path, kind: str, services: int) -> float:
    """Measure the program that renders on a sample, as many at once as there are processors; return the seconds for all."""
    commands = list(monorepo.rendering(kind, range(min(services, SAMPLE))))
    outputs = [root.parent / f"{number}.out" for number in range(len(commands))]

    def render(number: int) -> None:
        with outputs[number].open("wb") as output:
            subprocess.run(commands[number], cwd=root, stdout=output, check=True)

    def compare(number: int) -> None:
        subprocess.run(["diff", outputs[number], outputs[number + 1]], stdout=subprocess.DEVNULL, check=False)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wall, cpu = clock(lambda: list(pool.map(render, range(len(commands)))))
        pairs = [n for n in range(len(commands)) if n % 3 < 2]
        diffs, _ = clock(lambda: list(pool.map(compare, pairs)))
    each = services * 3 / len(commands)
    name = f"{services} services x 3, {PEERS[kind]} one by one"
    print(f"{name}  {wall * each:.1f} s  from {len(commands)} of them")
    print(f"{name} (cpu)  {cpu * each:.1f} s")
    print(
        f"{services} services x 3, diff over what it printed  {diffs * each:.1f} s  from {len(pairs)} pairs", flush=True
    )
    return wall * each


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
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(numbers[0] if numbers else SERVICES, [k for k in PEERS if k in sys.argv[1:]] or list(PEERS))
