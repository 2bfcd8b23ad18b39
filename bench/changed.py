"""Measure releases of a monorepo: 1,000 services, 45 MB, thousands of commits, 57 services changed since the newest release.

`python bench/changed.py [services]`. Images are in a registry on loopback. Commands are measured as a user runs them, their start
included; the release is measured from the pushed commit to the printed id.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lib import monorepo

from vivido.model.reference import Repository
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.testing.registry_image import push_image
from vivido.testing.registry_memory import memory_registry

SERVICES, CHANGED, COMMITS = 1000, 57, 3000
BYTES = 40_000
"""Of each service's code, which does not compress."""


def main(services: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="vivido-bench-") as place, memory_registry() as registry:
        os.environ |= {"VIVIDO_CACHE": f"{place}/cache", "VIVIDO_STATE": f"{place}/state", "HOME": place}
        root = Path(place) / "repository"
        write(root, services, registry.host)
        size = sum(f.stat().st_size for f in root.rglob("*") if f.is_file() and ".git" not in f.parts)
        print(
            f"repository: {services} services, {size / 1e6:.0f} MB, {monorepo.git(root, 'rev-list', '--count', 'HEAD')} commits"
        )
        with Client(Options(plain_http=frozenset({registry.host}))) as client:
            pushed(client, registry.host, range(services), "one")
            first, _ = clock(lambda: vivido(root, "release", "create"))
            show(f"first release of {services} services", first)
            chosen = sorted(random.Random(1).sample(range(services), min(CHANGED, services)))
            for number in chosen:
                (root / "apps" / monorepo.name(number) / "main.bin").write_bytes(code(number, 2))
            monorepo.commit(root, "Change some")
            pushed(client, registry.host, chosen, "two")
        show("changed services told (vivido changed)", clock(lambda: told(root, len(chosen)))[0])
        spent, made = clock(lambda: vivido(root, "release", "create", "--changed", "-o", "name"))
        show(f"{len(chosen)} services changed: commit to release", spent, "goal <= 2 s")
        show("status", clock(lambda: vivido(root, "status"))[0])
        show("file read and checked (vivido config check)", clock(lambda: vivido(root, "config", "check"))[0])
        assert made.strip().startswith("r-")


def write(root: Path, services: int, registry: str) -> None:
    """Make the repository with its history."""
    monorepo.write(root, services, "kustomize")
    text = (root / "vivido.yaml").read_text().replace("registry.example.com/shop", f"{registry}/shop")
    text = text.replace("services:\n", f'registries: {{plain-http: ["{registry}"]}}\nservices:\n', 1)
    for number in range(services):
        own = monorepo.name(number)
        text = text.replace(f"image: {registry}/shop/{own},", f"build: apps/{own},", 1)
        folder = root / "apps" / own
        folder.mkdir(parents=True)
        (folder / "Containerfile").write_text("FROM scratch\nCOPY main.bin /\n")
        (folder / "main.bin").write_bytes(code(number, 1))
    (root / "vivido.yaml").write_text(text)
    monorepo.commit(root, "Add the code")
    history(root)


def history(root: Path) -> None:
    """Put many commits on the branch, each of one file."""
    stream = b""
    for number in range(COMMITS):
        parent = b"from refs/heads/main^0\n" if not number else b""
        stream += b"commit refs/heads/main\ncommitter Bench <bench@example.com> %d +0000\ndata 4\nWork\n" % (
            1_790_000_000 + number
        )
        stream += parent + b"M 100644 inline notes/%03d.txt\ndata %d\n%d\n" % (number % 200, len(str(number)), number)
    subprocess.run(["git", "-C", root, "fast-import", "--quiet"], input=stream, check=True)
    monorepo.git(root, "reset", "--quiet", "--hard")
    monorepo.git(root, "gc", "--quiet")


def code(number: int, version: int) -> bytes:
    """Return a service's code."""
    return random.Random(number * 10 + version).randbytes(BYTES)


def pushed(client: Client, host: str, numbers: range | list[int], version: str) -> None:
    """Push an image for each of some services."""
    for number in numbers:
        own = monorepo.name(number)
        push_image(client, Repository(host, f"shop/{own}"), "edge", layers=(f"{own} {version}".encode(),))


def told(root: Path, wanted: int) -> None:
    """Ask which services changed."""
    names = vivido(root, "changed", "HEAD~1", "-o", "name").split()
    assert len(names) == wanted, names


def vivido(root: Path, *arguments: str) -> str:
    """Run the command there, as a process of its own."""
    command = [sys.executable, "-c", "from vivido.cli.app import main; main()", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(
            f"vivido {' '.join(arguments)}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return done.stdout


class Spent(NamedTuple):
    """Seconds of a piece of work.

    Attributes:
        wall: What a person waits.
        cpu: What its processes take.
    """

    wall: float
    cpu: float


def clock(work: Callable[[], Any]) -> tuple[Spent, Any]:
    """Return what was spent and what came out."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    made = work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), made


def show(name: str, spent: Spent, rest: str = "") -> None:
    """Print both figures."""
    print(f"{name}  {spent.wall:.2f} s  {rest}".rstrip())
    print(f"{name} (cpu)  {spent.cpu:.2f} s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SERVICES)
