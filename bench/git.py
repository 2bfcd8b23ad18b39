"""Measure commits and pushes in a repository of 50,000 files: `python bench/git.py [repetitions]`.

Prints one line per figure: name, median, the goal where there is one. Times are of the wall clock.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vivido.git.commit import Signature, commit_files
from vivido.git.export import export
from vivido.git.history import describe
from vivido.git.mirror import Mirror
from vivido.git.publish import Edit, Hand, Key, publish
from vivido.git.push import push
from vivido.git.read import read
from vivido.git.reverse import reverse
from vivido.testing.gitserver import create_bare

FILES = 50_000
WIDTH = 100
WHO = Signature("Bench", "bench@example.com", 1_767_225_600_000_000)
HAND = Hand(WHO, lambda _: None)
PATH = "env/d042/app042.yaml"


def main(repetitions: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        remote = Path(folder) / "remote.git"
        names = (f"env/d{n // WIDTH:03d}/app{n % WIDTH:03d}.yaml" for n in range(FILES))
        create_bare(remote, {name: b"image: web@sha256:%064d\n" % n for n, name in enumerate(names)})
        mirror = Mirror(str(remote), Path(folder) / "cache")
        show("first fetch of 50,000 files", [clock(lambda: mirror.fetch("main"))])
        show("fetch without news", [clock(lambda: mirror.fetch("main")) for _ in range(repetitions)])
        show("commit made", [clock(lambda n=n: made(mirror, n)) for n in range(repetitions)], goal=20)
        show("commit made and pushed", [clock(lambda n=n: pushed(mirror, n)) for n in range(repetitions)], goal=150)
        show(
            "published (fetch, look for key, commit, push)",
            [clock(lambda n=n: published(mirror, n)) for n in range(repetitions)],
        )
        tip = mirror.fetch("main")
        show("file read", [clock(lambda: read(mirror, tip, PATH)) for _ in range(repetitions)])
        target = Path(folder) / "out"
        show("directory of 100 files exported", [clock(lambda: export(mirror, tip, ["env/d042"], target))])
        show("10 commits reversed", [clock(lambda: reverse(mirror, tip, last(mirror, tip, 10)))])


def made(mirror: Mirror, number: int) -> str:
    """Make a promotion's commit on the tip."""
    tip = mirror.tip("main")
    assert tip is not None
    return commit_files(mirror, tip, {PATH: b"image: web@sha256:%064d\n" % -number}, "Promote\n", WHO)


def pushed(mirror: Mirror, number: int) -> None:
    """Make it and push it."""
    push(mirror, "main", made(mirror, number + 1_000), mirror.tip("main"))


def published(mirror: Mirror, number: int) -> None:
    """Do all that a promotion does."""
    edit = Edit({PATH: b"image: web@sha256:%064d\n" % (number + 1)}, "Promote")
    publish(mirror, "main", lambda _: edit, Key(f"p-{number}", "commit"), HAND)


def last(mirror: Mirror, tip: str, count: int) -> list[str]:
    """Return the newest commits."""
    found = [tip]
    while len(found) < count:
        found.append(describe(mirror, found[-1]).parents[0])
    return found


def clock(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def show(name: str, times: list[float], goal: float | None = None) -> None:
    """Print one figure."""
    wanted = "" if goal is None else f"   goal < {goal:.0f} ms"
    print(f"git: {name:<48} {statistics.median(times):8.1f} ms{wanted}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
